"""A person's year of volunteering, as numbers; and what they chose to share of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, extract, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.volunteering.models import (
    Enrolment,
    HoursEntry,
    SharedThanks,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.policies import ADULT_AGE, age_on
from portal.volunteering.states import HoursState, Presence, Sector

MONTHS = range(1, 13)


@dataclass(frozen=True)
class ProjectOfYear:
    """What a person gave to one project."""

    title: str
    sector: Sector
    minutes: int


@dataclass(frozen=True)
class Given:
    """What a person gave in a year: verified hours alone, of shifts and declared."""

    year: int
    minutes: int
    shifts: int
    """That the hours come from; declared ones have none."""
    first_on: date | None
    last_on: date | None
    by_month: Sequence[int]
    """Minutes, January to December."""
    projects: Sequence[ProjectOfYear]
    """Those with most hours first."""
    places: Sequence[str]
    """Names, those with most hours first."""


@dataclass(frozen=True)
class MyYear:
    """A year as its person sees it."""

    given: Given
    people_met: int
    """Others with an account who were present in the same shifts; a number, nobody's name."""
    waiting_minutes: int
    """That nobody has verified yet."""


@dataclass(frozen=True)
class ThanksRow:
    """What a person shares, as they chose it."""

    user_id: int
    key: str
    year: int
    shown_name: str | None
    shows_hours: bool
    shows_projects: bool
    shows_places: bool


@dataclass(frozen=True)
class ThanksPage:
    """A shared page: exactly what its person chose to show."""

    year: int
    name: str | None
    minutes: int | None
    projects: Sequence[str]
    places: Sequence[str]


def load_my_year(user_id: int, year: int) -> MyYear:
    """Return a person's year; the same few queries however much they did."""
    waiting = select(func.coalesce(func.sum(HoursEntry.minutes), 0)).where(
        *_entries_of(user_id, year, HoursState.TO_VERIFY)
    )
    return MyYear(
        given=_load_given(user_id, year),
        people_met=_count_people_met(user_id, year),
        waiting_minutes=session().scalar(waiting) or 0,
    )


def list_years_of(user_id: int) -> list[int]:
    """Return the years in which the person has verified hours, the latest first."""
    year = extract("year", HoursEntry.worked_on)
    rows = session().scalars(
        select(year)
        .where(HoursEntry.user_id == user_id, HoursEntry.state == HoursState.VERIFIED)
        .distinct()
        .order_by(year.desc())
    )
    return [int(year) for year in rows]


def find_thanks_of(user_id: int) -> ThanksRow | None:
    """Return what a person shares, if anything."""
    return _find_thanks(SharedThanks.user_id == user_id)


def get_thanks_page(key: str) -> ThanksPage:
    """Return the shared page of this address.

    Raises `NotFoundError` where there is none, or its person's account is closed.
    """
    is_open = select(User.id).where(User.id == SharedThanks.user_id, User.active).exists()
    thanks = _find_thanks(SharedThanks.key == key, is_open)
    if thanks is None:
        raise NotFoundError
    return draw_thanks(thanks)


def draw_thanks(thanks: ThanksRow) -> ThanksPage:
    """Return the page that `thanks` makes, kept or not; without the name of who is no adult."""
    given = _load_given(thanks.user_id, thanks.year)
    may_name = thanks.shown_name is not None and is_known_adult(thanks.user_id)
    return ThanksPage(
        year=thanks.year,
        name=thanks.shown_name if may_name else None,
        minutes=given.minutes if thanks.shows_hours else None,
        projects=[row.title for row in given.projects] if thanks.shows_projects else (),
        places=given.places if thanks.shows_places else (),
    )


def is_known_adult(user_id: int) -> bool:
    """Say whether the person's enrolment tells that they are 18: others never show a name."""
    born_on: date | None = session().scalar(
        select(Enrolment.born_on).where(Enrolment.user_id == user_id)
    )
    return born_on is not None and age_on(born_on, local_today()) >= ADULT_AGE


def _find_thanks(*conditions: ColumnElement[bool]) -> ThanksRow | None:
    columns = (
        SharedThanks.user_id,
        SharedThanks.key,
        SharedThanks.year,
        SharedThanks.shown_name,
        SharedThanks.shows_hours,
        SharedThanks.shows_projects,
        SharedThanks.shows_places,
    )
    row = session().execute(select(*columns).where(*conditions)).one_or_none()
    return ThanksRow(*row) if row else None


def _entries_of(user_id: int, year: int, state: HoursState) -> tuple[ColumnElement[bool], ...]:
    return (
        HoursEntry.user_id == user_id,
        HoursEntry.state == state,
        extract("year", HoursEntry.worked_on) == year,
    )


def _load_given(user_id: int, year: int) -> Given:
    rows = _list_parts(user_id, year)
    months = dict.fromkeys(MONTHS, 0)
    projects: dict[int, ProjectOfYear] = {}
    places: dict[str, int] = {}
    for row in rows:
        months[int(row.month)] += row.minutes
        places[row.place] = places.get(row.place, 0) + row.minutes
        so_far = projects[row.id].minutes if row.id in projects else 0
        projects[row.id] = ProjectOfYear(row.title, row.sector, so_far + row.minutes)
    return Given(
        year=year,
        minutes=sum(months.values()),
        shifts=sum(row.shifts for row in rows),
        first_on=min((row.first_on for row in rows), default=None),
        last_on=max((row.last_on for row in rows), default=None),
        by_month=list(months.values()),
        projects=sorted(projects.values(), key=lambda project: -project.minutes),
        places=sorted(places, key=lambda name: -places[name]),
    )


def _list_parts(user_id: int, year: int) -> Sequence[Row[*tuple[Any, ...]]]:
    """Return verified hours by project, place and month: a shift has one of each."""
    place = func.coalesce(Shift.place_name, VolunteeringProject.place_name)
    month = extract("month", HoursEntry.worked_on)
    group = (VolunteeringProject.id, place, month)
    statement: Select[*tuple[Any, ...]] = (
        select(
            VolunteeringProject.id,
            VolunteeringProject.title,
            VolunteeringProject.sector,
            place.label("place"),
            month.label("month"),
            func.sum(HoursEntry.minutes).label("minutes"),
            func.count(SignUp.shift_id.distinct()).label("shifts"),
            func.min(HoursEntry.worked_on).label("first_on"),
            func.max(HoursEntry.worked_on).label("last_on"),
        )
        .select_from(HoursEntry)
        .join(VolunteeringProject, VolunteeringProject.id == HoursEntry.project_id)
        .outerjoin(SignUp, SignUp.id == HoursEntry.sign_up_id)
        .outerjoin(Shift, Shift.id == SignUp.shift_id)
        .where(*_entries_of(user_id, year, HoursState.VERIFIED))
        .group_by(*group)
        .order_by(VolunteeringProject.title, *group)
    )
    return session().execute(statement).all()


def _count_people_met(user_id: int, year: int) -> int:
    other = aliased(SignUp)
    statement = (
        select(func.count(other.user_id.distinct()))
        .select_from(HoursEntry)
        .join(SignUp, SignUp.id == HoursEntry.sign_up_id)
        .join(other, other.shift_id == SignUp.shift_id)
        .where(
            *_entries_of(user_id, year, HoursState.VERIFIED),
            other.user_id != user_id,
            other.presence == Presence.PRESENT,
        )
    )
    return session().scalar(statement) or 0
