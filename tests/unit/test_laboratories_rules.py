"""When a proposal can be written, what follows what, who reads what."""

from dataclasses import replace
from datetime import date

import pytest

from portal.core.access import ANONYMOUS, Actor
from portal.core.errors import ForbiddenStepError
from portal.core.text import short_name
from portal.laboratories.policies import (
    PhaseGuard,
    ProgressFacts,
    ProposalFacts,
    find_phase_guards,
    proposal_is_of_own_district,
    proposal_is_own,
    proposal_is_public,
    proposal_was_handed_in,
)
from portal.laboratories.states import (
    DEFAULT_ABILITIES,
    PHASES,
    PROPOSAL_TRANSITIONS,
    Ability,
    AgreementState,
    Availability,
    Phase,
    PhaseFacts,
    ProposalAction,
    ProposalState,
    Window,
    find_next_phase,
    find_phase_before,
    find_window,
)

FIRST, LAST = date(2026, 11, 1), date(2026, 12, 13)
LATER = date(2027, 2, 1)


def phases(**changes):
    """The official seven: listening from FIRST to LAST, signature from LATER."""
    days = {Phase.LISTENING: (FIRST, LAST), Phase.SIGNATURE: (LATER, None), **changes}
    return tuple(
        PhaseFacts(kind, *days.get(kind, (None, None)), frozenset(DEFAULT_ABILITIES[kind]))
        for kind in PHASES
    )


def window(
    today=date(2026, 11, 20), ability=Ability.PROPOSE, current=Phase.LISTENING, plan=None, **facts
):
    given = {"is_archived": False, **facts}
    return find_window(ability, phases=plan or phases(), current=current, today=today, **given)


@pytest.mark.parametrize("today", [FIRST, date(2026, 11, 20), LAST])
def test_both_days_of_a_phase_count(today):
    assert window(today) == Window(Availability.OPEN, LAST)


def test_before_the_first_day_proposals_are_not_open_yet():
    assert window(date(2026, 10, 31)) == Window(Availability.NOT_OPEN_YET, FIRST)


def test_after_the_last_day_proposals_are_closed():
    assert window(date(2026, 12, 14)) == Window(Availability.CLOSED, LAST)


@pytest.mark.parametrize("phase", [p for p in Phase if p is not Phase.LISTENING])
def test_only_a_phase_that_allows_it_takes_proposals(phase):
    assert window(current=phase) == Window(Availability.CLOSED, LAST)
    assert window(current=phase, is_mending=True) == Window(Availability.CLOSED, LAST)


def test_a_phase_without_days_is_open_while_it_lasts():
    plan = tuple(replace(p, starts_on=None, ends_on=None) for p in phases())
    assert window(plan=plan) == Window(Availability.OPEN, None)


def test_what_a_later_phase_allows_opens_on_its_first_day():
    assert window(ability=Ability.SIGN) == Window(Availability.NOT_OPEN_YET, LATER)
    assert window(ability=Ability.COMMENT_DRAFT) == Window(Availability.NOT_OPEN_YET, None)


def test_what_no_phase_allows_never_opens():
    plan = tuple(replace(p, allows=p.allows - {Ability.EVALUATE}) for p in phases())
    assert window(ability=Ability.EVALUATE, plan=plan) == Window(Availability.NEVER)


def test_an_archived_laboratory_says_so_first():
    found = window(current=Phase.EVALUATION, is_archived=True)
    assert found == Window(Availability.LABORATORY_CLOSED)


def test_what_the_office_returned_may_be_mended_past_the_last_day():
    assert window(date(2026, 12, 20), is_mending=True).is_open


def test_phases_follow_each_other_in_the_order_of_the_laboratory_and_end():
    plan = phases()
    assert [find_next_phase(plan, kind) for kind in PHASES] == [*PHASES[1:], None]
    assert [find_phase_before(plan, kind) for kind in PHASES] == [None, *PHASES[:-1]]
    shortened = tuple(p for p in plan if p.kind is not Phase.FEASIBILITY)
    assert find_next_phase(shortened, Phase.LISTENING) is Phase.SHARING


@pytest.mark.parametrize(
    ("phase", "facts", "missing"),
    [
        (Phase.LISTENING, ProgressFacts(), [PhaseGuard.NO_MEETING_HELD]),
        (
            Phase.LISTENING,
            ProgressFacts(proposals_to_read=2),
            [PhaseGuard.NO_MEETING_HELD, PhaseGuard.PROPOSALS_TO_READ],
        ),
        (Phase.LISTENING, ProgressFacts(meetings_held=1), []),
        (
            Phase.FEASIBILITY,
            ProgressFacts(proposals_to_answer=1),
            [PhaseGuard.PROPOSALS_TO_ANSWER],
        ),
        (Phase.FEASIBILITY, ProgressFacts(), []),
        (
            Phase.SHARING,
            ProgressFacts(agreement=AgreementState.DRAFTING),
            [PhaseGuard.NO_AGREEMENT_SHARED, PhaseGuard.NO_SHARING_MEETING_HELD],
        ),
        (
            Phase.SHARING,
            ProgressFacts(agreement=AgreementState.SHARED, sharing_meetings_held=1),
            [],
        ),
        (
            Phase.APPROVAL,
            ProgressFacts(agreement=AgreementState.SHARED),
            [PhaseGuard.NOT_APPROVED],
        ),
        (Phase.APPROVAL, ProgressFacts(agreement=AgreementState.APPROVED), []),
        (Phase.SIGNATURE, ProgressFacts(agreement=AgreementState.OPEN), [PhaseGuard.NOT_IN_FORCE]),
        (Phase.SIGNATURE, ProgressFacts(agreement=AgreementState.IN_FORCE), []),
        (Phase.IMPLEMENTATION, ProgressFacts(), []),
    ],
)
def test_a_laboratory_moves_on_only_with_what_its_phase_asks(phase, facts, missing):
    assert list(find_phase_guards(phase, facts)) == missing


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
    (_S.PUBLISHED, _A.HIDE): _S.REFUSED,
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
