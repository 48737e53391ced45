"""What waits for the office that looks after volunteers."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from portal.accounts.models import User
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.mail import PhoneMessage
from portal.moderation.models import Case
from portal.moderation.states import OPEN_STATES, CaseKind
from portal.volunteering.models import (
    Enrolment,
    HoursEntry,
    ProjectApplication,
    Shift,
    VolunteeringProject,
)
from portal.volunteering.queries.insurance import count_uncovered
from portal.volunteering.queries.interviews import count_interviews
from portal.volunteering.queries.shift_conditions import needs_people
from portal.volunteering.states import ApplicationState, EnrolmentState, HoursState, ProjectState

SHIFTS_WITHIN = timedelta(days=7)
HOURS_OLDER_THAN = timedelta(days=7)
PAPERS_WITHIN = timedelta(days=30)
MOST_PAPERS = 200


@dataclass(frozen=True)
class OfficeCounts:
    """How much waits of each kind."""

    short_shifts: int
    """Shifts of the next seven days that lack people."""
    applications: int
    enrolments: int
    projects: int
    """Proposed by associations."""
    drafts: int
    """Of the office, or opened from a project sheet: to plan and publish."""
    expenses: int
    old_hours: int
    """Entries to verify that are older than seven days."""
    papers: int
    """Permits and certificates of people in the register that end within thirty days, or ended."""
    calls: int
    """To people without e-mail."""
    interviews_today: int
    interviews_without_outcome: int
    uncovered: int


@dataclass(frozen=True)
class PaperRow:
    """Somebody of the register whose paper ends soon."""

    full_name: str
    phone: str | None
    email: str | None
    permit_until: date | None
    fitness_until: date | None


def count_for_office() -> OfficeCounts:
    """Return how much waits; three statements."""
    today = local_today()
    row = (
        session()
        .execute(
            select(
                _count(
                    select(func.count(Shift.id))
                    .join(VolunteeringProject)
                    .where(needs_people(), Shift.starts_at <= utc_now() + SHIFTS_WITHIN)
                ),
                _count(
                    select(func.count(ProjectApplication.id)).where(
                        ProjectApplication.state == ApplicationState.SUBMITTED
                    )
                ),
                _count_cases(CaseKind.ENROLMENT),
                _count_cases(CaseKind.VOLUNTEERING_PROJECT),
                _count(
                    select(func.count(VolunteeringProject.id)).where(
                        VolunteeringProject.state == ProjectState.DRAFT,
                        VolunteeringProject.proposed_by_id.is_(None),
                    )
                ),
                _count_cases(CaseKind.EXPENSE),
                _count(
                    select(func.count(HoursEntry.id)).where(
                        HoursEntry.state == HoursState.TO_VERIFY,
                        HoursEntry.worked_on < today - HOURS_OLDER_THAN,
                    )
                ),
                _count(select(func.count(Enrolment.id)).where(*_has_ending_paper())),
                _count(select(func.count(PhoneMessage.id)).where(PhoneMessage.told_at.is_(None))),
            )
        )
        .one()
    )
    talks = count_interviews()
    return OfficeCounts(*row, talks.today, talks.without_outcome, count_uncovered(today))


def list_ending_papers() -> list[PaperRow]:
    """Return who has a paper that ends within thirty days, or has ended; the most urgent first."""
    rows = session().execute(
        select(
            func.coalesce(Enrolment.full_name, User.display_name, type_=User.display_name.type),
            Enrolment.phone,
            User.email,
            Enrolment.permit_until,
            Enrolment.fitness_until,
        )
        .join(User, User.id == Enrolment.user_id)
        .where(*_has_ending_paper())
        .order_by(func.least(Enrolment.permit_until, Enrolment.fitness_until), Enrolment.id)
        .limit(MOST_PAPERS)
    )
    return [PaperRow(*row) for row in rows]


def _has_ending_paper() -> tuple[ColumnElement[bool], ...]:
    last = local_today() + PAPERS_WITHIN
    return (
        Enrolment.state == EnrolmentState.ACCEPTED,
        or_(Enrolment.permit_until <= last, Enrolment.fitness_until <= last),
    )


def _count_cases(kind: CaseKind) -> Any:  # noqa: ANN401 - a column
    waiting = select(func.count(Case.id)).where(Case.kind == kind, Case.state.in_(OPEN_STATES))
    return _count(waiting)


def _count(statement: Select[Any]) -> Any:  # noqa: ANN401 - a column
    return statement.scalar_subquery()
