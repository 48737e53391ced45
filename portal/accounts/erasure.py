"""Erasing an account: what each part of the portal forgets, and what it keeps and why.

Features above do not know each other, and the accounts know none of them: `erasure_table.py` at
the top names what each does (ADR 26, as in ADR 18). GDPR, articles 17 and 5(1)(e).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from flask import Flask, current_app

from portal.core.access import Actor


class HindranceKind(StrEnum):
    """What has to be handed over first; worded in `components/erasure_hindrance.html`."""

    LAST_ADMINISTRATOR = "last_administrator"
    ONLY_MANAGER = "only_manager"
    LEADS_LABORATORY = "leads_laboratory"
    TUTORS_SHIFTS = "tutors_shifts"


@dataclass(frozen=True)
class Hindrance:
    """Something that would be left to nobody."""

    kind: HindranceKind
    endpoint: str
    """Of the page where it can be handed over, or that says who does it."""
    values: Mapping[str, object] = field(default_factory=dict)
    """Of the page's address."""
    words: str = ""
    """Its own title."""


@dataclass(frozen=True)
class Leaver:
    """Who erases their account, as they were a moment before."""

    actor: Actor
    id: int
    name: str
    email: str | None


@dataclass(frozen=True)
class ErasureDuty:
    """One row of `erasure_table.py`: what a feature does when an account is erased."""

    list_hindrances: Callable[[int], Sequence[Hindrance]]
    """Id of a person → what they have to hand over first."""
    forget: Callable[[Leaver], None]
    """Take the person out; in the one transaction, safe to repeat."""
    forgotten: frozenset[str]
    """`table.column` of the keys to people whose rows go, or lose the person."""
    kept: Mapping[str, str]
    """`table.column` → why the row stays and points to the empty shell."""


def no_hindrances(_user_id: int) -> Sequence[Hindrance]:
    """Say that nothing has to be handed over."""
    return ()


def install_erasure(app: Flask, table: Sequence[ErasureDuty]) -> None:
    """Give `app` its table of erasure."""
    app.extensions["portal_erasure"] = tuple(table)


def list_hindrances(user_id: int) -> list[Hindrance]:
    """Return what a person has to hand over before they can erase their account."""
    return [hindrance for duty in _duties() for hindrance in duty.list_hindrances(user_id)]


def forget_everywhere(leaver: Leaver) -> None:
    """Take a person out of every feature, in the order of the table."""
    for duty in _duties():
        duty.forget(leaver)


def _duties() -> tuple[ErasureDuty, ...]:
    duties: tuple[ErasureDuty, ...] = current_app.extensions["portal_erasure"]
    return duties
