"""Which step of a procedure is possible, and why not."""

from datetime import date

import pytest

from portal.moderation.states import DECISIONS, CaseAction, CaseState, StepRefusal
from portal.moderation.step_rules import StepFacts, StepRefusedError, step_refusal

TODAY = date(2026, 11, 24)
TOMORROW, YESTERDAY = date(2026, 11, 25), date(2026, 11, 23)
A, S, R = CaseAction, CaseState, StepRefusal


def why_not(action, state=S.IN_CHARGE, *, has_answer=True, **facts):
    facts = StepFacts(state=state, **{"needs_notice": True, **facts})
    return step_refusal(action, facts, TODAY, has_answer=has_answer)


def test_what_is_in_charge_may_be_asked_told_accepted_archived():
    for action in (A.ASK_INTEGRATION, A.GIVE_NOTICE, A.ACCEPT, A.ARCHIVE, A.ASSIGN):
        assert why_not(action) is None


def test_each_pause_comes_once():
    assert why_not(A.ASK_INTEGRATION, integration_asked_on=YESTERDAY) is R.ALREADY_ASKED
    assert why_not(A.GIVE_NOTICE, noticed_on=YESTERDAY) is R.ALREADY_NOTICED
    assert why_not(A.GIVE_NOTICE, integration_asked_on=YESTERDAY) is None


def test_a_refusal_wants_a_notice_where_the_kind_has_one():
    assert why_not(A.REFUSE) is R.NOTICE_FIRST
    assert why_not(A.REFUSE, needs_notice=False) is None
    assert why_not(A.REFUSE, noticed_on=YESTERDAY) is None


def test_a_refusal_answers_the_observations():
    told = {"noticed_on": YESTERDAY, "has_observations": True}
    assert why_not(A.REFUSE, has_answer=False, **told) is R.ANSWER_MISSING
    assert why_not(A.REFUSE, has_answer=True, **told) is None


@pytest.mark.parametrize(("ends_on", "refusal"), [(TODAY, R.WINDOW_RUNS), (YESTERDAY, None)])
def test_the_last_day_belongs_to_the_applicant(ends_on, refusal):
    told = {"noticed_on": date(2026, 11, 13), "window_ends_on": ends_on}
    assert why_not(A.REFUSE, S.NOTICED, **told) is refusal


def test_a_yes_need_not_wait_for_observations_but_for_what_is_missing():
    assert why_not(A.ACCEPT, S.NOTICED, window_ends_on=TOMORROW) is None
    assert why_not(A.ACCEPT, S.SUSPENDED, window_ends_on=TOMORROW) is R.WINDOW_RUNS
    assert why_not(A.ACCEPT, S.SUSPENDED, window_ends_on=YESTERDAY) is None


def test_an_answer_is_in_time_until_the_last_day():
    assert why_not(A.SUPPLY, S.SUSPENDED, window_ends_on=TODAY) is None
    assert why_not(A.SUPPLY, S.SUSPENDED, window_ends_on=YESTERDAY) is R.WINDOW_OVER
    assert why_not(A.OBSERVE, S.NOTICED, window_ends_on=TODAY) is None
    assert why_not(A.OBSERVE, S.IN_CHARGE) is R.WINDOW_OVER


@pytest.mark.parametrize("state", [S.ACCEPTED, S.REFUSED, S.ARCHIVED, S.WITHDRAWN])
def test_what_has_ended_stays_as_it_is(state):
    for action in CaseAction:
        assert why_not(action, state) is not None or action is A.REFUSE
    assert why_not(A.REFUSE, state, noticed_on=YESTERDAY) is R.NOT_NOW
    assert why_not(A.REFUSE, state, needs_notice=False) is R.NOT_NOW


def test_every_refusal_has_its_sentence():
    for refusal in StepRefusal:
        assert str(StepRefusedError(refusal).sentence)
    assert A.ARCHIVE in DECISIONS
