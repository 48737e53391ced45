"""A person's year of volunteering, as numbers; and what they chose to share of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, extract, func, select
from sqlalchemy.orm import aliased

from portal.core.clock import ROME, local_today
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
class MyYear:
    """What a person did in a year; hours are verified ones."""

    year: int
    minutes: int
    shifts: int
    """In which the person was present."""
    places: int
    people_met: int
    """Other people present in the same shifts; a number, nobody's name."""
    by_month: Sequence[int]
    """Verified minutes, January to December."""
    sectors: Sequence[tuple[Sector, int]]
    """With verified minutes, the most first."""
    projects: Sequence[str]
    """Titles, those with most hours first."""


@dataclass(frozen=True)
class ThanksRow:
    """What a person shares, as they chose it."""

    user_id: int
    key: str
    year: int
    shown_name: str | None
    shows_hours: bool
    shows_projects: bool


@dataclass(frozen=True)
class ThanksPage:
    """A shared page: exactly what its person chose to show."""

    year: int
    name: str | None
    minutes: int | None
    projects: Sequence[str]


def load_my_year(user_id: int, year: int) -> MyYear:
    """Return a person's year; the same few queries however much they did."""
    rows = session().execute(
        select(
            VolunteeringProject.title,
            VolunteeringProject.sector,
            extract("month", HoursEntry.worked_on),
            func.sum(HoursEntry.minutes),
        )
        .join_from(HoursEntry, VolunteeringProject)
        .where(
            HoursEntry.user_id == user_id,
            HoursEntry.state == HoursState.VERIFIED,
            extract("year", HoursEntry.worked_on) == year,
        )
        .group_by(
            VolunteeringProject.id, VolunteeringProject.sector,
            extract("month", HoursEntry.worked_on),
        )
        .order_by(VolunteeringProject.title, VolunteeringProject.id)
    ).all()  # fmt: skip
    months = dict.fromkeys(MONTHS, 0)
    sectors: dict[Sector, int] = {}
    projects: dict[str, int] = {}
    for title, sector, month, minutes in rows:
        months[int(month)] += minutes
        sectors[sector] = sectors.get(sector, 0) + minutes
        projects[title] = projects.get(title, 0) + minutes
    shifts, places, people = _count_company(user_id, year)
    return MyYear(
        year=year,
        minutes=sum(months.values()),
        shifts=shifts,
        places=places,
        people_met=people,
        by_month=list(months.values()),
        sectors=sorted(sectors.items(), key=lambda pair: -pair[1]),
        projects=sorted(projects, key=lambda title: -projects[title]),
    )


def list_years_of(user_id: int) -> list[int]:
    """Return the years with verified hours and the present one, the latest first."""
    rows = session().scalars(
        select(extract("year", HoursEntry.worked_on))
        .where(HoursEntry.user_id == user_id, HoursEntry.state == HoursState.VERIFIED)
        .distinct()
    )
    return sorted({int(year) for year in rows} | {local_today().year}, reverse=True)


def find_thanks_of(user_id: int) -> ThanksRow | None:
    """Return what a person shares, if anything."""
    columns = (
        SharedThanks.user_id,
        SharedThanks.key,
        SharedThanks.year,
        SharedThanks.shown_name,
        SharedThanks.shows_hours,
        SharedThanks.shows_projects,
    )
    row = session().execute(select(*columns).where(SharedThanks.user_id == user_id)).one_or_none()
    return ThanksRow(*row) if row else None


def get_thanks_page(key: str) -> ThanksPage:
    """Return the shared page of this address; raises `NotFoundError` where there is none."""
    user_id = session().scalar(select(SharedThanks.user_id).where(SharedThanks.key == key))
    thanks = find_thanks_of(user_id) if user_id is not None else None
    if thanks is None:
        raise NotFoundError
    return draw_thanks(thanks)


def draw_thanks(thanks: ThanksRow) -> ThanksPage:
    """Return the page that `thanks` makes, kept or not; without the name of who is no adult."""
    mine = load_my_year(thanks.user_id, thanks.year)
    may_name = thanks.shown_name is not None and is_known_adult(thanks.user_id)
    return ThanksPage(
        year=thanks.year,
        name=thanks.shown_name if may_name else None,
        minutes=mine.minutes if thanks.shows_hours else None,
        projects=mine.projects if thanks.shows_projects else (),
    )


def is_known_adult(user_id: int) -> bool:
    """Say whether the person's enrolment tells that they are 18: others never show a name."""
    born_on: date | None = session().scalar(
        select(Enrolment.born_on).where(Enrolment.user_id == user_id)
    )
    return born_on is not None and age_on(born_on, local_today()) >= ADULT_AGE


def _count_company(user_id: int, year: int) -> tuple[int, int, int]:
    other = aliased(SignUp)
    place = func.coalesce(Shift.place_name, VolunteeringProject.place_name)
    is_other = and_(
        other.shift_id == Shift.id,
        other.user_id != user_id,
        other.presence == Presence.PRESENT,
    )
    row = session().execute(
        select(
            func.count(Shift.id.distinct()),
            func.count(place.distinct()),
            func.count(other.user_id.distinct()),
        )
        .select_from(SignUp)
        .join(Shift)
        .join(VolunteeringProject)
        .outerjoin(other, is_other)
        .where(
            SignUp.user_id == user_id,
            SignUp.presence == Presence.PRESENT,
            extract("year", func.timezone(str(ROME), Shift.starts_at)) == year,
        )
    ).one()  # fmt: skip
    return row[0], row[1], row[2]
