"""Registering for a meeting and giving the place back; places that were freed go down the line.

The same engine as places in shifts (ADR 0022): a place that is offered is kept, nobody else can
take it until the person answers or the time is over.
"""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from portal.accounts.models import User
from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step
from portal.core.sign_ups import (
    HeldSignUp,
    SignUpAction,
    SignUpState,
    has_free_places,
)
from portal.laboratories.emails import meetings as emails
from portal.laboratories.models import Meeting, MeetingSignUp
from portal.laboratories.policies.meetings import (
    REMIND_BEFORE,
    MeetingFacts,
    RegistrationDecision,
    can_leave_meeting,
    decide_registration,
    find_meeting_offer_end,
)
from portal.laboratories.queries.meeting_answers import MeetingOffer, OfferState
from portal.laboratories.queries.meetings import get_meeting_facts
from portal.laboratories.queries.registrations import find_registration_facts
from portal.laboratories.services.meeting_locks import (
    SIGN_UP_HISTORY,
    find_held,
    forget_counts,
    list_sign_ups,
    lock_meeting,
    lock_people,
    take_sign_up_step,
)
from portal.laboratories.states import MeetingState


def register(*, actor: Actor, meeting_id: int, people: int = 1) -> RegistrationDecision:
    """Give `actor`, with who comes along, places in the meeting or on its waiting list.

    Returns the decision: where its refusal is `already_signed_up` the person has what its outcome
    says (the same tap twice is one sign-up), with any other refusal nothing was done. Who was
    offered a place takes it. Raises `NotFoundError` where there is no such meeting.
    """
    return _register(actor, actor.account_id, meeting_id, people)


def register_person(
    *, actor: Actor, user_id: int, meeting_id: int, people: int = 1
) -> RegistrationDecision:
    """Do for the person `user_id`, who telephoned, what `register` does; it is marked as such."""
    return _register(actor, user_id, meeting_id, people)


def leave_meeting(
    *, actor: Actor, meeting_id: int, user_id: int | None = None
) -> SignUpState | None:
    """Give back the place of `actor` (at the desk: of `user_id`); return what they had.

    The place is offered to the first in line. Leaving what one does not hold does nothing and
    returns None. Raises `ForbiddenStepError` once the meeting has started, `NotFoundError` where
    there is none such.
    """
    meeting = lock_meeting(meeting_id)
    sign_up = find_held(meeting_id, actor.account_id if user_id is None else user_id)
    if sign_up is None:
        return None
    had = sign_up.state
    held = HeldSignUp(had, people=sign_up.people)
    if not can_leave_meeting(get_meeting_facts(meeting_id), held, utc_now()):
        raise ForbiddenStepError(
            _l("The meeting has started, so the place can no longer be given back here.")
        )
    _end(sign_up, SignUpAction.LEAVE, actor)
    forget_counts(meeting)
    if had is not SignUpState.WAITING:
        offer_free_places(meeting)
    return had


def accept_meeting_offer(*, offer: MeetingOffer) -> RegistrationDecision:
    """Take the place that a link offers, if the rules still allow it; see `register`.

    Raises `ForbiddenStepError` for a link that is used, over or not ours.
    """
    return register(actor=_check(offer), meeting_id=offer.meeting_id)


def decline_meeting_offer(*, offer: MeetingOffer) -> None:
    """Leave the place that a link offers to the next; raises `ForbiddenStepError` as above."""
    leave_meeting(actor=_check(offer), meeting_id=offer.meeting_id)


def offer_free_places(meeting: Meeting) -> None:
    """Offer the free places of a locked meeting to who waits, in the order of the line.

    Who cannot have one now is passed over and stays in the line. Does nothing so near to the
    start that nobody could answer: the place stays free for all.
    """
    now = utc_now()
    until = find_meeting_offer_end(get_meeting_facts(meeting.id), now)
    if until is None:
        return
    waiting = list_sign_ups(meeting.id, [SignUpState.WAITING])
    lock_people(s.user_id for s in waiting)
    for sign_up in waiting:
        facts = get_meeting_facts(meeting.id)
        if not has_free_places(facts):
            return
        if _could_take(facts, sign_up, now):
            sign_up.offer_until_at = until
            # Not the act of who left, and not theirs to be named in.
            take_sign_up_step(actor=PORTAL, sign_up=sign_up, action=SignUpAction.OFFER)
            forget_counts(meeting)
            emails.mail_offered(sign_up=sign_up, meeting=meeting)


def withdraw_meeting_offers(meeting: Meeting) -> None:
    """Take back the places offered in a meeting that does not take place."""
    for sign_up in list_sign_ups(meeting.id, [SignUpState.OFFERED]):
        _end(sign_up, SignUpAction.LEAVE, PORTAL)


