"""Volunteering over a year, in numbers: a few grouped statements, however much there is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, extract, func, select

from portal.core.clock import from_local, local_today, utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import (
    Expense,
    HoursEntry,
    Programme,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.queries.register import Last, is_present
from portal.volunteering.states import (
    ExpenseState,
    HoursState,
    Presence,
    RegisterSection,
    Sector,
    ShiftState,
)

MONTHS = range(1, 13)


@dataclass(frozen=True)
class RegisterFigures:
    """The register of volunteers over a year."""

    at_start: int
    """Regular volunteers on 1 January."""
    at_end: int
    """On 31 December, or today in the year that runs."""
    entered: int
    left: int
    occasional: int


@dataclass
class Tally:
    """What is counted of shifts, hours and money; of a project, or of several together."""

    shifts: int = 0
    """Held: past and not cancelled."""
    offered: int = 0
    """Their places."""
    taken: int = 0
    absent: int = 0
    """People marked as absent."""
    minutes: int = 0
    """Verified."""
    cents: int = 0
    """Expenses approved."""

    def add(self, other: "Tally") -> None:
        """Count in what `other` counts."""
        for name, number in vars(other).items():
            setattr(self, name, getattr(self, name) + number)

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing in it."""
        return not any(vars(self).values())


@dataclass(frozen=True)
class ProjectTally:
    """A project of the year."""

    id: int
    title: str
    programme: str
    sector: Sector
    tally: Tally


@dataclass(frozen=True)
class VolunteerFigures:
    """Volunteering over a year."""

    year: int
    register: RegisterFigures
    projects: list[ProjectTally]
    """Those with something to count, by title."""
    months: dict[int, int]
    """Month → verified minutes."""

    @property
    def total(self) -> Tally:
        """All projects together."""
        return _sum(project.tally for project in self.projects)

    def by(self, name: str) -> list[tuple[Any, Tally]]:
        """Return the sums by `programme` or `sector`, by name."""
        found: dict[Any, Tally] = {}
        for project in self.projects:
            found.setdefault(getattr(project, name), Tally()).add(project.tally)
        return sorted(found.items())


def load_volunteer_figures(year: int, *, programme_id: int | None = None) -> VolunteerFigures:
    """Return the figures of a year; those of projects for one programme, or all."""
    tallies, months = _load_tallies(year), dict.fromkeys(MONTHS, 0)
    projects = _list_projects(programme_id)
    of_programme = {project_id for project_id, *_rest in projects}
    for project_id, month, minutes in _list_hours(year):
        tallies.setdefault(project_id, Tally()).minutes += minutes
        if project_id in of_programme:
            months[int(month)] += minutes
    rows = [
        ProjectTally(project_id, title, programme, sector, tallies[project_id])
        for project_id, title, programme, sector in projects
        if project_id in tallies and not tallies[project_id].is_empty
    ]
    return VolunteerFigures(year, _load_register(year), rows, months)


def list_figure_years() -> list[int]:
    """Return the years of which there is something to count, the latest first."""
    first_shift = select(func.min(Shift.starts_at)).scalar_subquery()
    first_line = select(func.min(Last.starts_on)).scalar_subquery()
    first_hours = select(func.min(HoursEntry.worked_on)).scalar_subquery()
    firsts = session().execute(select(first_shift, first_line, first_hours)).one()
    this_year = local_today().year
    first = min((day.year for day in firsts if day is not None), default=this_year)
    return list(range(this_year, min(first, this_year) - 1, -1))


def _sum(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return total


def _load_register(year: int) -> RegisterFigures:
    first, last = date(year, 1, 1), date(year, 12, 31)
    regular = Last.section == RegisterSection.REGULAR
    row = (
        session()
        .execute(
            select(
                func.count().filter(regular, is_present(Last, first)),
                func.count().filter(regular, is_present(Last, min(last, local_today()))),
                func.count().filter(regular, Last.starts_on.between(first, last)),
                func.count().filter(regular, Last.ends_on.between(first, last)),
                func.count().filter(~regular, Last.starts_on.between(first, last)),
            )
        )
        .one()
    )
    return RegisterFigures(*row)


def _list_projects(programme_id: int | None) -> list[Any]:
    project = VolunteeringProject
    statement: Select[*tuple[Any, ...]] = (
        select(project.id, project.title, Programme.name, project.sector)
        .join(Programme, Programme.id == project.programme_id)
        .order_by(func.lower(project.title), project.id)
    )
    if programme_id is not None:
        statement = statement.where(project.programme_id == programme_id)
    return list(session().execute(statement))


def _load_tallies(year: int) -> dict[int, Tally]:
    held = (
        Shift.state == ShiftState.OPEN,
        Shift.ends_at <= utc_now(),
        Shift.starts_at >= from_local(datetime(year, 1, 1)),  # noqa: DTZ001 - a moment of the city's clocks
        Shift.starts_at < from_local(datetime(year + 1, 1, 1)),  # noqa: DTZ001 - the same
    )
    tallies: dict[int, Tally] = {}
    shifts = select(
        Shift.project_id,
        func.count(Shift.id),
        func.sum(Shift.capacity),
        func.sum(Shift.confirmed_count),
    )
    for project_id, *numbers in session().execute(shifts.where(*held).group_by(Shift.project_id)):
        tallies[project_id] = Tally(*map(int, numbers))
    absent = (
        select(Shift.project_id, func.sum(SignUp.people))
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(*held, SignUp.state == SignUpState.CONFIRMED, SignUp.presence == Presence.ABSENT)
        .group_by(Shift.project_id)
    )
    for project_id, people in session().execute(absent):
        tallies[project_id].absent = int(people)
    spent = (
        select(Expense.project_id, func.sum(Expense.amount_cents))
        .where(
            Expense.state == ExpenseState.APPROVED,
            Expense.spent_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(Expense.project_id)
    )
    for project_id, cents in session().execute(spent):
        tallies.setdefault(project_id, Tally()).cents = int(cents)
    return tallies


def _list_hours(year: int) -> list[tuple[int, int, int]]:
    month = extract("month", HoursEntry.worked_on)
    rows = session().execute(
        select(HoursEntry.project_id, month, func.sum(HoursEntry.minutes))
        .where(
            HoursEntry.state == HoursState.VERIFIED,
            HoursEntry.worked_on.between(date(year, 1, 1), date(year, 12, 31)),
        )
        .group_by(HoursEntry.project_id, month)
    )
    return [(project_id, int(number), int(minutes)) for project_id, number, minutes in rows]
