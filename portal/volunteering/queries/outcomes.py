"""What comes of projects, as parts of statements: people, shifts held, verified time, places.

Said once, so that a project's own page and whatever a project is part of count alike.
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union

from portal.core.sign_ups import SignUpState
from portal.volunteering.models import HoursEntry, Shift, SignUp, VolunteeringProject
from portal.volunteering.queries.shift_conditions import NOW, is_to_come
from portal.volunteering.states import HoursState, Presence, ShiftState

_Project = VolunteeringProject


def participations() -> Select[Any]:
    """Return `project_id` and `user_id` of who came at least once or has verified hours."""
    came = (
        select(Shift.project_id, SignUp.user_id)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(SignUp.state == SignUpState.CONFIRMED, SignUp.presence == Presence.PRESENT)
    )
    verified = select(HoursEntry.project_id, HoursEntry.user_id).where(
        HoursEntry.state == HoursState.VERIFIED
    )
    found = union(came, verified).subquery("participation")
    return select(found.c.project_id, found.c.user_id)


def count_participants() -> ColumnElement[int]:
    """Return how many people took part, as part of a statement on projects."""
    found = participations().subquery()
    counted = select(func.count()).select_from(found).where(found.c.project_id == _Project.id)
    return counted.correlate(_Project).scalar_subquery()


def count_held_shifts() -> ColumnElement[int]:
    """Return how many shifts took place with somebody, as part of a statement on projects."""
    counted = select(func.count(Shift.id)).where(
        Shift.project_id == _Project.id,
        Shift.state == ShiftState.OPEN,
        Shift.ends_at <= NOW,
        Shift.confirmed_count > 0,
    )
    return counted.correlate(_Project).scalar_subquery()


def sum_verified_minutes() -> ColumnElement[int]:
    """Return the verified minutes, as part of a statement on projects; none before that."""
    summed = select(func.coalesce(func.sum(HoursEntry.minutes), 0)).where(
        HoursEntry.project_id == _Project.id, HoursEntry.state == HoursState.VERIFIED
    )
    return summed.correlate(_Project).scalar_subquery()


def count_places_left() -> ColumnElement[int | None]:
    """Return the free places of shifts to come, as part of a statement on projects.

    None where no shift is planned.
    """
    free = Shift.capacity - Shift.confirmed_count - Shift.offered_count
    summed = select(func.sum(free)).where(and_(Shift.project_id == _Project.id, is_to_come()))
    return summed.correlate(_Project).scalar_subquery()
