"""Rules of the queue that need no database."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from portal.core.access import Actor
from portal.core.errors import ForbiddenStepError
from portal.moderation.models import case_number
from portal.moderation.policies import (
    actor_sees_all_cases,
    case_is_in_actors_districts,
    case_is_in_actors_districts_and_not_own,
    case_is_not_actors_own,
)
from portal.moderation.queries import QueueFilter
from portal.moderation.states import (
    CASE_TRANSITIONS,
    CaseAction,
    CaseKind,
    CaseState,
    QueueView,
)
from portal.permissions import Role


@dataclass(frozen=True)
class Facts:
    applicant_id: int = 1
    district_id: int | None = None


def actor(*roles, id=9, districts=()):  # noqa: A002 - the field's own name
    return Actor(id=id, name="Prova", roles=frozenset(roles), district_ids=frozenset(districts))


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        (Role.STAFF, True),
        (Role.ADMINISTRATOR, True),
        (Role.ARCHITECT, False),
        (Role.CITIZEN, False),
    ],
)
def test_clerks_and_administrators_see_all_cases(role, sees):
    assert actor_sees_all_cases(actor(role)) is sees


@pytest.mark.parametrize(("district", "hers"), [(3, True), (4, False), (None, False)])
def test_an_architects_cases_are_those_of_her_districts(district, hers):
    assert case_is_in_actors_districts(actor(districts=(3,)), Facts(district_id=district)) is hers


def test_nobody_acts_on_their_own_request():
    assert not case_is_not_actors_own(actor(id=1), Facts(applicant_id=1))
    assert case_is_not_actors_own(actor(id=2), Facts(applicant_id=1))
    own = Facts(applicant_id=1, district_id=3)
    assert not case_is_in_actors_districts_and_not_own(actor(id=1, districts=(3,)), own)
    assert case_is_in_actors_districts_and_not_own(actor(id=2, districts=(3,)), own)


@pytest.mark.parametrize("state", [CaseState.ACCEPTED, CaseState.REFUSED, CaseState.WITHDRAWN])
def test_what_has_ended_allows_no_further_step(state):
    for action in CaseAction:
        with pytest.raises(ForbiddenStepError):
            CASE_TRANSITIONS.follow(state, action)


def test_a_case_given_back_waits_again():
    assert CASE_TRANSITIONS.follow(CaseState.IN_CHARGE, CaseAction.RELEASE) is CaseState.WAITING
    assert not CASE_TRANSITIONS.allows(CaseState.WAITING, CaseAction.RELEASE)


def test_case_number_takes_the_year_of_the_citys_clocks():
    assert case_number(118, datetime(2026, 12, 31, 22, 59, tzinfo=UTC)) == "2026-118"
    assert case_number(118, datetime(2026, 12, 31, 23, 1, tzinfo=UTC)) == "2027-118"


def test_filter_stands_in_the_address_without_what_was_not_asked():
    assert QueueFilter().arguments == {}
    wanted = QueueFilter(view=QueueView.MINE, kind=CaseKind.CLAIM, text="orti", page=2)
    assert wanted.arguments == {"vista": "mie", "tipo": "claim", "q": "orti", "pagina": "2"}
