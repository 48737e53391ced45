"""A code to the certified e-mail: who can read it, looks after the page at once."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.app import create_app
from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.extensions import limiter
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.models import Case, CaseAttachment
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseState
from portal.permissions import Role
from portal.registry.models import Association, Claim, ClaimCode
from portal.registry.queries import list_claims_of, list_representatives
from portal.registry.services import claim_association
from portal.registry.states import AssociationState, RemovalCause, RequestState
from tests.client import StrictClient
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

PEC = "circolo@pec.example.org"
CLAIM = "/registro/circolo-inventato/rivendica"
CODE = f"{CLAIM}/codice"
DESK = "/associazione/circolo-inventato/"
WRITTEN = {"applicant_role": "presidente", "has_declared": "y"}
A_PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def association(database):
    return make_association(name="Circolo inventato", slug="circolo-inventato", certified_email=PEC)


@pytest.fixture
def claimant(client):
    person = make_user(name="Ivo Prova", email="ivo@example.org")
    client.sign_in(person)
    return person


def code_sent(client):
    assert client.submit(f"{CODE}/manda").location == CODE
    statement = select(MailMessage).where(MailMessage.recipient == PEC)
    mail = db.session.scalars(statement.order_by(MailMessage.id.desc()).limit(1)).one()
    return re.search(r"^\d{6}$", mail.text_body, re.MULTILINE)[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def type_in(client, code, **changes):
    return client.submit(CODE, {**WRITTEN, "code": code, **changes})


def mails_to(email):
    return list(db.session.scalars(select(MailMessage).where(MailMessage.recipient == email)))


def waiting_claim(person, association):
    claim = claim_association(
        actor=actor_of(person), association_id=association.id, applicant_role="socia",
        evidence="Lo dice il verbale.", has_declared=True,
    )  # fmt: skip
    db.session.commit()
    return claim


def test_certified_email_is_offered_and_never_shown(client, claimant, association):
    assert CODE in client.get(CLAIM).text
    for address in (CLAIM, CODE):
        assert PEC not in client.get(address).text


def test_without_a_certified_email_there_is_no_code(client, claimant):
    make_association(name="Altra", slug="altra")
    assert "codice" not in client.get("/registro/altra/rivendica").text.split("<main")[1]
    assert client.get("/registro/altra/rivendica/codice").status_code == 404
    assert client.submit("/registro/altra/rivendica/codice/manda").status_code == 404
    answer = client.submit("/registro/altra/rivendica/codice", {**WRITTEN, "code": "123456"})
    assert answer.status_code == 404


def test_right_code_hands_the_page_over_at_once(client, claimant, association):
    code = code_sent(client)
    assert "Abbiamo mandato un codice" in client.get(CODE).text
    assert type_in(client, f" {code[:3]} {code[3:]} ").location == DESK
    assert client.get(DESK).status_code == 200
    (person,) = list_representatives(association.id)
    assert (person.name, person.capacity, person.role) == ("Ivo Prova", "presidente", "manager")
    assert db.session.get(Association, association.id).state is AssociationState.ENROLLED
    claim = db.session.scalars(select(Claim)).one()
    assert claim.state is RequestState.ACCEPTED
    assert claim.certified_at is not None
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    assert [m.subject for m in mails_to("ivo@example.org")] == [
        "Ora rappresenti Circolo inventato sul portale"
    ]
    assert len(mails_to(PEC)) == 2
    (step,) = list_history(subject_kind="registry_claim", subject_id=claim.id)
    assert (step.action, step.on_behalf_of) == ("accept", "Circolo inventato")


def test_claim_without_a_case_has_its_page(client, claimant, association):
    type_in(client, code_sent(client))
    (row,) = list_claims_of(claimant.id)
    page = client.get(f"/registro/rivendicazioni/{row.id}").text
    assert "codice mandato alla PEC" in page
    assert "Accolta" in page


def test_a_code_works_once(client, claimant, association):
    code = code_sent(client)
    assert type_in(client, code).status_code == 303
    assert type_in(client, code).status_code == 409


def test_wrong_code_is_said_and_counted_and_what_was_typed_stays(client, claimant, association):
    code = code_sent(client)
    for left in ("altre 4 volte", "altre 3 volte", "altre 2 volte", "ancora una volta"):
        answer = type_in(client, wrong(code))
        assert answer.status_code == 422
        assert left in answer.text
        assert "presidente" in answer.text
    assert "non vale più" in type_in(client, wrong(code)).text
    assert "non vale più" in type_in(client, code).text
    assert list_representatives(association.id) == []
    assert "Manda il codice" in client.get(CODE).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": "12"}, "6 cifre"),
        ({"code": "abcdef"}, "6 cifre"),
        ({"applicant_role": ""}, "che ruolo"),
        ({"has_declared": ""}, "Spunta la dichiarazione"),
    ],
)
def test_what_is_badly_filled_in_costs_no_try(client, claimant, association, changes, words):
    code = code_sent(client)
    answer = type_in(client, **{"code": code, **changes})
    assert answer.status_code == 422
    assert words.lower() in answer.text.lower()
    assert db.session.scalars(select(ClaimCode)).one().tries == 0


def test_code_is_good_for_half_an_hour(client, claimant, association):
    code = code_sent(client)
    with frozen(utc_now() + timedelta(minutes=31)):
        assert "non vale più" in type_in(client, code).text
        assert "Manda il codice" in client.get(CODE).text


def test_second_tap_sends_nothing_and_a_later_one_voids_the_first_code(
    client, claimant, association
):
    first = code_sent(client)
    assert code_sent(client) == first
    assert len(mails_to(PEC)) == 1
    with frozen(utc_now() + timedelta(minutes=2)):
        second = code_sent(client)
        if first != second:
            assert type_in(client, first).status_code == 422
        assert type_in(client, second).status_code == 303


def test_code_of_one_person_is_of_no_use_to_another(client, claimant, association):
    code = code_sent(client)
    client.sign_in(make_user())
    assert "non vale più" in type_in(client, code).text


def test_what_is_kept_of_a_code_is_not_the_code(client, claimant, association):
    code = code_sent(client)
    kept = db.session.scalars(select(ClaimCode)).one()
    assert code not in kept.code_hash
    assert len(kept.code_hash) == 64


def test_page_that_somebody_looks_after_goes_to_the_office(client, claimant, association):
    make_representative(make_user(name="Rita Prova"), association)
    answer = type_in(client, code_sent(client))
    (row,) = list_claims_of(claimant.id)
    assert answer.location == f"/registro/rivendicazioni/{row.id}"
    assert row.state is RequestState.SUBMITTED
    assert len(list_representatives(association.id)) == 1
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(f"/gestione/coda/{row.case.id}").text
    assert "Confermato" in page


def test_page_that_somebody_else_claims_goes_to_the_office(client, claimant, association):
    rival = waiting_claim(make_user(name="Rita Prova"), association)
    type_in(client, code_sent(client))
    assert list_representatives(association.id) == []
    client.sign_in(make_user(roles=(Role.STAFF,)))
    case = db.session.scalars(select(Case).where(Case.subject_id == rival.id)).one()
    page = client.get(f"/gestione/coda/{case.id}").text
    for words in ("Rita Prova", "Ivo Prova", "Confermato", "non confermato", "restano in attesa"):
        assert words in page


def test_accepting_one_claim_refuses_no_other(client, claimant, association):
    clerk = make_user(roles=(Role.STAFF,))
    rita = make_user(name="Rita Prova")
    first, second = waiting_claim(rita, association), waiting_claim(claimant, association)
    case = db.session.scalars(select(Case).where(Case.subject_id == first.id)).one()
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=CaseAction.ACCEPT,
        reason="Il verbale lo mostra.",
    )  # fmt: skip
    db.session.commit()
    assert db.session.get(Claim, second.id).state is RequestState.SUBMITTED


def test_own_claim_that_waits_is_closed_by_the_code(client, claimant, association):
    waiting_claim(claimant, association)
    assert type_in(client, code_sent(client)).location == DESK
    states = sorted(c.state for c in db.session.scalars(select(Claim)))
    assert states == [RequestState.ACCEPTED, RequestState.WITHDRAWN]
    assert db.session.scalars(select(Case)).one().state is CaseState.WITHDRAWN


def test_own_claim_beside_another_keeps_its_place_and_is_confirmed(client, claimant, association):
    mine = waiting_claim(claimant, association)
    waiting_claim(make_user(), association)
    assert type_in(client, code_sent(client)).location == f"/registro/rivendicazioni/{mine.id}"
    assert db.session.get(Claim, mine.id).certified_at is not None
    assert "codice confermato" in client.get(f"/registro/rivendicazioni/{mine.id}").text


def test_representative_needs_no_code(client, claimant, association):
    make_representative(claimant, association)
    assert client.get(CODE).location == DESK
    assert client.submit(f"{CODE}/manda").status_code == 409
    assert type_in(client, "123456").status_code == 409


def test_removed_association_sends_no_code_and_a_merged_one_leads_on(client, claimant):
    kept = make_association(name="Rimasta", slug="rimasta")
    middle = make_association(
        name="Di mezzo", slug="di-mezzo", state=AssociationState.REMOVED,
        removal_cause=RemovalCause.DUPLICATE, merged_into_id=kept.id,
    )  # fmt: skip
    make_association(
        name="Prima", slug="prima", state=AssociationState.REMOVED, certified_email=PEC,
        removal_cause=RemovalCause.DUPLICATE, merged_into_id=middle.id,
    )  # fmt: skip
    make_association(
        name="Tolta", slug="tolta", state=AssociationState.REMOVED, certified_email=PEC
    )
    assert client.get("/registro/prima/rivendica").location == "/registro/rimasta/rivendica"
    assert client.get("/registro/prima/rivendica/codice").status_code == 404
    assert client.get("/registro/tolta/rivendica").status_code == 404
    assert client.submit("/registro/tolta/rivendica/codice/manda").status_code == 404


def test_documents_come_with_the_claim_and_the_office_sees_them(client, claimant, association):
    answer = client.submit(
        CLAIM,
        {
            "applicant_role": "presidente",
            "evidence": "Vedi il verbale.",
            "has_declared": "y",
            "documents": [(BytesIO(A_PDF), "verbale.pdf"), (BytesIO(A_PDF), "statuto.pdf")],
        },
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    assert "verbale.pdf" in client.get(answer.location).text
    case = db.session.scalars(select(Case)).one()
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(f"/gestione/coda/{case.id}").text
    assert "verbale.pdf" in page
    assert "statuto.pdf" in page


def test_document_that_is_none_is_said_at_its_field_and_nothing_is_kept(
    client, claimant, association
):
    answer = client.submit(
        CLAIM,
        {
            "applicant_role": "presidente", "evidence": "x", "has_declared": "y",
            "documents": (BytesIO(b"MZ\x90\x00"), "verbale.pdf"),
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert answer.status_code == 422
    assert db.session.scalar(select(func.count()).select_from(CaseAttachment)) == 0
    assert db.session.scalar(select(func.count()).select_from(Claim)) == 0


def test_codes_are_throttled(app, settings, claimant, association):
    made = create_app(
        replace(settings, is_testing=False), database_url=app.config["SQLALCHEMY_DATABASE_URI"]
    )
    made.test_client_class = StrictClient
    browser = made.test_client()
    browser.sign_in(claimant)
    try:
        statuses = [browser.submit(f"{CODE}/manda").status_code for _ in range(31)]
        assert statuses == [303] * 30 + [429]
    finally:
        with made.app_context():
            db.engine.dispose()
        limiter.reset()
        limiter.enabled = False
