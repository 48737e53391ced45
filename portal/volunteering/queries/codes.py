"""The code shown on the spot, and the code a person shows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import read, read_short_code, short_code, sign
from portal.core.text import short_name
from portal.volunteering.models import Shift, SignUp, VolunteeringProject
from portal.volunteering.policies import CodeState, find_code_state
from portal.volunteering.queries.tutor_desk import tutor_ids_of
from portal.volunteering.states import Presence, ShiftState

ON_THE_SPOT = "volunteering-check-in"
"""Purpose of the code that a tutor shows."""
OWN_CODE = "volunteering-own-code"
"""Purpose of the code that a person shows to a tutor."""
CODES_KNOWN = timedelta(days=7)
"""Before and after a shift: then its code is at least recognised, as too early or too late."""
OWN_CODE_LASTS = timedelta(days=2)


@dataclass(frozen=True)
class CheckInPage:
    """What the code on the spot does for one person."""

    state: CodeState
    shift_id: int = 0
    title: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True)
class OwnCodeRow:
    """Whose code a tutor has opened; a subject of `PROJECT_TUTOR`."""

    sign_up_id: int
    shift_id: int
    name: str
    title: str
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    presence: Presence | None
    has_place: bool
    tutor_ids: frozenset[int]


def code_of_shift(shift_id: int) -> str:
    """Return the code that a shift's tutor shows: two groups of four, no table behind it."""
    return short_code(ON_THE_SPOT, shift_id)


def find_shift_by_code(typed: str) -> int | None:
    """Return the shift, of the days around today, whose code somebody typed or scanned."""
    now, code = utc_now(), read_short_code(typed)
    near = select(Shift.id).where(
        Shift.starts_at > now - CODES_KNOWN, Shift.starts_at < now + CODES_KNOWN
    )
    return next((i for i in session().scalars(near) if code_of_shift(i) == code), None)


def find_check_in(code: str, user_id: int) -> CheckInPage:
    """Return what a code does now for a person; changes nothing."""
    shift_id = find_shift_by_code(code)
    if shift_id is None:
        return CheckInPage(CodeState.UNKNOWN)
    shift, title, has_place, presence = (
        session()
        .execute(
            select(Shift, VolunteeringProject.title, SignUp.id.is_not(None), SignUp.presence)
            .join(VolunteeringProject)
            .outerjoin(
                SignUp,
                (SignUp.shift_id == Shift.id)
                & (SignUp.user_id == user_id)
                & (SignUp.state == SignUpState.CONFIRMED),
            )
            .where(Shift.id == shift_id)
            .execution_options(populate_existing=True)
        )
        .one()
    )
    found = find_code_state(shift, utc_now())
    if presence is Presence.PRESENT:
        found = CodeState.MARKED
    elif found is CodeState.OPEN and not has_place:
        found = CodeState.NOT_SIGNED_UP
    return CheckInPage(found, shift.id, title, shift.starts_at, shift.ends_at)


def find_own_code(shift_id: int, user_id: int) -> str | None:
    """Return the signed code by which a tutor marks a person; None without a place."""
    statement = select(SignUp.id).where(
        SignUp.shift_id == shift_id,
        SignUp.user_id == user_id,
        SignUp.state == SignUpState.CONFIRMED,
    )
    sign_up_id = session().scalar(statement)
    return None if sign_up_id is None else sign(OWN_CODE, sign_up_id)


def find_by_own_code(token: str) -> OwnCodeRow | None:
    """Return whose code a token is, None for one that is not ours or too old."""
    sign_up_id = read(OWN_CODE, token, OWN_CODE_LASTS)
    if sign_up_id is None:
        return None
    row = (
        session()
        .execute(
            select(
                SignUp,
                Shift,
                VolunteeringProject.title,
                tutor_ids_of(VolunteeringProject.id),
            )
            .join(Shift, Shift.id == SignUp.shift_id)
            .join(VolunteeringProject, VolunteeringProject.id == Shift.project_id)
            .where(SignUp.id == sign_up_id)
            .execution_options(populate_existing=True)
        )
        .one_or_none()
    )
    if row is None:
        return None
    sign_up, shift, title, tutor_ids = row
    return OwnCodeRow(
        sign_up.id,
        shift.id,
        short_name(sign_up.user.display_name),
        title,
        shift.starts_at,
        shift.ends_at,
        shift.state,
        sign_up.presence,
        sign_up.state is SignUpState.CONFIRMED,
        frozenset(tutor_ids),
    )
