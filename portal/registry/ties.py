"""What an association does in other parts of the portal.

The registry knows no feature above it: `association_table.py` at the top names what each of them
tells, and what it does when two entries turn out to be one body (ADR 0018).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask import Flask, current_app
from sqlalchemy import ColumnElement


class FactKind(StrEnum):
    """What a fact says; worded in `components/association_fact.html`."""

    MISSING_PEOPLE = "missing_people"
    """Shifts to come that lack people."""
    PROPOSALS = "proposals"
    """Proposals that everybody can read."""
    AGREEMENTS = "agreements"
    """Agreements it has signed and that are in force."""
    PLACES = "places"
    """Places it runs for the municipality."""


@dataclass(frozen=True)
class FactLink:
    """One thing a fact is about."""

    endpoint: str
    values: Mapping[str, object]
    """Of the page's address."""
    words: str
    """Its own title."""
    at: datetime | None = None
    """When it takes place or took place, where that matters."""
    of: str | None = None
    """What it belongs to, such as the laboratory of a proposal."""


@dataclass(frozen=True)
class Fact:
    """One line of what an association does here, on its page."""

    kind: FactKind
    door: str
    icon: str
    number: int
    """How many things it is about."""
    links: tuple[FactLink, ...]
    """The first few of them."""


@dataclass(frozen=True)
class Badge:
    """The same in two words, beside the name in a list."""

    kind: FactKind
    door: str
    icon: str
    number: int
    """Of people for `MISSING_PEOPLE`, else of things."""


@dataclass(frozen=True)
class AssociationTie:
    """One row of `association_table.py`: what a feature knows of associations."""

    kind: FactKind
    door: str
    """Class of the hue."""
    icon: str
    """Icon in the sprite."""
    list_links: Callable[[int], Sequence[FactLink]]
    """Association id → everything the fact is about, in the order of the page."""
    count: Callable[[ColumnElement[int]], ColumnElement[int | None]]
    """Column of association ids → the number of the badge, as part of a statement."""
    reassign: Callable[..., None]
    """`reassign(*, from_id: int, to_id: int)`: what belonged to one belongs to the other."""


MOST_LINKS = 3


def install_ties(app: Flask, table: Sequence[AssociationTie]) -> None:
    """Give `app` its table of ties."""
    app.extensions["portal_association_ties"] = tuple(table)


def list_facts(association_id: int) -> list[Fact]:
    """Return what an association does here, a query a feature."""
    linked = ((tie, tie.list_links(association_id)) for tie in _ties())
    return [
        Fact(tie.kind, tie.door, tie.icon, len(links), tuple(links[:MOST_LINKS]))
        for tie, links in linked
        if links
    ]


def badge_numbers(association_id: ColumnElement[int]) -> list[ColumnElement[int | None]]:
    """Return the columns that `badges_of` reads, for a statement that lists associations."""
    return [tie.count(association_id) for tie in _ties()]


def badges_of(numbers: Sequence[int | None]) -> tuple[Badge, ...]:
    """Return the badges of one association from the columns of `badge_numbers`."""
    return tuple(
        Badge(tie.kind, tie.door, tie.icon, number)
        for tie, number in zip(_ties(), numbers, strict=True)
        if number
    )


def reassign(*, from_id: int, to_id: int) -> None:
    """Give everything that features keep for one association to another (it is the same body)."""
    for tie in _ties():
        tie.reassign(from_id=from_id, to_id=to_id)


def _ties() -> tuple[AssociationTie, ...]:
    ties: tuple[AssociationTie, ...] = current_app.extensions["portal_association_ties"]
    return ties
