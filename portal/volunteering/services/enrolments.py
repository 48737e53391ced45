"""Asking to be entered in the register of volunteers, and the office's answer."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.moderation.models import Case
from portal.moderation.services import open_case, resubmit_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.emails import (
    mail_enrolment_accepted,
    mail_enrolment_received,
    mail_enrolment_refused,
    mail_enrolment_returned,
)
from portal.volunteering.models import Enrolment
from portal.volunteering.policies import (
    OLDEST_PLAUSIBLE,
    YOUNGEST_VOLUNTEER,
    age_on,
    enrolment_is_complete,
)
from portal.volunteering.services.interviews import withdraw_interview
from portal.volunteering.states import (
    EDITABLE_ENROLMENTS,
    ENROLMENT_TRANSITIONS,
    EnrolmentAction,
    EnrolmentState,
    Residence,
)

HISTORY = "enrolment"


def save_enrolment_person(
    *, actor: Actor, born_on: date, residence: Residence, phone: str
) -> Enrolment:
    """Keep who the person is in their draft, begun now if need be.

    Raises `RuleBrokenError` for a birth date that the rules exclude, `ForbiddenStepError` when
    the request waits at the office or has been decided.
    """
    _check_birth(born_on)
    enrolment = _draft_of(actor)
    enrolment.born_on, enrolment.residence, enrolment.phone = born_on, residence, phone
    session().flush()
    return enrolment


def save_enrolment_times(
    *, actor: Actor, availability: Sequence[str], motivation: str
) -> Enrolment:
    """Keep when the person has time (`mon-mattina`, …) and why they want to help, if said.

    Raises `ForbiddenStepError` when the request waits at the office or has been decided.
    """
    enrolment = _draft_of(actor)
    enrolment.availability = list(availability)
    enrolment.motivation = motivation or None
    session().flush()
    return enrolment


def submit_enrolment(*, actor: Actor) -> Enrolment:
    """Hand the request in, or hand it in again after mending; the office answers in 30 days.

    The second of two taps changes nothing. Raises `ForbiddenStepError` where something is missing
    or it has been decided already.
    """
    enrolment = _lock_enrolment_of(actor.account_id)
    if enrolment is not None and enrolment.state is EnrolmentState.SUBMITTED:
        return enrolment
    if enrolment is None or not enrolment_is_complete(enrolment):
        raise ForbiddenStepError(
            _l("Something is still missing: fill in the steps before sending.")
        )
    was_returned = enrolment.state is EnrolmentState.RETURNED
    _step(actor, enrolment, EnrolmentAction.SUBMIT)
    enrolment.submitted_at, enrolment.reason = utc_now(), None
    session().flush()
    if was_returned:
        case = resubmit_case(
            actor=actor, kind=CaseKind.ENROLMENT, subject_id=enrolment.id, title=actor.name
        )
    else:
        case = open_case(
            actor=actor, kind=CaseKind.ENROLMENT, subject_id=enrolment.id, title=actor.name
        )
    mail_enrolment_received(enrolment=enrolment, case=case)
    return enrolment


def restart_enrolment(*, actor: Actor) -> Enrolment:
    """Turn a refused request into a draft again, with what it held."""
    enrolment = _lock_enrolment_of(actor.account_id)
    if enrolment is None:
        raise NotFoundError
    _step(actor, enrolment, EnrolmentAction.START_AGAIN)
    enrolment.reason = None
    session().flush()
    return enrolment


def apply_enrolment_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what a decision on the case means for the enrolment, and tell the person."""
    enrolment = session().get(
        Enrolment, case.subject_id, with_for_update=True, populate_existing=True
    )
    if enrolment is None:
        raise NotFoundError
    step = EnrolmentAction(action.value)
    _step(actor, enrolment, step, note=reason)
    enrolment.reason = None if step is EnrolmentAction.ACCEPT else reason
    session().flush()
    if step is EnrolmentAction.REFUSE:
        withdraw_interview(actor=actor, enrolment_id=enrolment.id)
    tell = {
        EnrolmentAction.ACCEPT: mail_enrolment_accepted,
        EnrolmentAction.RETURN: mail_enrolment_returned,
        EnrolmentAction.REFUSE: mail_enrolment_refused,
    }[step]
    tell(enrolment=enrolment, case=case)


def _check_birth(born_on: date) -> None:
    today = local_today()
    if born_on > today:
        raise RuleBrokenError(_l("The date of birth is in the future: check the year."), "born_on")
    age = age_on(born_on, today)
    if age > OLDEST_PLAUSIBLE:
        raise RuleBrokenError(_l("Check the year of birth: it is too far back."), "born_on")
    if age < YOUNGEST_VOLUNTEER:
        raise RuleBrokenError(
            _l("You can enrol from %(years)s years of age.", years=YOUNGEST_VOLUNTEER),
            "born_on",
        )


def _draft_of(actor: Actor) -> Enrolment:
    enrolment = _lock_enrolment_of(actor.account_id)
    if enrolment is None:
        enrolment = Enrolment(user_id=actor.account_id, state=EnrolmentState.DRAFT, availability=[])
        session().add(enrolment)
        session().flush()
        record_step(
            actor=actor,
            subject_kind=HISTORY,
            subject_id=enrolment.id,
            action="start",
            to_state=enrolment.state,
        )
    elif enrolment.state not in EDITABLE_ENROLMENTS:
        raise ForbiddenStepError(
            _l("Your request has already been sent: it can be changed only if the office asks.")
        )
    return enrolment


def _lock_enrolment_of(user_id: int) -> Enrolment | None:
    return session().scalar(
        select(Enrolment)
        .where(Enrolment.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def _step(
    actor: Actor, enrolment: Enrolment, action: EnrolmentAction, note: str | None = None
) -> None:
    take_step(
        actor=actor, subject=enrolment, transitions=ENROLMENT_TRANSITIONS, action=action, note=note
    )
