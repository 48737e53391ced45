"""The life of a case: open, take, give to a colleague, hand in again, withdraw."""

from flask_babel import lazy_gettext as _l

from portal.accounts.queries import find_account_facts, get_recipient, get_user
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.core.working_calendar import is_working_day
from portal.moderation.deadlines import compute_deadline
from portal.moderation.emails import mail_assigned, mail_taken
from portal.moderation.models import Case
from portal.moderation.policies import actor_may_follow
from portal.moderation.queries import HISTORY, find_terms
from portal.moderation.services.letters_of_steps import send_receipt
from portal.moderation.services.steps import check_step, follow, lock_case, lock_case_of
from portal.moderation.services.suspensions import end_suspension
from portal.moderation.states import CaseAction, CaseKind, CaseState


def open_case(
    *,
    actor: Actor,
    kind: CaseKind,
    subject_id: int,
    title: str,
    on_behalf_of: str | None = None,
    district_id: int | None = None,
    applicant_id: int | None = None,
    is_asked_by_name: bool = True,
) -> Case:
    """Put a request of `actor` into the queue and return its case, with an id.

    `applicant_id`: whose request it is where a clerk hands it in at the counter;
    `is_asked_by_name`: false for what many may say, some without an account.
    """
    case = Case(
        kind=kind,
        subject_id=subject_id,
        title=title,
        applicant_id=(applicant_id or actor.account_id) if is_asked_by_name else None,
        on_behalf_of=on_behalf_of,
        district_id=district_id,
        state=CaseState.WAITING,
    )
    _start_term(case)
    session().add(case)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=case.id,
        action="open",
        to_state=case.state,
        on_behalf_of=on_behalf_of,
    )
    send_receipt(actor=actor, case=case)
    return case


def take_case(*, actor: Actor, case_id: int, version: int) -> Case:
    """Take a case in charge and tell the applicant who works on it.

    Raises `AlreadyDecidedError` when the case has changed since `version` was seen.
    """
    case = lock_case(case_id, version)
    follow(actor=actor, case=case, action=CaseAction.TAKE)
    case.officer_id = actor.account_id
    session().flush()
    _tell_applicant(case, officer_name=actor.name)
    return case


def assign_case(*, actor: Actor, case_id: int, version: int, officer_id: int) -> Case:
    """Give a case to a colleague, or take over one of theirs; what waits is in charge from now.

    Raises `RuleBrokenError` when that person may not follow this case, `AlreadyDecidedError` as
    `take_case` does.
    """
    case = lock_case(case_id, version)
    check_step(case, CaseAction.ASSIGN)
    officer = _find_officer(case, officer_id)
    was_nobodys = case.state is CaseState.WAITING
    case.officer_id = officer_id
    follow(actor=actor, case=case, action=CaseAction.ASSIGN, note=officer.name)
    session().flush()
    if was_nobodys:
        _tell_applicant(case, officer_name=officer.name)
    if officer_id != actor.id:
        mail_assigned(case=case, giver=actor.name, reader=get_recipient(officer_id))
    return case


def release_case(*, actor: Actor, case_id: int, version: int) -> Case:
    """Give a case back to nobody; raises `AlreadyDecidedError` as `take_case` does."""
    case = lock_case(case_id, version)
    follow(actor=actor, case=case, action=CaseAction.RELEASE)
    case.officer_id = None
    session().flush()
    return case


def resubmit_case(*, actor: Actor, kind: CaseKind, subject_id: int, title: str) -> Case:
    """Hand in again what was returned: a new term runs from today."""
    case = lock_case_of(kind, subject_id)
    follow(actor=actor, case=case, action=CaseAction.RESUBMIT)
    case.title = title
    case.reason = case.decided_at = case.decided_by_id = None
    _start_term(case)
    session().flush()
    return case


def withdraw_case(*, actor: Actor, kind: CaseKind, subject_id: int) -> Case:
    """Take a request back."""
    case = lock_case_of(kind, subject_id)
    follow(actor=actor, case=case, action=CaseAction.WITHDRAW)
    case.reason = case.decided_at = case.decided_by_id = None
    session().flush()
    end_suspension(case)
    return case


def change_applicant(*, kind: CaseKind, subject_id: int, applicant_id: int) -> None:
    """Let who it is of follow a case that a clerk handed in for them; an ended one stays."""
    try:
        case = lock_case_of(kind, subject_id)
    except NotFoundError:
        return
    # Nobody becomes the applicant of what they decided (Law 241/1990, art. 6-bis).
    if case.decided_by_id != applicant_id:
        case.applicant_id = applicant_id
        session().flush()


def _start_term(case: Case) -> None:
    today, term = local_today(), find_terms(case.kind).answer
    case.term_days, case.term_day_count = term.days, term.day_count
    case.received_on = today
    case.due_on = compute_deadline(today, term, (), is_working_day)


def _find_officer(case: Case, officer_id: int) -> Actor:
    try:
        officer = find_account_facts(get_user(officer_id))
    except NotFoundError:
        officer = None
    if officer is None or not actor_may_follow(officer, case):
        raise RuleBrokenError(_l("Choose a colleague who may deal with this request."), "officer")
    return officer


def _tell_applicant(case: Case, *, officer_name: str) -> None:
    if case.applicant_id is None:
        return
    applicant = get_recipient(case.applicant_id)
    mail_taken(
        case=case,
        to=applicant.email,
        name=applicant.name,
        locale=applicant.locale,
        officer_name=officer_name,
    )
