"""What an association does in other parts of the portal.

The registry knows no feature above it: `association_table.py` at the top names what each of them
tells, and what it does when two entries turn out to be one body (ADR 0013).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select, literal, select, union_all

from portal.core.database import session


class FactKind(StrEnum):
    """What a fact says; worded in `components/association_fact.html`."""

    MISSING_PEOPLE = "missing_people"
    """Shifts to come that lack people."""
    PROPOSALS = "proposals"
    """Proposals that everybody can read."""
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
    count_by_association: Callable[[Sequence[int]], Select[*tuple[Any, ...]]]
    """Ids → a statement of `(association_id, number)` for those that have something."""
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


def count_badges(association_ids: Sequence[int]) -> Mapping[int, list[Badge]]:
    """Return the badges of the associations that have any, in one query for all features."""
    ties = _ties()
    if not association_ids or not ties:
        return {}
    parts = []
    for place, tie in enumerate(ties):
        counts = tie.count_by_association(association_ids).subquery()
        association_id, number = counts.c
        parts.append(select(literal(place), association_id, number))
    badges: dict[int, list[Badge]] = {}
    for place, association_id, number in sorted(session().execute(union_all(*parts))):
        tie = ties[place]
        badges.setdefault(association_id, []).append(Badge(tie.kind, tie.door, tie.icon, number))
    return badges


def reassign(*, from_id: int, to_id: int) -> None:
    """Give everything that features keep for one association to another (it is the same body)."""
    for tie in _ties():
        tie.reassign(from_id=from_id, to_id=to_id)


def _ties() -> tuple[AssociationTie, ...]:
    ties: tuple[AssociationTie, ...] = current_app.extensions["portal_association_ties"]
    return ties
