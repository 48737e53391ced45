"""What stops the term of a case and lets it run again (Law 241/1990, art. 2 and 10-bis)."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.accounts.queries import get_recipient
from portal.core.access import PORTAL, Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.working_calendar import is_working_day
from portal.moderation.deadlines import (
    integration_end,
    observations_end,
    resumption_after_answer,
    resumption_without_answer,
)
from portal.moderation.emails import mail_answer_arrived, mail_window_over
from portal.moderation.letters import Placeholder
from portal.moderation.models import Case, Suspension
from portal.moderation.queries import find_terms
from portal.moderation.services.letters_of_steps import send_letter_of_step
from portal.moderation.services.steps import (
    check_kind_knows,
    check_step,
    follow,
    lock_case,
    refresh_deadline,
    tell_owner,
)
from portal.moderation.services.thread import keep_answer
from portal.moderation.states import CaseAction, SuspensionReason

_REASON_OF = {
    CaseAction.ASK_INTEGRATION: SuspensionReason.INTEGRATION,
    CaseAction.SUPPLY: SuspensionReason.INTEGRATION,
    CaseAction.GIVE_NOTICE: SuspensionReason.REFUSAL_NOTICE,
    CaseAction.OBSERVE: SuspensionReason.REFUSAL_NOTICE,
}


def ask_integration(*, actor: Actor, case_id: int, version: int, text: str) -> Case:
    """Ask the applicant for what is missing; the term stands still until it comes, once a case.

    Raises `StepRefusedError` with the reason where that is not possible, `AlreadyDecidedError`
    when the case has changed since `version` was seen.
    """
    case = lock_case(case_id, version)
    today = local_today()
    latest_end_on = integration_end(today, find_terms(case.kind).integration_days)
    _suspend(actor, case, CaseAction.ASK_INTEGRATION, text=text, latest_end_on=latest_end_on)
    return case


def give_refusal_notice(*, actor: Actor, case_id: int, version: int, text: str) -> Case:
    """Tell the applicant why it may be refused; raises as `ask_integration` does."""
    case = lock_case(case_id, version)
    today = local_today()
    days = find_terms(case.kind).observation_days
    latest_end_on = observations_end(today, days, is_working_day)
    _suspend(actor, case, CaseAction.GIVE_NOTICE, text=text, latest_end_on=latest_end_on)
    return case


def supply_integration(
    *, actor: Actor, case_id: int, text: str, uploads: Sequence[FileStorage] = ()
) -> Case:
    """Send what was missing: the term runs again from tomorrow, it is not a new one.

    Raises `StepRefusedError` when nothing was asked or the days for it are over.
    """
    return _answer(actor, lock_case(case_id), CaseAction.SUPPLY, text=text, uploads=uploads)


def send_observations(
    *, actor: Actor, case_id: int, text: str, uploads: Sequence[FileStorage] = ()
) -> Case:
    """Answer a notice of refusal: the term runs again ten days later, the office must reply.

    Raises `StepRefusedError` when no notice waits or the days for it are over.
    """
    case = lock_case(case_id)
    return _answer(actor, case, CaseAction.OBSERVE, text=text, uploads=uploads)


def resume_case(*, case_id: int) -> bool:
    """Let the term run again where the applicant's days are over; say whether it did.

    The day it runs from is the one after the last, however late this is called.
    """
    return resume_when_over(lock_case(case_id))


def resume_when_over(case: Case) -> bool:
    """Do what `resume_case` says with a case whose row is held already."""
    suspension = _running(case)
    if suspension is None or suspension.latest_end_on >= local_today():
        return False
    suspension.resumes_on = resumption_without_answer(suspension.latest_end_on)
    follow(actor=PORTAL, case=case, action=CaseAction.RESUME)
    refresh_deadline(case)
    tell_owner(actor=PORTAL, case=case, action=CaseAction.RESUME)
    if case.officer_id is not None:
        mail_window_over(
            case=case,
            reason=suspension.reason,
            ended_on=suspension.latest_end_on,
            reader=get_recipient(case.officer_id),
        )
    return True


def end_suspension(case: Case) -> None:
    """Close what stands still, because the case ends here."""
    suspension = _running(case)
    if suspension is not None:
        suspension.resumes_on = max(suspension.starts_on, local_today())
        session().flush()


def _suspend(
    actor: Actor, case: Case, action: CaseAction, *, text: str, latest_end_on: date
) -> None:
    check_kind_knows(case, action)
    with session().begin_nested():
        resume_when_over(case)
        check_step(case, action)
        follow(actor=actor, case=case, action=action, note=text)
        case.officer_id = case.officer_id or actor.account_id
        if action is CaseAction.GIVE_NOTICE:
            case.noticed_on = local_today()
        session().add(
            Suspension(
                case_id=case.id,
                reason=_REASON_OF[action],
                starts_on=local_today(),
                latest_end_on=latest_end_on,
                asked=text,
            )
        )
        session().flush()
        refresh_deadline(case)
        tell_owner(actor=actor, case=case, action=action)
        send_letter_of_step(
            actor=actor,
            case=case,
            action=action,
            facts={
                Placeholder.REASON: text,
                Placeholder.UNTIL: latest_end_on,
                Placeholder.DAYS: (latest_end_on - local_today()).days,
            },
        )


def _answer(
    actor: Actor, case: Case, action: CaseAction, *, text: str, uploads: Sequence[FileStorage]
) -> Case:
    check_step(case, action)
    suspension = _running(case)
    if suspension is None:
        raise LookupError(case.id)
    with session().begin_nested():
        suspension.answered_at, suspension.answer = utc_now(), text
        suspension.resumes_on = resumption_after_answer(suspension.reason, local_today())
        if action is CaseAction.OBSERVE:
            case.observed_at = suspension.answered_at
        follow(actor=actor, case=case, action=action)
        keep_answer(actor=actor, case=case, text=text, uploads=uploads)
        refresh_deadline(case)
        tell_owner(actor=actor, case=case, action=action)
    if case.officer_id is not None and case.officer_id != actor.id:
        mail_answer_arrived(
            case=case,
            reason=suspension.reason,
            applicant=actor.name,
            text=text,
            resumes_on=suspension.resumes_on,
            reader=get_recipient(case.officer_id),
        )
    return case


def _running(case: Case) -> Suspension | None:
    return session().scalar(
        select(Suspension).where(Suspension.case_id == case.id, Suspension.resumes_on.is_(None))
    )
