"""What the database itself refuses, whoever writes."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.errors import constraint_name, explain_constraint
from portal.core.files import store_made
from portal.registry.models import RegistryRequest, RequestDocument
from portal.registry.states import DocumentKind, RequestState
from tests.factories.files import PDF
from tests.factories.people import make_user
from tests.factories.registry import make_association, tax_code_of
from tests.factories.registry_requests import make_claim_row, make_draft, make_representative


def refused_by(write):
    with pytest.raises(IntegrityError) as caught:
        write()
    db.session.rollback()
    return caught.value


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"tax_code": "123"}, "ck_registry_request_tax_code_has_shape"),
        ({"website": "example.org"}, "ck_registry_request_website_is_address"),
        ({"state": RequestState.SUBMITTED}, "ck_registry_request_submitted_is_complete"),
        ({"state": RequestState.WITHDRAWN}, "ck_registry_request_submitted_is_complete"),
    ],
)
def test_an_impossible_request_is_refused_with_a_sentence(database, fields, constraint):
    person = make_user()
    error = refused_by(lambda: make_draft(person, **fields))
    assert constraint_name(error) == constraint
    assert explain_constraint(error) is not None


def test_an_accepted_request_has_its_association(database):
    person = make_user()
    draft = make_draft(person)

    def accept():
        draft.state = RequestState.ACCEPTED
        draft.submitted_at = draft.created_at
        db.session.commit()

    assert constraint_name(refused_by(accept)) == "ck_registry_request_accepted_has_association"


def test_a_person_has_one_request_under_way(database):
    person = make_user()
    make_draft(person)
    error = refused_by(lambda: make_draft(person))
    assert constraint_name(error) == "uq_registry_request_open_applicant"
    assert explain_constraint(error) is not None


def test_a_tax_code_has_one_open_request_but_many_drafts(database):
    code = tax_code_of(700)
    waiting = make_draft(make_user(), tax_code=code)
    waiting.state, waiting.submitted_at = RequestState.SUBMITTED, waiting.created_at
    db.session.commit()
    late = make_draft(make_user(), tax_code=code)

    def submit():
        late.state, late.submitted_at = RequestState.RETURNED, late.created_at
        db.session.commit()

    error = refused_by(submit)
    assert constraint_name(error) == "uq_registry_request_open_tax_code"
    assert explain_constraint(error).field == "tax_code"


def test_a_person_claims_an_association_once_at_a_time(database):
    person, association = make_user(), make_association()
    make_claim_row(person, association)
    make_claim_row(make_user(), association)
    error = refused_by(lambda: make_claim_row(person, association))
    assert constraint_name(error) == "uq_registry_claim_open_applicant_association"
    assert explain_constraint(error) is not None


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"has_declared": False}, "ck_registry_claim_has_declaration"),
        ({"evidence": "  "}, "ck_registry_claim_says_how_it_shows"),
        ({"state": RequestState.DRAFT}, "ck_registry_claim_has_no_draft"),
    ],
)
def test_an_impossible_claim_is_refused(database, fields, constraint):
    person, association = make_user(), make_association()
    error = refused_by(lambda: make_claim_row(person, association, **fields))
    assert constraint_name(error) == constraint


def test_a_person_represents_an_association_once_and_again_later(database):
    person, association = make_user(), make_association()
    make_representative(person, association, until_on=date(2026, 3, 1))
    make_representative(person, association)
    error = refused_by(lambda: make_representative(person, association))
    assert constraint_name(error) == "uq_association_representative_current"
    assert explain_constraint(error) is not None


def test_nobody_stops_before_they_start(database):
    person, association = make_user(), make_association()
    error = refused_by(lambda: make_representative(person, association, until_on=date(2025, 1, 1)))
    assert constraint_name(error) == "ck_association_representative_ends_after_start"


def test_drafts_may_be_empty(database):
    db.session.add(RegistryRequest(applicant_id=make_user().id))
    db.session.commit()


@pytest.mark.parametrize("missing", ["purposes", "legal_representative"])
def test_what_is_handed_in_says_its_purposes_and_who_signs(database, missing):
    draft = make_draft(make_user(), **{missing: None})

    def submit():
        draft.state, draft.submitted_at = RequestState.SUBMITTED, draft.created_at
        db.session.commit()

    assert constraint_name(refused_by(submit)) == "ck_registry_request_submitted_is_complete"


def test_a_request_has_one_document_of_each_kind(database):
    draft = make_draft(make_user())
    stored = store_made(name="altro.pdf", content=PDF)

    def add():
        kind = DocumentKind.DEED
        db.session.add(RequestDocument(request_id=draft.id, kind=kind, file_id=stored.id))
        db.session.commit()

    assert constraint_name(refused_by(add)) == "uq_registry_request_document_request_id_kind"


def test_a_file_is_one_document(database):
    draft = make_draft(make_user(), documents=(DocumentKind.DEED,))
    used = db.session.scalars(db.select(RequestDocument.file_id)).one()

    def add():
        kind = DocumentKind.BYLAWS
        db.session.add(RequestDocument(request_id=draft.id, kind=kind, file_id=used))
        db.session.commit()

    assert constraint_name(refused_by(add)) == "uq_registry_request_document_file_id"
