"""What can be done with a case: open, take, decide, hand in again, withdraw."""

from datetime import timedelta

from sqlalchemy import select

from portal.accounts.queries import get_recipient
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    NotFoundError,
)
from portal.core.history import record_step, take_step
from portal.moderation.emails import mail_taken
from portal.moderation.kinds import apply_decision, case_kind
from portal.moderation.models import Case
from portal.moderation.queries import HISTORY
from portal.moderation.states import CASE_TRANSITIONS, DECISIONS, CaseAction, CaseKind, CaseState

DAYS_TO_ANSWER = 30
"""Law 241/1990, art. 2: thirty days from receipt, unless set otherwise."""


def open_case(
    *,
    actor: Actor,
    kind: CaseKind,
    subject_id: int,
    title: str,
    on_behalf_of: str | None = None,
    district_id: int | None = None,
) -> Case:
    """Put a request of `actor` into the queue and return its case, with an id."""
    today = local_today()
    case = Case(
        kind=kind,
        subject_id=subject_id,
        title=title,
        applicant_id=actor.account_id,
        on_behalf_of=on_behalf_of,
        district_id=district_id,
        state=CaseState.WAITING,
        received_on=today,
        due_on=today + timedelta(days=DAYS_TO_ANSWER),
    )
    session().add(case)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=case.id, action="open", to_state=case.state
    )
    return case


def take_case(*, actor: Actor, case_id: int, version: int) -> Case:
    """Take a case in charge and tell the applicant who works on it.

    Raises `AlreadyDecidedError` when the case has changed since `version` was seen.
    """
    case = _lock_case(case_id, version)
    _step(actor, case, CaseAction.TAKE)
    case.officer_id = actor.account_id
    session().flush()
    applicant = get_recipient(case.applicant_id)
    mail_taken(
        case=case,
        to=applicant.email,
        name=applicant.name,
        locale=applicant.locale,
        officer_name=actor.name,
    )
    return case


def release_case(*, actor: Actor, case_id: int, version: int) -> Case:
    """Give a case back to nobody; raises `AlreadyDecidedError` as `take_case` does."""
    case = _lock_case(case_id, version)
    _step(actor, case, CaseAction.RELEASE)
    case.officer_id = None
    session().flush()
    return case


def decide_case(
    *, actor: Actor, case_id: int, version: int, action: CaseAction, reason: str
) -> Case:
    """Decide a case with a reason that the applicant reads; taking it first is not needed.

    `version` is the one the decider saw: raises `AlreadyDecidedError` when it has changed since,
    `ForbiddenStepError` when the decision does not follow from the state or the kind does not
    know it, and whatever the owning feature raises. Then nothing of the decision is left.
    """
    if action not in DECISIONS:
        raise ValueError(action)
    case = _lock_case(case_id, version)
    if action not in case_kind(case.kind).decisions:
        raise ForbiddenStepError
    # A savepoint: where the feature refuses, the page shows the case as it still is.
    with session().begin_nested():
        _step(actor, case, action, note=reason)
        case.reason = reason
        case.decided_at = utc_now()
        case.decided_by_id = actor.account_id
        case.officer_id = case.officer_id or actor.account_id
        session().flush()
        apply_decision(actor=actor, case=case, action=action, reason=reason)
        session().flush()
    return case


def resubmit_case(*, actor: Actor, kind: CaseKind, subject_id: int, title: str) -> Case:
    """Hand in again what was returned: a new term runs from today."""
    case = _open_case_of(kind, subject_id)
    _step(actor, case, CaseAction.RESUBMIT)
    today = local_today()
    case.title = title
    case.received_on, case.due_on = today, today + timedelta(days=DAYS_TO_ANSWER)
    case.reason = case.decided_at = case.decided_by_id = None
    session().flush()
    return case


def withdraw_case(*, actor: Actor, kind: CaseKind, subject_id: int) -> Case:
    """Take a request back."""
    case = _open_case_of(kind, subject_id)
    _step(actor, case, CaseAction.WITHDRAW)
    case.reason = case.decided_at = case.decided_by_id = None
    session().flush()
    return case


def _lock_case(case_id: int, version: int) -> Case:
    case = session().scalar(
        select(Case)
        .where(Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFoundError
    if case.version != version:
        raise AlreadyDecidedError
    return case


def _open_case_of(kind: CaseKind, subject_id: int) -> Case:
    case = session().scalar(
        select(Case)
        .where(
            Case.kind == kind,
            Case.subject_id == subject_id,
            Case.state.in_((CaseState.WAITING, CaseState.IN_CHARGE, CaseState.RETURNED)),
        )
        .with_for_update()
    )
    if case is None:
        raise NotFoundError
    return case


def _step(actor: Actor, case: Case, action: CaseAction, note: str | None = None) -> None:
    take_step(actor=actor, subject=case, transitions=CASE_TRANSITIONS, action=action, note=note)
