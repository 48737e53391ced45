"""The people of a project, and what its tutor has seen of them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, exists, func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.core.text import short_name
from portal.volunteering.models import Enrolment, ProjectApplication, ProjectCheck, Shift, SignUp
from portal.volunteering.states import ApplicationState, EnrolmentState, Presence, ProjectCheckKind

MOST_PEOPLE = 300


@dataclass(frozen=True)
class ProjectPersonRow:
    """Somebody who comes to a project, or came."""

    user_id: int
    full_name: str
    times: int
    """How often they were there."""
    trained_on: date | None
    record_seen_on: date | None

    @property
    def name(self) -> str:
        """First name and initial."""
        return short_name(self.full_name)


def list_project_people(project_id: int) -> list[ProjectPersonRow]:
    """Return who comes to a project, came, waits or was accepted, by name; at most 300."""
    rows = session().execute(
        select(
            User.id,
            User.display_name,
            _count_times(project_id),
            _seen_on(project_id, ProjectCheckKind.TRAINING),
            _seen_on(project_id, ProjectCheckKind.RECORD),
        )
        .where(_belongs_to(project_id), User.erased_at.is_(None))
        .order_by(User.display_name, User.id)
        .limit(MOST_PEOPLE)
    )
    return [ProjectPersonRow(*row) for row in rows]


def find_project_person(project_id: int, *, user_id: int, email: str) -> int | None:
    """Return the account of somebody in a project's list, or by address of an enrolled person.

    Who has not done the training has no place yet, and so is in no list.
    """
    if email:
        statement = (
            select(User.id)
            .join(Enrolment, Enrolment.user_id == User.id)
            .where(
                func.lower(User.email) == email.lower(), Enrolment.state == EnrolmentState.ACCEPTED
            )
        )
        return session().scalar(statement)
    ids = {person.user_id for person in list_project_people(project_id)}
    return user_id if user_id in ids else None


def _belongs_to(project_id: int) -> ColumnElement[bool]:
    """Say whether an account holds or held a place, asked to join, or has a note."""
    holds = exists().where(
        SignUp.user_id == User.id,
        SignUp.state != SignUpState.LEFT,
        SignUp.shift_id.in_(select(Shift.id).where(Shift.project_id == project_id)),
    )
    has_applied = exists().where(
        ProjectApplication.user_id == User.id,
        ProjectApplication.project_id == project_id,
        ProjectApplication.state.in_((ApplicationState.SUBMITTED, ApplicationState.ACCEPTED)),
    )
    has_note = exists().where(
        ProjectCheck.user_id == User.id, ProjectCheck.project_id == project_id
    )
    return or_(holds, has_applied, has_note)


def _count_times(project_id: int) -> ColumnElement[int]:
    return (
        select(func.count(SignUp.id))
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.user_id == User.id,
            Shift.project_id == project_id,
            SignUp.presence == Presence.PRESENT,
        )
        .correlate(User)
        .scalar_subquery()
    )


def _seen_on(project_id: int, kind: ProjectCheckKind) -> ColumnElement[date]:
    return (
        select(ProjectCheck.seen_on)
        .where(
            ProjectCheck.user_id == User.id,
            ProjectCheck.project_id == project_id,
            ProjectCheck.kind == kind,
        )
        .correlate(User)
        .scalar_subquery()
    )
