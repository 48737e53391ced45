"""What a person has promised to be at, whatever part of the portal it belongs to.

Features that people commit to do not know each other: `commitment_table.py` at the top names what
each of them tells, and the decisions of all refuse what overlaps (ADR 0018 is the pattern).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from flask import Flask, current_app

TRAVEL_MINUTES = 30
"""Less than this between two places is said: getting from one to the other may not work."""


class CommitmentKind(StrEnum):
    """What somebody is committed to; worded in `components/own_commitment.html`."""

    SHIFT = "shift"
    INTERVIEW = "interview"
    MEETING = "meeting"


class TimeAndPlace(Protocol):
    """Something that takes place."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place_name(self) -> str: ...


@dataclass(frozen=True)
class Commitment:
    """Something a person has promised to be at."""

    kind: CommitmentKind
    id: int
    title: str
    """Its own; empty where the kind says all."""
    starts_at: datetime
    ends_at: datetime
    place_name: str = ""
    endpoint: str = ""
    """Of the page where the person sees it."""
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    """Of the page's address."""

    def is_of(self, kind: CommitmentKind, number: int) -> bool:
        """Say whether it is this very thing."""
        return (self.kind, self.id) == (kind, number)

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it takes time from `starts_at` to `ends_at`; touching ends do not."""
        return self.starts_at < ends_at and starts_at < self.ends_at

    def is_hard_to_reach(self, other: TimeAndPlace) -> bool:
        """Say whether there is hardly time to get from one to the other."""
        gap = max(other.starts_at - self.ends_at, self.starts_at - other.ends_at)
        is_near = timedelta(0) <= gap < timedelta(minutes=TRAVEL_MINUTES)
        return is_near and self.place_name != other.place_name


@dataclass(frozen=True)
class CommitmentSource:
    """One row of `commitment_table.py`: what a feature knows of people's commitments."""

    kinds: frozenset[CommitmentKind]
    list_commitments: Callable[[int], Sequence[Commitment]]
    """Id of a person → what they have promised to be at and is not over; one statement."""


def find_overlap_with(commitments: Iterable[Commitment], wanted: TimeAndPlace) -> Commitment | None:
    """Return the first commitment that takes time of `wanted`."""
    return next((c for c in commitments if c.overlaps(wanted.starts_at, wanted.ends_at)), None)


def find_tight_travel_to(
    commitments: Iterable[Commitment], wanted: TimeAndPlace
) -> Commitment | None:
    """Return the first commitment from which, or to which, there is hardly time to get."""
    return next((c for c in commitments if c.is_hard_to_reach(wanted)), None)


def install_commitments(app: Flask, table: Sequence[CommitmentSource]) -> None:
    """Give `app` its table of commitments."""
    app.extensions["portal_commitments"] = tuple(table)


def list_commitments_elsewhere(user_id: int, own: frozenset[CommitmentKind]) -> list[Commitment]:
    """Return what a person has promised to be at, but for the kinds that the caller knows itself.

    In the order of the table; one statement a source.
    """
    sources: tuple[CommitmentSource, ...] = current_app.extensions["portal_commitments"]
    others = (source for source in sources if not source.kinds <= own)
    return [c for source in others for c in source.list_commitments(user_id) if c.kind not in own]
