"""Hours of a person: what is verified, what waits, and what they add up to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, extract, func, select, union_all
from sqlalchemy.sql.selectable import Subquery

from portal.core.clock import to_local
from portal.core.database import session
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import (
    HoursEntry,
    Programme,
    ProjectApplication,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.policies import DeclarableProject
from portal.volunteering.states import LIVE_HOURS, ApplicationState, HoursSource, HoursState


@dataclass(frozen=True)
class HoursRow:
    """An entry of hours, as the person sees it."""

    id: int
    project_id: int
    title: str
    project_slug: str
    worked_on: date
    minutes: int
    source: HoursSource
    state: HoursState
    note: str | None
    reason: str | None


@dataclass(frozen=True)
class HoursTotal:
    """Hours of one project in one year."""

    year: int
    project_id: int
    title: str
    programme: str
    verified: int
    """Minutes that count."""
    to_verify: int
    """Minutes that nobody has verified yet."""
    times: int
    """How often, verified."""
    points_per_hour: Decimal

    @property
    def points(self) -> int:
        """Points of the youth card: whole ones only."""
        return int(self.points_per_hour * self.verified / 60)


@dataclass(frozen=True)
class YearTotal:
    """Hours of one year, over all projects."""

    verified: int = 0
    to_verify: int = 0
    times: int = 0
    points: int = 0

    @property
    def minutes(self) -> int:
        """All minutes, verified or not."""
        return self.verified + self.to_verify


def list_hours_of(user_id: int, *, year: int, page: int) -> Page[HoursRow]:
    """Return a page of a person's entries of a year, newest first; what was corrected is left out.

    The entry that stands in place of a corrected one is listed with its reason.
    """
    statement: Select[*tuple[Any, ...]] = (
        select(
            HoursEntry.id,
            HoursEntry.project_id,
            VolunteeringProject.title,
            VolunteeringProject.slug,
            HoursEntry.worked_on,
            HoursEntry.minutes,
            HoursEntry.source,
            HoursEntry.state,
            HoursEntry.note,
            HoursEntry.reason,
        )
        .join(VolunteeringProject, VolunteeringProject.id == HoursEntry.project_id)
        .where(
            HoursEntry.user_id == user_id,
            HoursEntry.state != HoursState.CORRECTED,
            extract("year", HoursEntry.worked_on) == year,
        )
    )
    total = count_rows(statement)
    result: Page[HoursRow] = Page(rows=[], number=clamp_page(page, total), total=total)
    rows = session().execute(
        statement.order_by(HoursEntry.worked_on.desc(), HoursEntry.id.desc())
        .limit(result.per_page)
        .offset((result.number - 1) * result.per_page)
    )
    result.rows.extend(HoursRow(*row) for row in rows)
    return result


def list_hours_totals(user_id: int) -> list[HoursTotal]:
    """Return what a person's hours add up to by year and project, newest year first."""
    year = extract("year", HoursEntry.worked_on)
    is_verified = HoursEntry.state == HoursState.VERIFIED
    rows: Iterable[Any] = session().execute(
        select(
            year,
            VolunteeringProject.id,
            VolunteeringProject.title,
            Programme.name,
            _minutes(is_verified),
            _minutes(HoursEntry.state == HoursState.TO_VERIFY),
            func.count(HoursEntry.id).filter(is_verified),
            Programme.points_per_hour,
        )
        .join(VolunteeringProject, VolunteeringProject.id == HoursEntry.project_id)
        .join(Programme, Programme.id == VolunteeringProject.programme_id)
        .where(HoursEntry.user_id == user_id, HoursEntry.state.in_(LIVE_HOURS))
        .group_by(year, VolunteeringProject.id, Programme.id)
        .order_by(year.desc(), VolunteeringProject.title, VolunteeringProject.id)
    )
    return [HoursTotal(int(at), *rest) for at, *rest in rows]


def sum_hours(totals: list[HoursTotal], year: int) -> YearTotal:
    """Return what the totals of one year add up to."""
    of_year = [t for t in totals if t.year == year]
    return YearTotal(
        verified=sum(t.verified for t in of_year),
        to_verify=sum(t.to_verify for t in of_year),
        times=sum(t.times for t in of_year),
        points=sum(t.points for t in of_year),
    )


def list_declarable_projects(user_id: int) -> list[DeclarableProject]:
    """Return the projects in which a person takes part, with since when, by title."""
    part = _participation(user_id)
    rows = session().execute(
        select(
            VolunteeringProject.id,
            VolunteeringProject.title,
            func.min(part.c.since_at),
            VolunteeringProject.ends_on,
        )
        .join(part, part.c.project_id == VolunteeringProject.id)
        .group_by(VolunteeringProject.id)
        .order_by(VolunteeringProject.title, VolunteeringProject.id)
    )
    return [DeclarableProject(i, title, _day(since), ends) for i, title, since, ends in rows]


def count_minutes_of_day(user_id: int, day: date, *, without: int | None = None) -> int:
    """Return how many minutes a person's entries of a day have, but for one of them."""
    total = session().scalar(
        select(func.coalesce(func.sum(HoursEntry.minutes), 0)).where(
            HoursEntry.user_id == user_id,
            HoursEntry.worked_on == day,
            HoursEntry.state.in_(LIVE_HOURS),
            HoursEntry.id != (without or 0),
        )
    )
    return int(total or 0)


def _minutes(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, HoursEntry.minutes), else_=0)), 0)


def _participation(user_id: int) -> Subquery:
    """Return since when a person takes part in which project: by places, and by applications."""
    by_place = (
        select(Shift.project_id, Shift.starts_at.label("since_at"))
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(SignUp.user_id == user_id, SignUp.state == SignUpState.CONFIRMED)
    )
    by_application = select(
        ProjectApplication.project_id, ProjectApplication.answered_at.label("since_at")
    ).where(
        ProjectApplication.user_id == user_id,
        ProjectApplication.state == ApplicationState.ACCEPTED,
    )
    return union_all(by_place, by_application).subquery()


def _day(moment: datetime) -> date:
    return to_local(moment).date()
