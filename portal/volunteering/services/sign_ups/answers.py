"""Answers that come by the link of a mail, and the questions they answer.

A link acts as the person it was mailed to; whether it has been used is a question to the sign-up.
"""

from sqlalchemy import select

from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.core.sign_ups import SignUpState
from portal.volunteering.emails.places import mail_attendance_asked
from portal.volunteering.models import SignUp
from portal.volunteering.policies import ASK_BEFORE, SignUpDecision
from portal.volunteering.queries.answers import AnswerLink, LinkState
from portal.volunteering.services.sign_ups.locks import HISTORY, find_held, lock_shift
from portal.volunteering.services.sign_ups.places import leave_place, take_place
from portal.volunteering.states import Answer, ShiftState


def accept_offer(*, link: AnswerLink) -> SignUpDecision:
    """Take the place that a link offers, if the rules still allow it; see `take_place`.

    Raises `ForbiddenStepError` for a link that is used, over or not ours.
    """
    actor = _check(link)
    return take_place(actor=actor, shift_id=link.shift_id)


def decline_offer(*, link: AnswerLink) -> None:
    """Leave the place that a link offers to the next; raises `ForbiddenStepError` as above."""
    leave_place(actor=_check(link), shift_id=link.shift_id)


def confirm_attendance(*, link: AnswerLink) -> None:
    """Note that the person is coming; raises `ForbiddenStepError` as above."""
    confirm_own_attendance(actor=_check(link), shift_id=link.shift_id)


def confirm_own_attendance(*, actor: Actor, shift_id: int) -> None:
    """Note that `actor`, who has a place, is coming.

    Raises `ForbiddenStepError` for who has none.
    """
    lock_shift(shift_id)
    sign_up = find_held(shift_id, actor.account_id)
    if sign_up is None or sign_up.state is not SignUpState.CONFIRMED:
        raise ForbiddenStepError
    sign_up.answer, sign_up.answered_at = Answer.YES, utc_now()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=sign_up.id, action="is_coming")
    session().flush()


def refuse_attendance(*, link: AnswerLink) -> None:
    """Give back the place of who cannot come; raises `ForbiddenStepError` as above."""
    actor = _check(link)
    lock_shift(link.shift_id)
    sign_up = find_held(link.shift_id, actor.account_id)
    if sign_up is not None:
        sign_up.answer, sign_up.answered_at = Answer.NO, utc_now()
        session().flush()
    leave_place(actor=actor, shift_id=link.shift_id)


def ask_attendance(*, shift_id: int) -> int:
    """Ask everybody who has a place in a shift whether they are coming, once; return how many.

    For the job: safe to run twice. A shift that is cancelled, over, or not near yet asks nobody,
    nor does it ask who took the place within the last two days before it.
    """
    shift = lock_shift(shift_id)
    now = utc_now()
    if shift.state is not ShiftState.OPEN or not now < shift.starts_at <= now + ASK_BEFORE:
        return 0
    sign_ups = session().scalars(
        select(SignUp)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.state == SignUpState.CONFIRMED,
            SignUp.asked_at.is_(None),
            SignUp.created_at < shift.starts_at - ASK_BEFORE,
        )
        .order_by(SignUp.id)
        .execution_options(populate_existing=True)
    )
    asked = 0
    for sign_up in sign_ups:
        sign_up.asked_at = now
        record_step(
            actor=PORTAL, subject_kind=HISTORY, subject_id=sign_up.id, action="ask_attendance"
        )
        mail_attendance_asked(sign_up=sign_up, shift=shift)
        asked += 1
    session().flush()
    return asked


def _check(link: AnswerLink) -> Actor:
    if link.state is not LinkState.OPEN or link.actor is None:
        raise ForbiddenStepError
    return link.actor
