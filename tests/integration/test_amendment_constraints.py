"""What must never be true of a change of an agreement is impossible, whoever writes."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from portal.core.clock import local_today, utc_now
from portal.core.database import db
from portal.laboratories.models import AmendedCommitment, Amendment
from portal.laboratories.states import AgreementState, AmendmentState, PartyKind
from tests.factories.laboratory_rows import key, make_agreement, make_commitment, make_version
from tests.factories.people import make_user

pytestmark = pytest.mark.usefixtures("database")


@contextmanager
def refused(name):
    with pytest.raises(IntegrityError, match=name):
        yield
    db.session.rollback()


def store(row):
    db.session.add(row)
    db.session.flush()
    return row


def make_amendment(agreement=None, **given):
    agreement = agreement or make_agreement()
    facts = {"changes": "Una sala in più.", "state_at": utc_now(), **given}
    return store(Amendment(agreement_id=agreement.id, created_by_id=make_user().id, **facts))


def make_entry(amendment, **given):
    facts = {
        "party_kind": PartyKind.GROUP,
        "party_name": "Vicine",
        "title": "Aprire",
        "due_on": local_today() + timedelta(days=9),
        "form_key": key(),
        **given,
    }
    return store(AmendedCommitment(amendment_id=amendment.id, **facts))


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("ck_agreement_amendment_says_what_changes", {"changes": " "}),
        ("ck_agreement_amendment_open_is_frozen", {"state": AmendmentState.OPEN}),
        ("ck_agreement_amendment_open_is_frozen", {"state": AmendmentState.IN_FORCE}),
        ("ck_agreement_amendment_withdrawn_says_why", {"state": AmendmentState.WITHDRAWN}),
    ],
)
def test_amendment_cannot_be_so(name, facts):
    with refused(name):
        make_amendment(**facts)


def test_draft_has_no_frozen_text():
    agreement = make_agreement()
    version = make_version(agreement)
    with refused("ck_agreement_amendment_draft_is_not_frozen"):
        make_amendment(agreement, version_id=version.id)


def test_text_of_another_agreement_is_not_of_this_one():
    # It points to the version and its agreement together: "uq_agreement_version_id_agreement_id".
    other = make_version(make_agreement())
    with refused("fk_agreement_amendment_version"):
        make_amendment(state=AmendmentState.OPEN, version_id=other.id)


def test_a_frozen_text_is_of_one_amendment():
    agreement = make_agreement()
    version = make_version(agreement)
    make_amendment(agreement, state=AmendmentState.OPEN, version_id=version.id)
    with refused("uq_agreement_amendment_version_id"):
        make_amendment(agreement, state=AmendmentState.IN_FORCE, version_id=version.id)


def test_one_change_of_an_agreement_is_on_its_way():
    agreement = make_agreement()
    make_amendment(agreement)
    with refused("uq_agreement_amendment_at_a_time"):
        make_amendment(agreement)


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("ck_amended_commitment_has_title", {"title": " "}),
        ("ck_amended_commitment_has_party", {"party_name": " "}),
        ("ck_amended_commitment_association_is_listed", {"party_kind": PartyKind.ASSOCIATION}),
    ],
)
def test_amended_commitment_cannot_be_so(name, facts):
    with refused(name):
        make_entry(make_amendment(), **facts)


def test_a_commitment_is_amended_once_and_a_form_is_kept_once():
    agreement = make_agreement()
    amendment = make_amendment(agreement)
    commitment = make_commitment(agreement)
    entry = make_entry(amendment, commitment_id=commitment.id)
    with refused("uq_amended_commitment_amendment_id_form_key"):
        make_entry(amendment, form_key=entry.form_key)
    amendment = make_amendment(agreement := make_agreement())
    commitment = make_commitment(agreement)
    make_entry(amendment, commitment_id=commitment.id)
    with refused("uq_amended_commitment_amendment_id_commitment_id"):
        make_entry(amendment, commitment_id=commitment.id)


def test_agreement_that_ended_early_says_why():
    agreement = make_agreement()
    agreement.state, agreement.ended_at = AgreementState.ENDED_EARLY, utc_now()
    with refused("ck_agreement_ended_early_says_why"):
        db.session.flush()
