"""Points of the youth card: what the region is told once a year."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import extract, func, select

from portal.accounts.models import User
from portal.core.database import session
from portal.volunteering.models import Enrolment, HoursEntry, Programme, VolunteeringProject
from portal.volunteering.policies import count_points
from portal.volunteering.states import HoursState


@dataclass(frozen=True)
class PointsRow:
    """A person's points in a programme in a year."""

    person: str
    programme: str
    minutes: int
    points: int


def list_points(year: int) -> list[PointsRow]:
    """Return who has points in a year, by name; programmes without points are left out."""
    return list(_points(year))


def list_years_with_points() -> list[int]:
    """Return the years with verified hours in programmes that give points, the latest first."""
    year = extract("year", HoursEntry.worked_on)
    rows = session().scalars(
        select(year)
        .join_from(HoursEntry, VolunteeringProject)
        .join(Programme)
        .where(HoursEntry.state == HoursState.VERIFIED, Programme.points_per_hour > 0)
        .distinct()
        .order_by(year.desc())
    )
    return [int(one) for one in rows]


def _points(year: int) -> Iterator[PointsRow]:
    name = func.coalesce(Enrolment.full_name, User.display_name, type_=User.display_name.type)
    rows = session().execute(
        select(name, Programme.name, func.sum(HoursEntry.minutes), Programme.points_per_hour)
        .join_from(HoursEntry, VolunteeringProject)
        .join(Programme)
        .join(User, User.id == HoursEntry.user_id)
        .outerjoin(Enrolment, Enrolment.user_id == User.id)
        .where(
            HoursEntry.state == HoursState.VERIFIED,
            Programme.points_per_hour > 0,
            extract("year", HoursEntry.worked_on) == year,
        )
        .group_by(User.id, Enrolment.full_name, Programme.id)
        .order_by(name, User.id, Programme.name)
    )
    for person, programme, minutes, rate in rows:
        points = count_points(minutes, Decimal(rate))
        if points:
            yield PointsRow(person, programme, minutes, points)
