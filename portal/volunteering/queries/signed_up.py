"""Who has, waits for or was offered a place: whom to tell when a shift changes."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import distinct, func, select

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import HELD_STATES
from portal.volunteering.models import ProjectApplication, Shift, SignUp
from portal.volunteering.policies import LIVE_APPLICATIONS
from portal.volunteering.states import ShiftState


@dataclass(frozen=True)
class SignedUpRow:
    """A person who is signed up for a shift."""

    shift_id: int
    user_id: int
    name: str
    email: str | None
    locale: str


def list_signed_up(shift_ids: Collection[int]) -> list[SignedUpRow]:
    """Return who is signed up for these shifts, person by person, in one query."""
    rows = session().execute(
        select(SignUp.shift_id, User.id, User.display_name, User.email, User.locale)
        .join(User, User.id == SignUp.user_id)
        .where(SignUp.shift_id.in_(shift_ids), SignUp.state.in_(HELD_STATES))
        .order_by(User.id, SignUp.shift_id)
    )
    return [SignedUpRow(*row) for row in rows]


@dataclass(frozen=True)
class PeopleToTell:
    """What ends with a project."""

    shifts: int
    """Open ones to come."""
    people: int
    """Signed up for at least one of them."""
    applications: int
    """Without an answer, or accepted."""


def count_people_to_tell(project_id: int) -> PeopleToTell:
    """Return how many shifts end with a project, and how many people are told."""
    is_open = (
        Shift.project_id == project_id,
        Shift.state == ShiftState.OPEN,
        Shift.starts_at > utc_now(),
    )
    people = (
        select(func.count(distinct(SignUp.user_id)))
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.state.in_(HELD_STATES), *is_open)
        .scalar_subquery()
    )
    applications = (
        select(func.count(ProjectApplication.id))
        .where(
            ProjectApplication.project_id == project_id,
            ProjectApplication.state.in_(LIVE_APPLICATIONS),
        )
        .scalar_subquery()
    )
    shifts = select(func.count(Shift.id)).where(*is_open).scalar_subquery()
    row = session().execute(select(shifts, people, applications)).one()
    return PeopleToTell(*row)
