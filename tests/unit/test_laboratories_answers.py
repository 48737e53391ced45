"""What can be answered, merged, asked again; when an answer is late."""

from datetime import date, timedelta

import pytest

from portal.laboratories.policies import (
    AnswerFacts,
    days_of_delay,
    find_answer_refusal,
    may_ask_again,
)
from portal.laboratories.states import AnswerOutcome, AnswerRefusal, ProposalState

PUBLISHED = AnswerFacts(1, laboratory_id=7, state=ProposalState.PUBLISHED)
OTHER = AnswerFacts(2, laboratory_id=7, state=ProposalState.PUBLISHED)
DAY = date(2026, 11, 20)


@pytest.mark.parametrize("outcome", [AnswerOutcome.ACCEPTED, AnswerOutcome.NOT_FEASIBLE])
def test_a_published_proposal_is_answered(outcome):
    assert find_answer_refusal(PUBLISHED, outcome, None) is None


@pytest.mark.parametrize("state", [s for s in ProposalState if s is not ProposalState.PUBLISHED])
def test_what_nobody_reads_is_not_answered(state):
    hidden = AnswerFacts(1, laboratory_id=7, state=state)
    found = find_answer_refusal(hidden, AnswerOutcome.ACCEPTED, None)
    assert found is AnswerRefusal.NOT_PUBLISHED


@pytest.mark.parametrize(
    ("target", "refusal"),
    [
        (OTHER, None),
        (None, AnswerRefusal.TARGET_NOT_PUBLIC),
        (PUBLISHED, AnswerRefusal.TARGET_IS_ITSELF),
        (AnswerFacts(2, 7, ProposalState.WITHDRAWN), AnswerRefusal.TARGET_NOT_PUBLIC),
        (AnswerFacts(2, 8, ProposalState.PUBLISHED), AnswerRefusal.TARGET_ELSEWHERE),
        (AnswerFacts(2, 7, ProposalState.PUBLISHED, 3), AnswerRefusal.TARGET_IS_MERGED),
    ],
)
def test_a_proposal_merges_into_a_public_one_of_its_laboratory(target, refusal):
    assert find_answer_refusal(PUBLISHED, AnswerOutcome.MERGED, target) is refusal


def test_an_author_asks_again_once_within_thirty_days():
    assert may_ask_again(answered_on=DAY, has_asked=False, today=DAY + timedelta(days=30))
    assert not may_ask_again(answered_on=DAY, has_asked=False, today=DAY + timedelta(days=31))
    assert not may_ask_again(answered_on=DAY, has_asked=True, today=DAY)


def test_the_last_day_is_in_time():
    assert days_of_delay(DAY, DAY) == 0
    assert days_of_delay(DAY, DAY + timedelta(days=3)) == 3
