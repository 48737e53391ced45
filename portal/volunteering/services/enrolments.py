"""Asking to be entered in the register of volunteers, and the office's answer."""

from flask_babel import lazy_gettext as _l

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import take_step
from portal.moderation.models import Case
from portal.moderation.services import open_case, resubmit_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.emails.enrolments import (
    mail_enrolment_accepted,
    mail_enrolment_received,
    mail_enrolment_refused,
    mail_enrolment_returned,
)
from portal.volunteering.models import Enrolment, RegisterEntry
from portal.volunteering.policies import (
    EnrolmentStep,
    MissingPiece,
    Rules,
    find_next_step,
    has_identity,
    list_missing_pieces,
    needs_guardian,
)
from portal.volunteering.queries.register_rules import find_register_rules
from portal.volunteering.services.enrolment_drafts import (
    check_person,
    lock_enrolment,
    lock_enrolment_of,
    mark_counter,
)
from portal.volunteering.services.guardians import ask_guardian, find_current_guardian
from portal.volunteering.services.insurance import cover_person
from portal.volunteering.services.interviews import withdraw_interview
from portal.volunteering.services.register import enter_register, find_last_line
from portal.volunteering.states import (
    ENROLMENT_TRANSITIONS,
    EnrolmentAction,
    EnrolmentState,
    GuardianState,
)


def submit_enrolment(*, actor: Actor, user_id: int | None = None) -> Enrolment:
    """Hand the request in, or hand it in again after mending; the office answers in 30 days.

    Of a minor, who holds parental responsibility is asked by mail. At the counter a clerk does it
    for the person `user_id`. The second of two taps changes nothing. Raises `ForbiddenStepError`
    where something is missing or it has been decided already, `RuleBrokenError` where the rules
    have come to exclude the person since the first step.
    """
    enrolment = lock_enrolment_of(actor.account_id if user_id is None else user_id)
    if enrolment is not None and enrolment.state is EnrolmentState.SUBMITTED:
        return enrolment
    rules = find_register_rules()
    if enrolment is None or not _is_complete(rules, enrolment):
        raise ForbiddenStepError(
            _l("Something is still missing: fill in the steps before sending.")
        )
    _check_again(rules, enrolment)
    was_returned = enrolment.state is EnrolmentState.RETURNED
    _step(actor, enrolment, EnrolmentAction.SUBMIT)
    mark_counter(actor=actor, enrolment=enrolment)
    enrolment.submitted_at, enrolment.reason = utc_now(), None
    session().flush()
    case = _put_into_queue(actor, enrolment, was_returned=was_returned)
    mail_enrolment_received(enrolment=enrolment, case=case)
    if needs_guardian(rules, enrolment.born_on, local_today()):
        ask_guardian(enrolment)
    return enrolment


def restart_enrolment(*, actor: Actor, user_id: int | None = None) -> Enrolment:
    """Turn a refused request into a draft again, with what it held; or that of who had left.

    Who comes back talks with the office anew.
    """
    enrolment = lock_enrolment_of(actor.account_id if user_id is None else user_id)
    if enrolment is None:
        raise NotFoundError
    if enrolment.state is EnrolmentState.LEFT:
        enrolment.interviewed_on = None
    _step(actor, enrolment, EnrolmentAction.START_AGAIN)
    mark_counter(actor=actor, enrolment=enrolment)
    enrolment.reason, enrolment.left_on = None, None
    session().flush()
    return enrolment


def apply_enrolment_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what a decision on the case means for the enrolment, and tell the person.

    Who is accepted is in the register from today, and insured where there is a policy. Raises
    `RuleBrokenError` where the register would not know who they are, `ForbiddenStepError` where
    who holds parental responsibility has not authorised.
    """
    enrolment = lock_enrolment(case.subject_id)
    step = EnrolmentAction(action.value)
    if step is EnrolmentAction.ACCEPT:
        _check_acceptable(enrolment)
    _step(actor, enrolment, step, note=reason)
    enrolment.reason = None if step is EnrolmentAction.ACCEPT else reason
    session().flush()
    if step is EnrolmentAction.ACCEPT:
        entry = _enter(actor, enrolment)
        mail_enrolment_accepted(
            enrolment=enrolment,
            case=case,
            entry=entry,
            is_missing_something=bool(_list_missing(enrolment)),
        )
    elif step is EnrolmentAction.RETURN:
        mail_enrolment_returned(enrolment=enrolment, case=case)
    else:
        withdraw_interview(actor=actor, enrolment_id=enrolment.id)
        mail_enrolment_refused(enrolment=enrolment, case=case)


def _enter(actor: Actor, enrolment: Enrolment) -> RegisterEntry:
    today = local_today()
    last = find_last_line(enrolment.user_id)
    if last is None or last.ends_on is not None:
        last = enter_register(actor=actor, enrolment=enrolment, starts_on=today)
    cover_person(user_id=enrolment.user_id, from_on=today)
    return last


def _list_missing(enrolment: Enrolment) -> tuple[MissingPiece, ...]:
    guardian = find_current_guardian(enrolment.id)
    has_guardian = guardian is not None and guardian.state is GuardianState.GIVEN
    return list_missing_pieces(
        find_register_rules(), enrolment, has_guardian=has_guardian, today=local_today()
    )


def _check_acceptable(enrolment: Enrolment) -> None:
    if not has_identity(enrolment):
        raise RuleBrokenError(
            _l(
                "The register asks for the tax code, or for day and place of birth: return the"
                " request and ask for it."
            )
        )
    if not needs_guardian(find_register_rules(), enrolment.born_on, local_today()):
        return
    guardian = find_current_guardian(enrolment.id)
    if guardian is None or guardian.state is not GuardianState.GIVEN:
        raise ForbiddenStepError(
            _l(
                "Who holds parental responsibility has not authorised yet: wait for the answer, or"
                " write down the signed paper."
            )
        )


def _is_complete(rules: Rules, enrolment: Enrolment) -> bool:
    has_to_name = needs_guardian(rules, enrolment.born_on, local_today())
    lacks_guardian = has_to_name and find_current_guardian(enrolment.id) is None
    return find_next_step(enrolment, lacks_guardian=lacks_guardian) is EnrolmentStep.SUMMARY


def _check_again(rules: Rules, enrolment: Enrolment) -> None:
    if enrolment.born_on is not None and enrolment.residence is not None:
        check_person(
            rules, enrolment.born_on, enrolment.residence,
            works_for_municipality=bool(enrolment.works_for_municipality),
        )  # fmt: skip


def _put_into_queue(actor: Actor, enrolment: Enrolment, *, was_returned: bool) -> Case:
    title = enrolment.full_name or enrolment.user.display_name
    if was_returned:
        return resubmit_case(
            actor=actor, kind=CaseKind.ENROLMENT, subject_id=enrolment.id, title=title
        )
    return open_case(
        actor=actor,
        kind=CaseKind.ENROLMENT,
        subject_id=enrolment.id,
        title=title,
        applicant_id=enrolment.user_id,
    )


def _step(
    actor: Actor, enrolment: Enrolment, action: EnrolmentAction, note: str | None = None
) -> None:
    take_step(
        actor=actor, subject=enrolment, transitions=ENROLMENT_TRANSITIONS, action=action, note=note
    )
