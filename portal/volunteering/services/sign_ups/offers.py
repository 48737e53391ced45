"""Offering a place that was freed to the first in line, for a while, then to the next.

A place that is offered is kept: nobody else can take it until the person answers or the time is
over. Who cannot have it now (is elsewhere, no longer meets a rule, is a larger group than there
are places) is passed over and stays in the line.
"""

from datetime import datetime

from sqlalchemy import select

from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpAction, SignUpState
from portal.volunteering.emails.places import mail_place_lapsed, mail_place_offered
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.policies import (
    ShiftFacts,
    decide_sign_up,
    find_offer_end,
)
from portal.volunteering.queries import find_facts_of, get_shift_facts
from portal.volunteering.services.sign_ups.locks import (
    forget_counts,
    lock_people,
    lock_shift,
    take_sign_up_step,
)


def offer_free_places(shift: Shift) -> None:
    """Offer the free places of a locked shift to who waits, in the order of the line.

    Does nothing so near to the start that nobody could answer: the place stays free for all.
    """
    now = utc_now()
    until = find_offer_end(get_shift_facts(shift.id), shift.project.programme.offer_hours, now)
    if until is None:
        return
    waiting = _list_waiting(shift.id)
    lock_people(s.user_id for s in waiting)
    for sign_up in waiting:
        facts = get_shift_facts(shift.id)
        if facts.free_places <= 0:
            return
        if _could_take(facts, sign_up, now):
            _offer(sign_up, shift, until)


def lapse_offers(*, shift_id: int) -> int:
    """Let the offers of a shift end whose time is over, offer their places on; return how many.

    For the job, one shift a transaction (two at once could wait for each other in a circle);
    safe to run twice, and by two workers.
    """
    shift = lock_shift(shift_id)
    due = _list_due(shift_id, utc_now())
    for sign_up in due:
        _lapse(sign_up, shift)
    forget_counts(shift)
    if due:
        offer_free_places(shift)
    return len(due)


def _offer(sign_up: SignUp, shift: Shift, until: datetime) -> None:
    sign_up.offer_until_at = until
    # Not the act of who left, and not theirs to be named in.
    take_sign_up_step(actor=PORTAL, sign_up=sign_up, action=SignUpAction.OFFER)
    forget_counts(shift)
    mail_place_offered(sign_up=sign_up, shift=shift)


def _lapse(sign_up: SignUp, shift: Shift) -> None:
    sign_up.offer_until_at, sign_up.left_at = None, utc_now()
    take_sign_up_step(actor=PORTAL, sign_up=sign_up, action=SignUpAction.LAPSE)
    mail_place_lapsed(sign_up=sign_up, shift=shift)


def _could_take(facts: ShiftFacts, sign_up: SignUp, now: datetime) -> bool:
    if facts.free_places < sign_up.people:
        return False
    decision = decide_sign_up(facts, find_facts_of(sign_up.user_id), now)
    return decision.is_allowed and decision.outcome is SignUpState.CONFIRMED


def _list_waiting(shift_id: int) -> list[SignUp]:
    return list(
        session().scalars(
            select(SignUp)
            .where(SignUp.shift_id == shift_id, SignUp.state == SignUpState.WAITING)
            .order_by(SignUp.id)
            .execution_options(populate_existing=True)
        )
    )


def _list_due(shift_id: int, now: datetime) -> list[SignUp]:
    return list(
        session().scalars(
            select(SignUp)
            .where(
                SignUp.shift_id == shift_id,
                SignUp.state == SignUpState.OFFERED,
                SignUp.offer_until_at <= now,
            )
            .order_by(SignUp.id)
            .execution_options(populate_existing=True)
        )
    )
