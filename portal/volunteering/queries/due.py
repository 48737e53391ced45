"""Shifts for which the worker has something to do now."""

from sqlalchemy import and_, exists, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import Shift, SignUp, VolunteeringProject
from portal.volunteering.policies import ASK_BEFORE, CALL_BEFORE, CALL_NOT_AFTER
from portal.volunteering.queries.shift_conditions import needs_people
from portal.volunteering.states import ShiftState

MOST_AT_ONCE = 500


def list_shifts_with_lapsed_offers() -> list[int]:
    """Return the shifts with an offer whose time is over."""
    statement = select(SignUp.shift_id).where(
        SignUp.state == SignUpState.OFFERED, SignUp.offer_until_at <= utc_now()
    )
    return list(session().scalars(statement.distinct().order_by(SignUp.shift_id)))


def list_shifts_to_ask() -> list[int]:
    """Return the shifts within two days with people who were not yet asked "ci sei?"."""
    now = utc_now()
    has_unasked = exists().where(
        SignUp.shift_id == Shift.id,
        SignUp.state == SignUpState.CONFIRMED,
        SignUp.asked_at.is_(None),
        SignUp.created_at < Shift.starts_at - ASK_BEFORE,
    )
    is_near = and_(Shift.starts_at > now, Shift.starts_at <= now + ASK_BEFORE)
    statement = select(Shift.id).where(Shift.state == ShiftState.OPEN, is_near, has_unasked)
    return list(
        session().scalars(statement.order_by(Shift.starts_at, Shift.id).limit(MOST_AT_ONCE))
    )


def list_shifts_to_call_for() -> list[int]:
    """Return the near shifts that lack people and for which nobody was called yet."""
    now = utc_now()
    statement = (
        select(Shift.id)
        .join(VolunteeringProject)
        .where(
            needs_people(),
            Shift.called_at.is_(None),
            Shift.starts_at > now + CALL_NOT_AFTER,
            Shift.starts_at <= now + CALL_BEFORE,
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST_AT_ONCE)
    )
    return list(session().scalars(statement))
