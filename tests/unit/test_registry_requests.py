"""Rules of the registry's requests that need no database."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from portal.core.access import ANONYMOUS, Actor
from portal.core.errors import ForbiddenStepError
from portal.registry.policies import actor_is_applicant, actor_represents_association
from portal.registry.profile import ProfileGap, ProfileValues, changed_fields, find_profile_gaps
from portal.registry.request_gaps import FIELDS_OF_STEP, NEEDED, incomplete_steps
from portal.registry.states import (
    REQUEST_TRANSITIONS,
    RequestAction,
    RequestState,
    RequestStep,
)

TODAY = date(2026, 11, 30)
FULL = ProfileValues(
    acronym=None, description="Cantiamo.", areas=("cultura",), district_id=None,
    address=None, email=None, phone="0522 1", website=None,
)  # fmt: skip


@pytest.mark.parametrize(
    "state", [RequestState.ACCEPTED, RequestState.REFUSED, RequestState.WITHDRAWN]
)
@pytest.mark.parametrize("action", list(RequestAction))
def test_an_ended_request_goes_nowhere(state, action):
    with pytest.raises(ForbiddenStepError):
        REQUEST_TRANSITIONS.follow(state, action)


def test_a_draft_can_only_be_handed_in():
    allowed = [a for a in RequestAction if REQUEST_TRANSITIONS.allows(RequestState.DRAFT, a)]
    assert allowed == [RequestAction.SUBMIT]


def test_only_who_asked_is_the_applicant():
    request = SimpleNamespace(applicant_id=7)
    assert actor_is_applicant(Actor(id=7, name="Ada"), request)
    assert not actor_is_applicant(Actor(id=8, name="Bea"), request)
    assert not actor_is_applicant(ANONYMOUS, SimpleNamespace(applicant_id=None))


def test_only_who_represents_an_association_edits_it():
    association = SimpleNamespace(id=3)
    assert actor_represents_association(
        Actor(id=7, name="Ada", association_ids=frozenset({3})), association
    )
    assert not actor_represents_association(
        Actor(id=7, name="Ada", association_ids=frozenset({4})), association
    )


def test_every_needed_answer_belongs_to_a_step():
    assert {field for fields in FIELDS_OF_STEP.values() for field in fields} >= NEEDED
    assert incomplete_steps(None) == list(RequestStep)


def test_a_profile_without_words_areas_and_contacts_has_three_gaps():
    empty = replace(FULL, description=None, areas=(), phone=None)
    assert find_profile_gaps(empty, updated_on=None, today=TODAY) == [
        ProfileGap.NO_DESCRIPTION,
        ProfileGap.NO_CONTACT,
        ProfileGap.NO_AREAS,
    ]


@pytest.mark.parametrize(
    ("updated_on", "gaps"),
    [
        (None, []),
        (date(2025, 11, 30), []),
        (date(2025, 11, 29), [ProfileGap.STALE]),
    ],
)
def test_a_profile_is_fresh_for_a_year(updated_on, gaps):
    assert find_profile_gaps(FULL, updated_on=updated_on, today=TODAY) == gaps


def test_changed_fields_are_named_in_the_order_of_the_form():
    assert changed_fields(FULL, replace(FULL, website="https://x", description="No")) == [
        "description",
        "website",
    ]
