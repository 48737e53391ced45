"""When a proposal can be written, what follows what, who reads what."""

from datetime import date

import pytest

from portal.core.access import ANONYMOUS, Actor
from portal.core.errors import ForbiddenStepError
from portal.core.text import short_name
from portal.laboratories.policies import (
    ProposalFacts,
    proposal_is_of_own_district,
    proposal_is_own,
    proposal_is_public,
    proposal_was_handed_in,
)
from portal.laboratories.states import (
    PHASE_TRANSITIONS,
    PHASES,
    PROPOSAL_TRANSITIONS,
    LaboratoryAction,
    Phase,
    ProposalAction,
    ProposalRefusal,
    ProposalState,
    decide_writing,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 13)


def decided(today=date(2026, 11, 20), phase=Phase.LISTENING, **facts):
    given = {"is_archived": False, "open_from": FIRST, "open_until": LAST, **facts}
    return decide_writing(phase=phase, today=today, **given)


@pytest.mark.parametrize("today", [FIRST, date(2026, 11, 20), LAST])
def test_both_days_of_the_window_count(today):
    assert decided(today) is None


def test_before_the_first_day_proposals_are_not_open_yet():
    assert decided(date(2026, 10, 31)) is ProposalRefusal.NOT_OPEN_YET


def test_after_the_last_day_the_window_is_closed():
    assert decided(date(2026, 12, 14)) is ProposalRefusal.WINDOW_CLOSED


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.LISTENING])
def test_only_a_listening_laboratory_takes_proposals(phase):
    assert decided(phase=phase) is ProposalRefusal.LISTENING_OVER
    assert decided(phase=phase, is_mending=True) is ProposalRefusal.LISTENING_OVER


def test_without_days_nothing_is_open():
    assert decided(open_from=None, open_until=None) is ProposalRefusal.DATES_NOT_SET


def test_an_archived_laboratory_says_so_first():
    found = decided(phase=Phase.EVALUATION, is_archived=True)
    assert found is ProposalRefusal.LABORATORY_CLOSED


def test_what_the_office_returned_may_be_mended_past_the_last_day():
    assert decided(date(2026, 12, 20), is_mending=True) is None


def test_phases_follow_each_other_and_end():
    phase = PHASES[0]
    for following in PHASES[1:]:
        phase = PHASE_TRANSITIONS.follow(phase, LaboratoryAction.ADVANCE)
        assert phase is following
    with pytest.raises(ForbiddenStepError):
        PHASE_TRANSITIONS.follow(phase, LaboratoryAction.ADVANCE)


_S, _A = ProposalState, ProposalAction
ALLOWED = {
    (_S.DRAFT, _A.SUBMIT): _S.SUBMITTED,
    (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.SUBMITTED, _A.PUBLISH): _S.PUBLISHED,
    (_S.SUBMITTED, _A.RETURN): _S.RETURNED,
    (_S.SUBMITTED, _A.REFUSE): _S.REFUSED,
    (_S.SUBMITTED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.RETURNED, _A.RESUBMIT): _S.SUBMITTED,
    (_S.RETURNED, _A.WITHDRAW): _S.WITHDRAWN,
    (_S.PUBLISHED, _A.WITHDRAW): _S.WITHDRAWN,
}


@pytest.mark.parametrize("state", ProposalState)
@pytest.mark.parametrize("action", ProposalAction)
def test_only_these_steps_exist(state, action):
    if (state, action) in ALLOWED:
        assert PROPOSAL_TRANSITIONS.follow(state, action) is ALLOWED[state, action]
    else:
        with pytest.raises(ForbiddenStepError):
            PROPOSAL_TRANSITIONS.follow(state, action)


def facts(**changes):
    given = {
        "author_id": 1,
        "was_handed_in": True,
        "was_published": False,
        "district_ids": frozenset({7}),
    }
    return ProposalFacts(**{**given, **changes})


def test_only_the_author_owns_a_proposal():
    assert proposal_is_own(Actor(id=1, name="Ada"), facts())
    assert not proposal_is_own(Actor(id=2, name="Bea"), facts())
    assert not proposal_is_own(ANONYMOUS, facts())


def test_an_architect_reads_what_was_handed_in_to_her_districts():
    architect = Actor(id=2, name="Dina", district_ids=frozenset({7}))
    assert proposal_is_of_own_district(architect, facts())
    assert not proposal_is_of_own_district(architect, facts(was_handed_in=False))
    assert not proposal_is_of_own_district(architect, facts(district_ids=frozenset({8})))


def test_a_draft_is_nobody_elses():
    draft = facts(was_handed_in=False)
    assert not proposal_was_handed_in(ANONYMOUS, draft)
    assert not proposal_is_public(ANONYMOUS, draft)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Anna Prova", "Anna P."),
        ("anna  maria de prova", "anna P."),
        ("Anna", "Anna"),
        ("+Europa -", "+Europa"),
        ("Ada «èrica»", "Ada È."),
        ("", ""),
    ],
)
def test_the_public_reads_a_first_name_and_an_initial(name, shown):
    assert short_name(name) == shown
