"""What staff decides about a case."""

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.moderation.kinds import apply_decision
from portal.moderation.letters import Placeholder
from portal.moderation.models import Case
from portal.moderation.queries import list_suspensions
from portal.moderation.services.letters import Fact
from portal.moderation.services.letters_of_steps import send_letter_of_step
from portal.moderation.services.steps import (
    check_kind_knows,
    check_step,
    follow,
    lock_case,
    tell_owner,
)
from portal.moderation.services.suspensions import end_suspension, resume_when_over
from portal.moderation.states import DECISIONS, CaseAction, SuspensionReason


def decide_case(
    *,
    actor: Actor,
    case_id: int,
    version: int,
    action: CaseAction,
    reason: str,
    observations_answer: str | None = None,
) -> Case:
    """Decide a case with a reason that the applicant reads; taking it first is not needed.

    `version` is the one the decider saw: raises `AlreadyDecidedError` when it has changed since,
    `ForbiddenStepError` when the kind does not know the decision, its subclass `StepRefusedError`
    when the procedure does not allow it now (a refusal follows a notice and answers the
    observations: Law 241/1990, art. 10-bis), and whatever the owning feature raises. Then nothing
    of the decision is left.
    """
    if action not in DECISIONS:
        raise ValueError(action)
    case = lock_case(case_id, version)
    check_kind_knows(case, action)
    # A savepoint: where the feature refuses, the page shows the case as it still is.
    with session().begin_nested():
        resume_when_over(case)
        check_step(case, action, has_answer=bool(observations_answer))
        follow(actor=actor, case=case, action=action, note=reason)
        case.reason = reason
        case.observations_answer = observations_answer or None
        case.decided_at = utc_now()
        case.decided_by_id = actor.account_id
        case.officer_id = case.officer_id or actor.account_id
        session().flush()
        end_suspension(case)
        if action is CaseAction.ARCHIVE:
            tell_owner(actor=actor, case=case, action=action)
        else:
            apply_decision(actor=actor, case=case, action=action, reason=reason)
        session().flush()
        send_letter_of_step(actor=actor, case=case, action=action, facts=_observed(case))
    return case


def _observed(case: Case) -> dict[str, Fact]:
    """What the applicant said to a notice of refusal, for the letter that answers it."""
    for suspension in list_suspensions(case.id):
        if suspension.reason is SuspensionReason.REFUSAL_NOTICE and suspension.answer:
            return {Placeholder.OBSERVATIONS: suspension.answer}
    return {}
