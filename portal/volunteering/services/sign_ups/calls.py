"""Asking suitable people for help when a shift lacks people: once a shift, once a day a person."""

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import case, func, literal, select

from portal.accounts.models import User
from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.history import record_step
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.volunteering.emails.places import mail_people_missing
from portal.volunteering.models import Enrolment, Shift
from portal.volunteering.policies import decide_sign_up, lacks_people_soon, slot_of
from portal.volunteering.queries import find_facts_of, get_shift_facts
from portal.volunteering.queries.answers import CallsLink
from portal.volunteering.services.sign_ups.locks import lock_shift
from portal.volunteering.states import EnrolmentState

ASKED_FOR_EACH_PLACE = 5
MOST_LOOKED_AT = 300
ONCE_IN = timedelta(hours=24)


def call_people(*, shift_id: int) -> int:
    """Write to suitable people that a shift lacks people; return to how many.

    Suitable is who is in the register, wants to be asked, has time at that part of the week, and
    could take the place now; who brings the skills comes first. For the job: safe to run twice.
    """
    shift = lock_shift(shift_id)
    facts, now = get_shift_facts(shift_id), utc_now()
    if shift.called_at is not None or not lacks_people_soon(facts, now):
        return 0
    shift.called_at = now
    record_step(actor=PORTAL, subject_kind="shift", subject_id=shift.id, action="call_people")
    session().flush()
    wanted, called = facts.free_places * ASKED_FOR_EACH_PLACE, 0
    for user in _list_suitable(shift):
        if called == wanted:
            break
        decision = decide_sign_up(facts, find_facts_of(user.id), now)
        if decision.is_allowed and decision.outcome is SignUpState.CONFIRMED:
            mail_people_missing(user=user, shift=shift)
            called += 1
    return called


def end_calls(*, link: CallsLink) -> None:
    """Ask who the link belongs to no more; raises `ForbiddenStepError` for one that is not ours."""
    enrolment = session().scalar(
        select(Enrolment).where(Enrolment.user_id == link.user_id).with_for_update()
    )
    if enrolment is None:
        raise ForbiddenStepError
    enrolment.wants_calls = False
    session().flush()


def _list_suitable(shift: Shift) -> Iterator[User]:
    skills = shift.project.skills
    has_skills = case((Enrolment.skills.overlap(skills), 1), else_=0) if skills else literal(0)
    lately_asked = (
        select(MailMessage.id)
        .where(
            func.lower(MailMessage.recipient) == func.lower(User.email),
            MailMessage.event_key.like("shift:%:people_missing:%"),
            MailMessage.created_at > utc_now() - ONCE_IN,
        )
        .exists()
    )
    statement = (
        select(User)
        .join(Enrolment, Enrolment.user_id == User.id)
        .where(
            Enrolment.state == EnrolmentState.ACCEPTED,
            Enrolment.wants_calls,
            Enrolment.availability.contains([slot_of(shift.starts_at)]),
            User.email.is_not(None),
            User.active,
            ~lately_asked,
        )
        .order_by(has_skills.desc(), Enrolment.id)
        .limit(MOST_LOOKED_AT)
    )
    yield from session().scalars(statement)
