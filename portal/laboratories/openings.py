"""What project sheets have opened: where people can lend a hand, and what has come of it.

Laboratories know no feature above or beside them: `opening_table.py` at the top names who opens
something from a sheet (ADR 29). Counts only: no row says who was there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Select


class OpeningKind(StrEnum):
    """What was opened; worded in `components/opening.html`."""

    PROJECT = "project"
    """A volunteering project."""
    INITIATIVE = "initiative"
    """Something that happens in a place."""


class OpeningState(StrEnum):
    """Where it is; worded in `components/opening.html`."""

    PREPARED = "prepared"
    """Not public yet: only who leads the laboratory and the office know."""
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    """It was public and does not take place any more; what came of it before still counts."""


@dataclass(frozen=True)
class Opening:
    """One thing a sheet has opened."""

    sheet_id: int
    kind: OpeningKind
    id: int
    title: str
    state: OpeningState
    endpoint: str
    """Of its page."""
    values: Mapping[str, object]
    """Of the page's address."""
    minutes: int
    """Verified; what is not verified does not count."""
    people: int
    """Different people who came, where names are known."""
    held: int
    """Times it took place with somebody."""
    attendance: int = 0
    """People who came and were only counted, each time anew."""
    places_left: int | None = None
    """In what is planned; None where nothing is planned."""
    coming: int = 0
    """Times at which one simply goes there."""
    takes_applications: bool = False
    """Whether people ask to join it instead of taking places at fixed hours."""

    @property
    def is_public(self) -> bool:
        """Say whether everybody sees it."""
        return self.state is not OpeningState.PREPARED


@dataclass(frozen=True)
class OpeningResults:
    """What has come of one or more sheets: numbers, from what everybody sees."""

    projects: int = 0
    initiatives: int = 0
    minutes: int = 0
    people: int = 0
    """Different people who came to projects: their names are known."""
    shifts: int = 0
    """Shifts held."""
    times: int = 0
    """Times at which initiatives took place."""
    attendance: int = 0
    """People who came to initiatives, each time counted anew."""
    places_left: int = 0

    @property
    def openings(self) -> int:
        """Return how many things were opened."""
        return self.projects + self.initiatives


@dataclass(frozen=True)
class SheetOpenings:
    """What one sheet has opened."""

    rows: tuple[Opening, ...] = ()
    results: OpeningResults = OpeningResults()


@dataclass(frozen=True)
class OpeningSource:
    """One row of `opening_table.py`: who opens something from a sheet."""

    list_openings: Callable[[Sequence[int]], Sequence[Opening]]
    """Ids of sheets → what they have opened, what is not public yet too; one statement."""
    participants: Callable[[], Select[Any]] | None = None
    """`sheet_id` and `user_id` of who took part in what is public, as part of a statement; None
    where people are counted only."""


@dataclass(frozen=True)
class Openings:
    """What several sheets have opened."""

    rows: tuple[Opening, ...] = ()
    people: Mapping[int, int] = field(default_factory=dict)
    """Sheet → different people who came to anything of it."""
    all_people: int = 0
    """The same of all sheets together: who came to two counts once."""

    def of(self, sheet_id: int) -> SheetOpenings:
        """Return what one of the sheets has opened."""
        rows = tuple(row for row in self.rows if row.sheet_id == sheet_id)
        return SheetOpenings(rows, _sum(rows, self.people.get(sheet_id, 0)))

    @property
    def results(self) -> OpeningResults:
        """Return what has come of all of them."""
        return _sum(self.rows, self.all_people)


def _sum(rows: Sequence[Opening], people: int) -> OpeningResults:
    public = [row for row in rows if row.is_public]
    projects = [row for row in public if row.kind is OpeningKind.PROJECT]
    initiatives = [row for row in public if row.kind is OpeningKind.INITIATIVE]
    return OpeningResults(
        projects=len(projects),
        initiatives=len(initiatives),
        minutes=sum(row.minutes for row in public),
        people=people,
        shifts=sum(row.held for row in projects),
        times=sum(row.held for row in initiatives),
        attendance=sum(row.attendance for row in public),
        places_left=sum(row.places_left or 0 for row in public),
    )


def install_openings(app: Flask, table: Sequence[OpeningSource]) -> None:
    """Give `app` its table of openings."""
    app.extensions["portal_openings"] = tuple(table)


def opening_sources() -> tuple[OpeningSource, ...]:
    """Return the rows of the table."""
    sources: tuple[OpeningSource, ...] = current_app.extensions["portal_openings"]
    return sources
