"""Who was there: marks of tutors and of the code on the spot, and the hours that follow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import HoursEntry, Shift, SignUp
from portal.volunteering.policies import MARKS_BEFORE, CodeState, find_code_state, takes_marks
from portal.volunteering.services.presence_hours import note_presence_hours
from portal.volunteering.services.sign_ups.locks import HISTORY, find_held, lock_shift
from portal.volunteering.states import HoursState, Presence, PresenceSource, ShiftState


@dataclass(frozen=True)
class Mark:
    """What a tutor says of one sign-up."""

    sign_up_id: int
    presence: Presence
    present_people: int | None = None
    """How many of a group came; None: all of them."""
    at: datetime | None = None
    """When it was said, if the phone had to wait for the network; None: now."""


@dataclass(frozen=True)
class MarksSaved:
    """What became of marks."""

    changed: int
    kept: frozenset[int]
    """Sign-ups whose hours are verified: their mark stays as it is."""


def mark_presence(*, actor: Actor, shift_id: int, marks: Iterable[Mark]) -> MarksSaved:
    """Write down who came, where it differs from what stands; the hours follow.

    Of two tutors the later mark wins, by the moment at which it was made. Safe to send twice.
    Marks of people who hold no place (any more) are passed over. Raises `ForbiddenStepError`
    for a shift that is cancelled or more than half an hour ahead, `NotFoundError` for none.
    """
    shift = lock_shift(shift_id)
    if not takes_marks(shift, utc_now()):
        raise ForbiddenStepError(_refusal_of(shift))
    wanted = {mark.sign_up_id: mark for mark in marks}
    verified = _list_verified(wanted)
    changed = 0
    for sign_up in _list_confirmed(shift_id, wanted):
        if sign_up.id not in verified:
            changed += _mark(actor, sign_up, shift, wanted[sign_up.id], PresenceSource.TUTOR)
    return MarksSaved(changed, verified)


def check_in(*, actor: Actor, shift_id: int) -> CodeState:
    """Mark the actor as present by the code shown on the spot; return what the code did.

    `OPEN` never comes back: a code that is open marks, or says why not. Safe to press twice.
    """
    shift = lock_shift(shift_id)
    state = find_code_state(shift, utc_now())
    if state is not CodeState.OPEN:
        return state
    sign_up = find_held(shift_id, actor.account_id)
    if sign_up is None or sign_up.state is not SignUpState.CONFIRMED:
        return CodeState.NOT_SIGNED_UP
    if sign_up.id not in _list_verified([sign_up.id]):
        mark = Mark(sign_up.id, Presence.PRESENT)
        _mark(actor, sign_up, shift, mark, PresenceSource.CODE)
    return CodeState.MARKED


def _refusal_of(shift: Shift) -> object:
    if shift.state is ShiftState.CANCELLED:
        return _l("The shift is cancelled: there is nobody to mark.")
    return _l("People can be marked from half an hour before the shift.")


def _list_verified(sign_up_ids: Iterable[int]) -> frozenset[int]:
    statement = select(HoursEntry.sign_up_id).where(
        HoursEntry.sign_up_id.in_(list(sign_up_ids)), HoursEntry.state == HoursState.VERIFIED
    )
    return frozenset(found for found in session().scalars(statement) if found is not None)


def _list_confirmed(shift_id: int, ids: Iterable[int]) -> list[SignUp]:
    statement = (
        select(SignUp)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.id.in_(list(ids)),
            SignUp.state == SignUpState.CONFIRMED,
        )
        .order_by(SignUp.id)
        .execution_options(populate_existing=True)
    )
    return list(session().scalars(statement))


def _mark(actor: Actor, sign_up: SignUp, shift: Shift, mark: Mark, source: PresenceSource) -> bool:
    """Write one mark unless it is there already, or a later one is; say whether it was written."""
    people = _people_of(sign_up, mark)
    if (sign_up.presence, sign_up.present_people) == (mark.presence, people):
        return False
    now = utc_now()
    # A phone's clock may be wrong: no mark is of the future, none from before one could mark.
    at = max(min(mark.at or now, now), shift.starts_at - MARKS_BEFORE)
    if sign_up.presence_at is not None and at < sign_up.presence_at:
        return False
    before = sign_up.presence
    sign_up.presence, sign_up.present_people = mark.presence, people
    sign_up.presence_at, sign_up.presence_source = at, source
    sign_up.presence_by_id = actor.id
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=sign_up.id,
        action=f"mark_{mark.presence}",
        from_state=before,
        to_state=mark.presence,
        note=str(people) if people is not None else None,
    )
    session().flush()
    note_presence_hours(actor=actor, sign_up=sign_up, shift=shift)
    return True


def _people_of(sign_up: SignUp, mark: Mark) -> int | None:
    """Return how many of a group came, None where that says nothing new or cannot be."""
    people = mark.present_people
    if mark.presence is Presence.ABSENT or people is None or sign_up.people == 1:
        return None
    return people if 0 < people < sign_up.people else None
