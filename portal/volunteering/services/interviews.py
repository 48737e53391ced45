"""The introductory talk: times opened by the office, booked, moved, held or missed.

Whoever writes locks in one order: person, enrolment, times by id, booking.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.exc import IntegrityError

from portal.accounts.commitments import CommitmentKind, find_overlap_with
from portal.core.access import PORTAL, Actor
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import (
    ForbiddenStepError,
    NotFoundError,
    RuleBrokenError,
    explain_constraint,
)
from portal.core.history import record_step, record_steps, take_step
from portal.volunteering.emails.interviews import (
    mail_interview_booked,
    mail_interview_cancelled,
    mail_interview_missed,
    mail_interview_reminder,
)
from portal.volunteering.models import Enrolment, InterviewBooking, InterviewSlot
from portal.volunteering.policies import find_interview_refusal
from portal.volunteering.queries import find_facts_of
from portal.volunteering.queries.interviews import (
    find_interview_standing,
    list_interviews_to_remind,
)
from portal.volunteering.services.sign_ups.locks import lock_people
from portal.volunteering.states import (
    BOOKING_TRANSITIONS,
    BookingAction,
    BookingState,
    InterviewOutcome,
    InterviewResult,
    SlotState,
)

SLOT_HISTORY, BOOKING_HISTORY = "interview_slot", "interview_booking"
_TAKEN = _l("Somebody has just booked this time: choose another one.")


@dataclass(frozen=True)
class SlotPlace:
    """Where talks are held."""

    place_name: str
    address: str | None = None


def open_slots(
    *, actor: Actor, times: Sequence[tuple[datetime, datetime]], place: SlotPlace
) -> list[int]:
    """Open times at which `actor` talks with people, all or none; return their ids.

    Raises `RuleBrokenError` where one has passed, or where `actor` has a time then already
    (the database's own constraint decides that).
    """
    if not times or times[0][0] <= utc_now():
        raise RuleBrokenError(_l("These times have passed: choose a day to come."), "day")
    slots = [
        InterviewSlot(
            interviewer_id=actor.account_id,
            starts_at=starts_at,
            ends_at=ends_at,
            place_name=place.place_name,
            address=place.address,
        )
        for starts_at, ends_at in times
    ]
    try:
        with session().begin_nested():
            session().add_all(slots)
    except IntegrityError as error:
        explained = explain_constraint(error)
        if explained is None:
            raise
        raise RuleBrokenError(explained.sentence, "starts_time") from error
    record_steps(
        actor=actor,
        subject_kind=SLOT_HISTORY,
        action="open",
        steps=[{"subject_id": slot.id, "to_state": SlotState.OPEN.value} for slot in slots],
    )
    return [slot.id for slot in slots]


def cancel_slot(*, actor: Actor, slot_id: int, reason: str = "") -> bool:
    """Take a time back; who had booked it is told and may choose another. Say whether anybody had.

    Raises `NotFoundError`, and `ForbiddenStepError` for one that has begun or is cancelled.
    """
    slot = next(iter(_lock_slots([slot_id])), None)
    if slot is None:
        raise NotFoundError
    if slot.state is SlotState.CANCELLED:
        raise ForbiddenStepError(_l("This time has been taken back already."))
    if slot.starts_at <= utc_now():
        raise ForbiddenStepError(_l("This time has begun: say how the talk went instead."))
    slot.state = SlotState.CANCELLED
    record_step(
        actor=actor, subject_kind=SLOT_HISTORY, subject_id=slot.id, action="cancel",
        from_state=SlotState.OPEN, to_state=SlotState.CANCELLED, note=reason or None,
    )  # fmt: skip
    booking = session().scalar(
        select(InterviewBooking)
        .where(InterviewBooking.slot_id == slot.id, InterviewBooking.state == BookingState.BOOKED)
        .with_for_update(key_share=True)
    )
    if booking is not None:
        _step(actor, booking, BookingAction.CANCEL, note=reason or None)
        mail_interview_cancelled(booking=booking, reason=reason)
    session().flush()
    return booking is not None


def book_interview(*, actor: Actor, slot_id: int, user_id: int | None = None) -> InterviewBooking:
    """Book a time, or move to it from the one held, in one transaction.

    For `actor`; at the counter, or on the telephone, a clerk does it for the person `user_id`.

    The second of two taps changes nothing. Raises `ForbiddenStepError` where the enrolment does
    not ask for a talk now, `RuleBrokenError` (at `slot`) for a time that somebody else has, that
    has passed or gone, or at which the person has a shift.
    """
    owner_id = actor.account_id if user_id is None else user_id
    lock_people([owner_id])
    enrolment = _lock_enrolment(owner_id)
    standing = find_interview_standing(owner_id)
    if find_interview_refusal(standing.facts) is not None:
        raise ForbiddenStepError(
            _l("A talk can be booked once your request is sent, until it has been held.")
        )
    held = standing.booked
    if held is not None and held.slot_id == slot_id:
        return session().get_one(InterviewBooking, held.id)
    slots = {s.id: s for s in _lock_slots({slot_id, *([held.slot_id] if held else ())})}
    _check_free(slots.get(slot_id), owner_id)
    before = _cancel_booking(actor, held.id, note=None) if held else None
    booking = InterviewBooking(slot_id=slot_id, enrolment_id=enrolment.id)
    session().add(booking)
    session().flush()
    record_step(
        actor=actor, subject_kind=BOOKING_HISTORY, subject_id=booking.id, action="book",
        to_state=booking.state,
    )  # fmt: skip
    mail_interview_booked(booking=booking, moved_from=before)
    return booking


def cancel_interview(*, actor: Actor, user_id: int | None = None) -> None:
    """Give back the time booked by `actor` (at the counter: by `user_id`); nothing without one.

    Raises `ForbiddenStepError` once it has begun.
    """
    owner_id = actor.account_id if user_id is None else user_id
    lock_people([owner_id])
    _lock_enrolment(owner_id)
    held = find_interview_standing(owner_id).booked
    if held is None:
        return
    _lock_slots([held.slot_id])
    if held.starts_at <= utc_now():
        raise ForbiddenStepError(_l("This talk has begun already: call the office."))
    _cancel_booking(actor, held.id, note=None)


def withdraw_interview(*, actor: Actor, enrolment_id: int) -> None:
    """Free the time booked for a request that was not accepted; its mail says that."""
    booking = session().scalar(
        select(InterviewBooking).where(
            InterviewBooking.enrolment_id == enrolment_id,
            InterviewBooking.state == BookingState.BOOKED,
        )
    )
    if booking is not None and booking.slot.starts_at > utc_now():
        _lock_slots([booking.slot_id])
        _cancel_booking(actor, booking.id, note=None)


def record_interview(
    *, actor: Actor, booking_id: int, result: InterviewResult, note: str = ""
) -> InterviewBooking:
    """Write how a talk went, or that nobody came; `note` is for the office alone.

    A positive one is noted with the enrolment; who did not come is told that another time can be
    chosen. Raises `NotFoundError`, and `ForbiddenStepError` before its time or for one that has
    been dealt with.
    """
    found = session().get(InterviewBooking, booking_id)
    if found is None:
        raise NotFoundError
    enrolment = session().get_one(
        Enrolment, found.enrolment_id, with_for_update=True, populate_existing=True
    )
    _lock_slots([found.slot_id])
    booking = _lock_booking(booking_id)
    if booking.slot.starts_at > utc_now():
        raise ForbiddenStepError(_l("This talk has not begun yet."))
    is_missed = result is InterviewResult.MISSED
    booking.note, booking.recorded_by_id = note or None, actor.id
    if not is_missed:
        booking.outcome = InterviewOutcome(result.value)
    _step(actor, booking, BookingAction.MISS if is_missed else BookingAction.HOLD)
    if result is InterviewResult.POSITIVE:
        enrolment.interviewed_on = to_local(booking.slot.starts_at).date()
    session().flush()
    if is_missed:
        mail_interview_missed(booking=booking)
    return booking


def remind_interviews() -> None:
    """Remind of tomorrow's talks, each once; what somebody is just changing waits for next time."""
    rows = session().scalars(
        select(InterviewBooking)
        .where(
            InterviewBooking.id.in_(list_interviews_to_remind()),
            InterviewBooking.state == BookingState.BOOKED,
            InterviewBooking.reminded_at.is_(None),
        )
        .order_by(InterviewBooking.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    for booking in rows.all():
        booking.reminded_at = utc_now()
        mail_interview_reminder(booking=booking)
        record_step(
            actor=PORTAL, subject_kind=BOOKING_HISTORY, subject_id=booking.id, action="remind"
        )
    session().flush()


def _check_free(slot: InterviewSlot | None, user_id: int) -> None:
    is_open = slot is not None and slot.state is SlotState.OPEN and slot.starts_at > utc_now()
    if slot is None or not is_open:
        raise RuleBrokenError(_l("This time is no longer there: choose another one."), "slot")
    is_taken = exists().where(
        InterviewBooking.slot_id == slot.id, InterviewBooking.state != BookingState.CANCELLED
    )
    if session().scalar(select(is_taken)):
        raise RuleBrokenError(_TAKEN, "slot")
    # The talk one has is the one that this booking takes the place of.
    others = (
        one
        for one in find_facts_of(user_id).commitments
        if one.kind is not CommitmentKind.INTERVIEW
    )
    other = find_overlap_with(others, slot)
    if other is not None:
        raise RuleBrokenError(
            _l(
                "At that time you are somewhere else, “%(title)s”: choose another one.",
                title=other.title,
            ),
            "slot",
        )


def _cancel_booking(actor: Actor, booking_id: int, *, note: str | None) -> InterviewBooking:
    booking = _lock_booking(booking_id)
    _step(actor, booking, BookingAction.CANCEL, note=note)
    session().flush()
    return booking


def _lock_enrolment(user_id: int) -> Enrolment:
    enrolment = session().scalar(
        select(Enrolment)
        .where(Enrolment.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if enrolment is None:
        raise NotFoundError
    return enrolment


def _lock_slots(ids: Iterable[int]) -> Sequence[InterviewSlot]:
    return (
        session()
        .scalars(
            select(InterviewSlot)
            .where(InterviewSlot.id.in_(list(ids)))
            .order_by(InterviewSlot.id)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        .all()
    )


def _lock_booking(booking_id: int) -> InterviewBooking:
    return session().get_one(
        InterviewBooking, booking_id, with_for_update=True, populate_existing=True
    )


def _step(
    actor: Actor, booking: InterviewBooking, action: BookingAction, note: str | None = None
) -> None:
    take_step(
        actor=actor, subject=booking, transitions=BOOKING_TRANSITIONS, action=action, note=note
    )
