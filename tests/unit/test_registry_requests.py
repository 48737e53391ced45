"""Rules of the registry's requests that need no database."""

from types import SimpleNamespace

import pytest

from portal.core.access import ANONYMOUS, Actor
from portal.core.errors import ForbiddenStepError
from portal.registry.policies import actor_is_applicant, actor_represents_association
from portal.registry.request_gaps import (
    FIELDS_OF_STEP,
    NEEDED,
    NEEDED_DOCUMENTS,
    fingerprint,
    incomplete_steps,
    missing_documents,
)
from portal.registry.states import (
    REQUEST_TRANSITIONS,
    DocumentKind,
    RequestAction,
    RequestState,
    RequestStep,
)
from portal.registry.tax_code import TaxCodeProblem
from portal.registry.tax_code_answer import TaxCodeAnswer, answer_tax_code


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
    assert incomplete_steps(None, ()) == list(RequestStep)


def test_deed_and_bylaws_are_needed_and_the_report_is_not():
    assert missing_documents(()) == [DocumentKind.DEED, DocumentKind.BYLAWS]
    assert missing_documents([DocumentKind.BYLAWS]) == [DocumentKind.DEED]
    assert missing_documents([DocumentKind.DEED, DocumentKind.BYLAWS]) == []


def test_only_documents_miss_when_everything_is_written():
    written = SimpleNamespace(**dict.fromkeys(NEEDED, "scritto"))
    assert incomplete_steps(written, ()) == [RequestStep.DOCUMENTS]
    assert incomplete_steps(written, NEEDED_DOCUMENTS) == []


def test_a_step_is_known_again_by_what_it_holds():
    values = {"legal_representative": "Ada Prova", "officers": []}
    stored = SimpleNamespace(legal_representative="Ada Prova", officers=[])
    assert fingerprint(RequestStep.PEOPLE, values) == fingerprint(RequestStep.PEOPLE, stored)
    other = {**values, "officers": [{"name": "Bea", "role": "tesoriera"}]}
    assert fingerprint(RequestStep.PEOPLE, other) != fingerprint(RequestStep.PEOPLE, stored)
    assert fingerprint(RequestStep.PEOPLE, None) == fingerprint(
        RequestStep.PEOPLE, {"legal_representative": None, "officers": []}
    )


@pytest.mark.parametrize(
    ("problem", "is_listed", "is_asked", "answer"),
    [
        (TaxCodeProblem.MISSING, False, False, TaxCodeAnswer.NOTHING_YET),
        (TaxCodeProblem.WRONG_LENGTH, False, False, TaxCodeAnswer.INVALID),
        (TaxCodeProblem.WRONG_CHECK_DIGIT, True, True, TaxCodeAnswer.INVALID),
        (None, True, True, TaxCodeAnswer.LISTED),
        (None, False, True, TaxCodeAnswer.ASKED),
        (None, False, False, TaxCodeAnswer.FREE),
    ],
)
def test_a_tax_code_gets_one_answer(problem, is_listed, is_asked, answer):
    found = answer_tax_code(problem, is_listed=is_listed, is_asked_by_another=is_asked)
    assert found is answer
