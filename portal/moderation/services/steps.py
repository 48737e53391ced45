"""What every step on a case shares: its lock, its rules, its clock, and who follows it."""

from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, ForbiddenStepError, NotFoundError
from portal.core.history import take_step
from portal.core.working_calendar import is_working_day
from portal.moderation.deadlines import compute_deadline
from portal.moderation.kinds import case_kind, find_case_kind
from portal.moderation.models import Case
from portal.moderation.queries import list_suspensions, pauses_of
from portal.moderation.states import CASE_TRANSITIONS, CaseAction, CaseKind, CaseState
from portal.moderation.step_rules import StepRefusedError, facts_of, step_refusal

NOT_ENDED = (
    CaseState.WAITING,
    CaseState.IN_CHARGE,
    CaseState.SUSPENDED,
    CaseState.NOTICED,
    CaseState.RETURNED,
)


def lock_case(case_id: int, version: int | None = None) -> Case:
    """Return a case with its row held; raises `AlreadyDecidedError` when `version` is stale.

    Without a version: for applicants and jobs, whose step asks for a state and not for a page.
    """
    case = session().scalar(
        select(Case)
        .where(Case.id == case_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFoundError
    if version is not None and case.version != version:
        raise AlreadyDecidedError
    return case


def lock_case_of(kind: CaseKind, subject_id: int) -> Case:
    """Return the case about a subject that has not ended, its row held; `NotFoundError` if none."""
    case = session().scalar(
        select(Case)
        .where(Case.kind == kind, Case.subject_id == subject_id, Case.state.in_(NOT_ENDED))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if case is None:
        raise NotFoundError
    return case


def check_kind_knows(case: Case, action: CaseAction) -> None:
    """Raise `ForbiddenStepError` when the case's kind has no such decision."""
    if action not in case_kind(case.kind).decisions:
        raise ForbiddenStepError


def check_step(case: Case, action: CaseAction, *, has_answer: bool = True) -> None:
    """Raise `StepRefusedError` when the procedure does not allow `action` today."""
    spec = find_case_kind(case.kind)
    facts = facts_of(
        case,
        list_suspensions(case.id),
        needs_notice=spec is not None and spec.needs_notice,
    )
    refusal = step_refusal(action, facts, local_today(), has_answer=has_answer)
    if refusal is not None:
        raise StepRefusedError(refusal)


def follow(*, actor: Actor, case: Case, action: CaseAction, note: str | None = None) -> None:
    """Move a case on and write the step."""
    take_step(
        actor=actor,
        subject=case,
        transitions=CASE_TRANSITIONS,
        action=action,
        note=note,
        # The office acts for itself; who asked may do so for an association.
        on_behalf_of=case.on_behalf_of if actor.id == case.applicant_id else None,
    )


def tell_owner(*, actor: Actor, case: Case, action: CaseAction) -> None:
    """Let the feature that owns the subject follow a step that is no decision of its own."""
    spec = find_case_kind(case.kind)
    if spec is not None and spec.on_step is not None:
        spec.on_step(actor=actor, case=case, action=action)


def refresh_deadline(case: Case) -> None:
    """Work the last day out anew from what was stored: the term and its pauses."""
    case.due_on = compute_deadline(
        case.received_on,
        case.term,
        pauses_of(list_suspensions(case.id)),
        is_working_day,
    )
    session().flush()
