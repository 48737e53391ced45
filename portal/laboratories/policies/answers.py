"""Answers to proposals: what can be answered, merged, asked again, and when one is late."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal.laboratories.states import AnswerOutcome, AnswerRefusal, ProposalState

ASK_AGAIN_DAYS = 30
"""Days after an answer within which its author may ask to look at it once more."""


@dataclass(frozen=True)
class AnswerFacts:
    """What the decision asks of a proposal, or of the one it would be merged into."""

    id: int
    laboratory_id: int
    state: ProposalState
    merged_into_id: int | None = None


def find_answer_refusal(
    proposal: AnswerFacts, outcome: AnswerOutcome, target: AnswerFacts | None
) -> AnswerRefusal | None:
    """Return why `proposal` cannot be answered so, or None when it can."""
    if proposal.state is not ProposalState.PUBLISHED:
        return AnswerRefusal.NOT_PUBLISHED
    if outcome is not AnswerOutcome.MERGED:
        return None
    if target is None or target.state is not ProposalState.PUBLISHED:
        return AnswerRefusal.TARGET_NOT_PUBLIC
    if target.id == proposal.id:
        return AnswerRefusal.TARGET_IS_ITSELF
    if target.laboratory_id != proposal.laboratory_id:
        return AnswerRefusal.TARGET_ELSEWHERE
    return AnswerRefusal.TARGET_IS_MERGED if target.merged_into_id is not None else None


def may_ask_again(*, answered_on: date, has_asked: bool, today: date) -> bool:
    """Say whether the author may ask to look at an answer once more: once, within thirty days."""
    return not has_asked and today <= answered_on + timedelta(days=ASK_AGAIN_DAYS)


def days_of_delay(due_on: date, day: date) -> int:
    """Return by how many days an answer given (or still owed) on `day` is late; 0 in time."""
    return max((day - due_on).days, 0)
