"""Taking a place and giving it back, for oneself or for who stands at the counter."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step
from portal.core.sign_ups import HeldSignUp, SignUpAction, SignUpState
from portal.volunteering.emails.places import (
    mail_place_confirmed,
    mail_place_left_late,
    mail_place_waiting,
)
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.policies import (
    SignUpDecision,
    can_leave,
    decide_sign_up,
    is_late_to_leave,
)
from portal.volunteering.queries import find_facts_of, get_shift_facts, list_tutors_of
from portal.volunteering.services.sign_ups.locks import (
    HISTORY,
    find_held,
    forget_counts,
    lock_people,
    lock_shift,
    take_sign_up_step,
)
from portal.volunteering.services.sign_ups.offers import offer_free_places


@dataclass(frozen=True)
class Group:
    """People who sign up together; who signs up is their contact."""

    people: int
    name: str
    members: str | None = None
    """Their names, one a line, as far as they are known."""


def take_place(*, actor: Actor, shift_id: int, group: Group | None = None) -> SignUpDecision:
    """Give `actor` a place in the shift, or on its waiting list, if the rules allow it.

    Returns the decision: where its refusal is `already_signed_up` the person has what its
    outcome says (the same tap twice is one sign-up), with any other refusal nothing was done.
    Who was offered a place takes it. Raises `NotFoundError` where there is no such shift.
    """
    return _take_place(actor, actor.account_id, shift_id, group)


def take_place_for(
    *, actor: Actor, user_id: int, shift_id: int, group: Group | None = None
) -> SignUpDecision:
    """Do at the counter what `take_place` does, for the person `user_id`; it is marked as such."""
    return _take_place(actor, user_id, shift_id, group)


def leave_place(*, actor: Actor, shift_id: int, user_id: int | None = None) -> SignUpState | None:
    """Give back the place of `actor` (at the counter: of `user_id`); return what they had.

    Before the deadline the place is offered to the first in line; after it the tutors are told
    instead. Leaving what one does not hold does nothing and returns None. Raises
    `ForbiddenStepError` once the shift has started, `NotFoundError` where there is no such shift.
    """
    shift = lock_shift(shift_id)
    sign_up = find_held(shift_id, actor.account_id if user_id is None else user_id)
    if sign_up is None:
        return None
    facts, had = get_shift_facts(shift_id), sign_up.state
    held = HeldSignUp(had, people=sign_up.people)
    if not can_leave(facts, held, utc_now()):
        raise ForbiddenStepError(
            _l("The shift has started, so the place can no longer be given back here.")
        )
    end_sign_up(actor=actor, sign_up=sign_up, is_late=is_late_to_leave(facts, held, utc_now()))
    forget_counts(shift)
    if sign_up.has_left_late:
        for tutor in list_tutors_of(shift.project_id):
            if tutor.user_id != sign_up.user_id:
                mail_place_left_late(sign_up=sign_up, shift=shift, tutor=tutor)
    elif had is not SignUpState.WAITING:
        offer_free_places(shift)
    return had


def end_sign_up(*, actor: Actor, sign_up: SignUp, is_late: bool = False) -> None:
    """Let a sign-up end as left, at once; the shift is locked by the caller."""
    sign_up.left_at, sign_up.has_left_late = utc_now(), is_late
    sign_up.offer_until_at = None
    take_sign_up_step(actor=actor, sign_up=sign_up, action=SignUpAction.LEAVE)


def _take_place(actor: Actor, user_id: int, shift_id: int, group: Group | None) -> SignUpDecision:
    shift = lock_shift(shift_id)
    people = lock_people([user_id])
    if not people:
        raise NotFoundError
    person = find_facts_of(user_id)
    wanted = group.people if group else 1
    decision = decide_sign_up(get_shift_facts(shift_id), person, utc_now(), people=wanted)
    if not decision.is_allowed or decision.outcome is None:
        return decision
    if shift_id in person.held:
        _take_kept_place(actor, user_id, shift)
    else:
        _sign_up(actor, people[0], shift, decision, group)
    return decision


def _sign_up(
    actor: Actor, user: User, shift: Shift, decision: SignUpDecision, group: Group | None
) -> None:
    is_confirmed = decision.outcome is SignUpState.CONFIRMED
    sign_up = SignUp(
        shift=shift,
        user=user,
        state=decision.outcome,
        people=group.people if group else 1,
        group_name=group.name if group else None,
        group_members=group.members if group else None,
        recorded_by_id=actor.id if actor.id != user.id else None,
    )
    session().add(sign_up)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=sign_up.id,
        action=SignUpAction.TAKE_PLACE if is_confirmed else SignUpAction.JOIN_WAITING_LIST,
        to_state=sign_up.state,
    )
    forget_counts(shift)
    if is_confirmed:
        mail_place_confirmed(sign_up=sign_up, shift=shift)
    else:
        mail_place_waiting(sign_up=sign_up, shift=shift, position=decision.position or 1)


def _take_kept_place(actor: Actor, user_id: int, shift: Shift) -> None:
    """Take the place that is offered, or the free one for which one waits."""
    sign_up = find_held(shift.id, user_id)
    if sign_up is None:
        raise NotFoundError
    is_offered = sign_up.state is SignUpState.OFFERED
    sign_up.offer_until_at = None
    take_sign_up_step(
        actor=actor,
        sign_up=sign_up,
        action=SignUpAction.ACCEPT_OFFER if is_offered else SignUpAction.PROMOTE,
    )
    forget_counts(shift)
    mail_place_confirmed(sign_up=sign_up, shift=shift)
