"""The table of steps of a case."""

import pytest

from portal.core.errors import ForbiddenStepError
from portal.moderation.states import (
    CASE_TRANSITIONS,
    DECISIONS,
    OPEN_STATES,
    CaseAction,
    CaseState,
)

FINAL = (CaseState.ACCEPTED, CaseState.REFUSED, CaseState.WITHDRAWN)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("action", CaseAction)
def test_what_is_over_stays_over(state, action):
    with pytest.raises(ForbiddenStepError):
        CASE_TRANSITIONS.follow(state, action)


@pytest.mark.parametrize("action", sorted(DECISIONS))
@pytest.mark.parametrize("state", OPEN_STATES)
def test_whatever_waits_can_be_decided(state, action):
    assert CASE_TRANSITIONS.allows(state, action)


def test_returned_request_waits_again_once_handed_in():
    assert CASE_TRANSITIONS.follow(CaseState.RETURNED, CaseAction.RESUBMIT) is CaseState.WAITING
