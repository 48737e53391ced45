"""When who signed is told that the end comes, what is missing, who may answer the questions."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.policies.endings import (
    EndingFacts,
    average,
    can_show_answers,
    find_account_guards,
    find_closing_guards,
    find_early_end_guards,
    find_evaluation_refusal,
    find_notice,
    find_renewal_guards,
    is_expiring,
    is_over,
)
from portal.laboratories.states import AgreementState, Availability, EvaluationRefusal, Window

TODAY = date(2026, 11, 27)
OPEN = Window(Availability.OPEN)
READY = EndingFacts(
    is_over=True,
    ended_early=False,
    evaluation_meetings_held=1,
    has_account_words=True,
    indicators_without_result=0,
    lines_without_spent=0,
    is_account_published=True,
    open_commitments=0,
    has_pending_amendment=False,
)


@pytest.mark.parametrize(
    ("left", "told", "expected"),
    [
        (91, None, None),
        (90, None, 90),
        (31, None, 90),
        (90, 90, None),
        (31, 90, None),
        (30, 90, 30),
        (30, None, 30),
        (0, 90, 30),
        (0, 30, None),
        (-1, 90, None),
    ],
)
def test_notice_goes_once_ninety_and_once_thirty_days_before(left, told, expected):
    ends_on = TODAY + timedelta(days=left)
    told_for = ends_on if told else None
    assert find_notice(ends_on, TODAY, told_days=told, told_for=told_for) == expected


def test_a_later_end_is_told_again():
    ends_on = TODAY + timedelta(days=80)
    before = TODAY + timedelta(days=20)
    assert find_notice(ends_on, TODAY, told_days=30, told_for=before) == 90


def test_expiring_is_in_force_and_near_its_end():
    in_force = AgreementState.IN_FORCE
    assert is_expiring(in_force, TODAY, TODAY)
    assert is_expiring(in_force, TODAY + timedelta(days=90), TODAY)
    assert not is_expiring(in_force, TODAY + timedelta(days=91), TODAY)
    assert not is_expiring(in_force, TODAY - timedelta(days=1), TODAY)
    assert not is_expiring(AgreementState.OPEN, TODAY, TODAY)
    assert not is_expiring(in_force, None, TODAY)
    assert is_over(in_force, TODAY - timedelta(days=1), TODAY)
    assert not is_over(in_force, TODAY, TODAY)
    assert not is_over(AgreementState.CLOSED, TODAY - timedelta(days=1), TODAY)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),
        ({"evaluation_meetings_held": 0}, (AgreementGuard.NO_EVALUATION_MEETING_HELD,)),
        ({"evaluation_meetings_held": 0, "ended_early": True}, ()),
        ({"has_account_words": False}, (AgreementGuard.NO_ACCOUNT_WORDS,)),
        (
            {"indicators_without_result": 2, "lines_without_spent": 1},
            (AgreementGuard.RESULTS_MISSING, AgreementGuard.SPENT_MISSING),
        ),
    ],
)
def test_account_is_published_once_everything_is_there(change, missing):
    assert find_account_guards(replace(READY, **change)) == missing


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({}, ()),
        ({"is_over": False}, (AgreementGuard.NOT_OVER,)),
        ({"is_account_published": False}, (AgreementGuard.ACCOUNT_NOT_PUBLISHED,)),
        ({"open_commitments": 1}, (AgreementGuard.COMMITMENTS_OPEN,)),
        ({"has_pending_amendment": True}, (AgreementGuard.CHANGE_ON_ITS_WAY,)),
    ],
)
def test_agreement_is_closed_once_it_is_over_and_accounted_for(change, missing):
    assert find_closing_guards(replace(READY, **change)) == missing


def test_renewal_asks_the_account_of_the_agreement_before():
    assert find_renewal_guards(None) == ()
    assert find_renewal_guards(replace(READY, is_over=False)) == ()
    facts = replace(
        READY, is_account_published=False, open_commitments=1, has_pending_amendment=True
    )
    assert find_renewal_guards(facts) == (
        AgreementGuard.PAST_ACCOUNT_NOT_PUBLISHED,
        AgreementGuard.PAST_COMMITMENTS_OPEN,
        AgreementGuard.CHANGE_ON_ITS_WAY,
    )


def test_ending_early_waits_for_a_change_on_its_way_alone():
    facts = replace(READY, is_over=False, is_account_published=False, open_commitments=3)
    assert find_early_end_guards(facts) == ()
    pending = replace(facts, has_pending_amendment=True)
    assert find_early_end_guards(pending) == (AgreementGuard.CHANGE_ON_ITS_WAY,)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({}, None),
        ({"has_answered": True}, EvaluationRefusal.ALREADY_ANSWERED),
        ({"window": Window(Availability.NOT_OPEN_YET)}, EvaluationRefusal.NOT_OPEN_YET),
        ({"window": Window(Availability.CLOSED)}, EvaluationRefusal.CLOSED),
        ({"window": Window(Availability.NEVER)}, EvaluationRefusal.CLOSED),
        ({"window": Window(Availability.LABORATORY_CLOSED)}, EvaluationRefusal.CLOSED),
        ({"is_signed_in": False, "takes_part": False}, EvaluationRefusal.NOT_SIGNED_IN),
        ({"takes_part": False}, EvaluationRefusal.TOOK_NO_PART),
    ],
)
def test_who_took_part_answers_once_while_the_phase_lets_them(change, refusal):
    facts = {
        "is_signed_in": True,
        "window": OPEN,
        "takes_part": True,
        "has_answered": False,
        **change,
    }
    assert find_evaluation_refusal(**facts) is refusal


def test_marks_are_shown_from_three_answers_and_have_their_mean():
    assert [can_show_answers(n) for n in (0, 2, 3)] == [False, False, True]
    assert average((2, 0, 0, 0, 1)) == pytest.approx(7 / 3)
    assert average(()) is None
    assert average((0, 0, 0, 0, 0)) is None