def shorten_meeting_offers(meeting: Meeting) -> None:
    """Let no place be kept past the start of a meeting that was moved nearer."""
    for sign_up in list_sign_ups(meeting.id, [SignUpState.OFFERED]):
        if sign_up.offer_until_at is not None:
            sign_up.offer_until_at = min(sign_up.offer_until_at, meeting.starts_at)


def lapse_meeting_offers(*, meeting_id: int) -> int:
    """Let the offers of a meeting end whose time is over, offer their places on; return how many.

    For the job, one meeting a transaction; safe to run twice, and by two workers.
    """
    meeting, now = lock_meeting(meeting_id), utc_now()
    due = [
        s
        for s in list_sign_ups(meeting_id, [SignUpState.OFFERED])
        if s.offer_until_at is not None and s.offer_until_at <= now
    ]
    for sign_up in due:
        _end(sign_up, SignUpAction.LAPSE, PORTAL)
        emails.mail_lapsed(sign_up=sign_up, meeting=meeting)
    forget_counts(meeting)
    if due:
        offer_free_places(meeting)
    return len(due)


def remind_of_meeting(*, meeting_id: int) -> int:
    """Remind who has a place of a meeting of the next day, once; return how many.

    For the job: safe to run twice. A meeting that is cancelled, over or not near yet reminds
    nobody, and who registered within the last day needs no reminder.
    """
    meeting, now = lock_meeting(meeting_id), utc_now()
    is_near = now < meeting.starts_at <= now + REMIND_BEFORE
    if meeting.state is not MeetingState.PLANNED or meeting.reminded_at or not is_near:
        return 0
    # Past the version of the row: nobody has changed what the meeting says of itself.
    session().execute(update(Meeting).where(Meeting.id == meeting_id).values(reminded_at=now))
    registered = [
        s
        for s in list_sign_ups(meeting_id, [SignUpState.CONFIRMED])
        if s.created_at < meeting.starts_at - REMIND_BEFORE
    ]
    for sign_up in registered:
        emails.mail_reminder(sign_up=sign_up, meeting=meeting)
    return len(registered)


def _register(actor: Actor, user_id: int, meeting_id: int, people: int) -> RegistrationDecision:
    meeting = lock_meeting(meeting_id)
    users = lock_people([user_id])
    if not users:
        raise NotFoundError
    person = find_registration_facts(user_id)
    decision = decide_registration(get_meeting_facts(meeting_id), person, utc_now(), people)
    if not decision.is_allowed or decision.outcome is None:
        return decision
    if meeting_id in person.held:
        _take_kept_place(actor, user_id, meeting)
    else:
        _sign_up(actor, users[0], meeting, decision, people)
    return decision


def _sign_up(
    actor: Actor, user: User, meeting: Meeting, decision: RegistrationDecision, people: int
) -> None:
    is_confirmed = decision.outcome is SignUpState.CONFIRMED
    sign_up = MeetingSignUp(
        meeting=meeting,
        user=user,
        state=decision.outcome,
        people=people,
        created_at=utc_now(),
        recorded_by_id=actor.id if actor.id != user.id else None,
    )
    session().add(sign_up)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=SIGN_UP_HISTORY,
        subject_id=sign_up.id,
        action=SignUpAction.TAKE_PLACE if is_confirmed else SignUpAction.JOIN_WAITING_LIST,
        to_state=sign_up.state,
    )
    forget_counts(meeting)
    if is_confirmed:
        emails.mail_registered(sign_up=sign_up, meeting=meeting)
    else:
        emails.mail_waiting(sign_up=sign_up, meeting=meeting, position=decision.position or 1)


def _take_kept_place(actor: Actor, user_id: int, meeting: Meeting) -> None:
    """Take the place that is offered, or the free one for which one waits."""
    sign_up = find_held(meeting.id, user_id)
    if sign_up is None:
        raise NotFoundError
    is_offered = sign_up.state is SignUpState.OFFERED
    sign_up.offer_until_at = None
    action = SignUpAction.ACCEPT_OFFER if is_offered else SignUpAction.PROMOTE
    take_sign_up_step(actor=actor, sign_up=sign_up, action=action)
    forget_counts(meeting)
    emails.mail_registered(sign_up=sign_up, meeting=meeting)


def _end(sign_up: MeetingSignUp, action: SignUpAction, actor: Actor) -> None:
    sign_up.offer_until_at, sign_up.left_at = None, utc_now()
    take_sign_up_step(actor=actor, sign_up=sign_up, action=action)


def _could_take(facts: MeetingFacts, sign_up: MeetingSignUp, now: datetime) -> bool:
    if not has_free_places(facts, sign_up.people):
        return False
    decision = decide_registration(facts, find_registration_facts(sign_up.user_id), now)
    return decision.is_allowed and decision.outcome is SignUpState.CONFIRMED


def _check(offer: MeetingOffer) -> Actor:
    if offer.state is not OfferState.OPEN or offer.actor is None:
        raise ForbiddenStepError
    return offer.actor
