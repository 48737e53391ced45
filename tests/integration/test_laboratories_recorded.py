"""Proposals from phone, mail or paper, and their authors who find them (behaviour 29)."""

import hashlib
from datetime import timedelta
from io import BytesIO

import pytest

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.laboratories.models import Proposal, ProposalFile
from portal.laboratories.services import (
    ProposalContent,
    claim_code_of,
    claim_proposal,
    mend_recorded,
    submit_proposal,
)
from portal.laboratories.states import Origin, Phase, ProposalState
from portal.moderation.states import CaseAction
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.files import PDF
from tests.factories.laboratories import (
    case_of,
    decide,
    district_id_of,
    make_laboratory,
    make_submitted,
)
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import make_recorded


@pytest.fixture
def laboratory(database):
    return make_laboratory()


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Ufficio", email="carla@example.org", roles=(Role.STAFF,))


@pytest.fixture
def told(laboratory, clerk):
    return make_recorded(laboratory, clerk)


def desk(laboratory, step: str = "/nuova") -> str:
    return f"/gestione/laboratori/{laboratory.slug}/proposte{step}"


def filled(**more: object) -> dict[str, object]:
    return {
        "title": "Una fontanella",
        "text": "Chi gioca non ha da bere.",
        "origin": "paper",
        "author_name": "Bruno Carta",
        "author_contact": "0522 111 222",
        "form_key": "d" * 32,
    } | more


def said(response) -> str:
    return texts(parse(response.text))


def mails_to(address: str) -> list[str]:
    statement = db.select(MailMessage.subject).where(MailMessage.recipient == address)
    return list(db.session.scalars(statement.order_by(MailMessage.id)))


def test_it_is_handed_in_at_once_with_its_scan_and_a_code(client, laboratory, clerk):
    client.sign_in(clerk)
    sent = filled(scans=(BytesIO(PDF), "foglio.pdf"))
    answer = client.submit(desk(laboratory), sent, content_type="multipart/form-data")
    proposal = db.session.scalars(db.select(Proposal)).one()
    code = claim_code_of(proposal.id)
    assert (proposal.state, proposal.origin, proposal.author_id) == (
        ProposalState.SUBMITTED,
        Origin.PAPER,
        None,
    )
    assert proposal.claim_key == hashlib.sha256(code.encode()).hexdigest()
    assert db.session.scalars(db.select(ProposalFile)).one().title == "Scansione della proposta"
    page = client.get(answer.location)
    assert code in said(page)
    assert "0522 111 222" in said(page)
    receipt = client.get(answer.location.replace("registrata", "ricevuta.pdf"))
    assert receipt.mimetype == "application/pdf"
    assert receipt.data.startswith(b"%PDF-")
    assert receipt.headers["Cache-Control"] == "no-store"


def test_the_same_form_twice_is_one_proposal(client, laboratory, clerk):
    client.sign_in(clerk)
    first, second = (client.submit(desk(laboratory), filled()).location for _ in range(2))
    assert first == second
    assert db.session.scalar(db.select(db.func.count(Proposal.id))) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"author_name": ""}, "Scrivi il nome."),
        ({"author_contact": ""}, "Scrivi un telefono o un indirizzo"),
        ({"origin": "online"}, "Scegli"),
        ({"origin": ""}, "Scegli come è arrivata."),
        ({"account": "nessuno@example.org"}, "Non c’è un account con questo indirizzo"),
        ({"account": "abc"}, "Non c’è un account con questo indirizzo"),
        ({"account": "carla@example.org"}, "Questo è il tuo account"),
        ({"title": ""}, "Scrivi un titolo"),
        ({"text": ""}, "Racconta la tua idea"),
        ({"author_name": "a" * 151}, "Accorcia il nome"),
        ({"author_contact": "a" * 201}, "Usa al massimo 200"),
        ({"author_name": "gira\u202eta"}, "caratteri invisibili"),
    ],
)
def test_what_is_missing_is_said_and_nothing_lost(client, laboratory, clerk, changed, words):
    client.sign_in(clerk)
    answer = client.submit(desk(laboratory), filled(**changed))
    assert answer.status_code == 422
    assert words in said(answer)
    assert db.session.scalar(db.select(db.func.count(Proposal.id))) == 0


def test_a_tap_at_the_desk_keeps_what_was_typed(client, laboratory, clerk):
    client.sign_in(clerk)
    answer = client.submit(
        desk(laboratory, "/nuova/punto"), filled(**{"spot.x": "28", "spot.y": "28"})
    )
    assert "Bruno Carta" in answer.text
    assert 'name="map_x" value="100"' in answer.text


def test_for_who_has_an_account_it_is_theirs_at_once(client, laboratory, clerk):
    ines = make_user(name="Ines Prova", email="ines@example.org")
    client.sign_in(clerk)
    sent = filled(account="INES@example.org", author_contact="")
    answer = client.submit(desk(laboratory), sent)
    proposal = db.session.scalars(db.select(Proposal)).one()
    assert (proposal.author_id, proposal.claim_key, proposal.author_contact) == (
        ines.id,
        None,
        None,
    )
    assert "Codice" not in said(client.get(answer.location))
    assert case_of(proposal).applicant_id == ines.id
    assert len(mails_to("ines@example.org")) == 1
    assert mails_to("carla@example.org") == []
    client.sign_in(ines)
    assert client.get(f"/laboratori/{laboratory.slug}/proposte/{proposal.id}").status_code == 200


def test_a_letter_may_take_its_days_but_not_another_phase(client, clerk):
    late = make_laboratory(title="Tardi", opens_in=-20, closes_in=-1)
    client.sign_in(clerk)
    assert client.submit(desk(late), filled()).status_code == 303
    over = make_laboratory(title="Finito", phase=Phase.SHARING)
    answer = client.submit(desk(over), filled(form_key="e" * 32))
    assert answer.status_code == 409
    assert "Chi gioca non ha da bere." in answer.text


def test_only_who_leads_the_laboratory_writes_down(client, laboratory):
    mine = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("h"))
    other = make_user(roles=(Role.ARCHITECT,), district_id=district_id_of("a"))
    for person, status in ((mine, 200), (other, 403), (make_user(), 403)):
        client.sign_in(person)
        assert client.get(desk(laboratory)).status_code == status


def test_who_wrote_it_down_does_not_decide_and_is_told_to_call(told, clerk):
    assert case_of(told).applicant_id == clerk.id
    decide(told, CaseAction.ACCEPT, reason="Bella.")
    assert mails_to("carla@example.org") == ["Chiama Bruno Carta per “Una fontanella”"]


def test_what_was_sent_back_is_mended_at_the_desk(client, told, laboratory, clerk):
    decide(told, CaseAction.RETURN, reason="Dove?")
    client.sign_in(clerk)
    here = desk(laboratory, f"/{told.id}/sistema")
    page = said(client.get(here))
    assert "Dove?" in page
    assert "0522 111 222" in page
    assert client.submit(here, filled(title="")).status_code == 422
    for _ in range(2):
        answer = client.submit(here, filled(place_words="al campetto"))
        assert answer.status_code == 303
    db.session.refresh(told)
    assert (told.state, told.place_words) == (ProposalState.SUBMITTED, "al campetto")
    decide(told, CaseAction.ACCEPT)
    with pytest.raises(ForbiddenStepError):
        mend_recorded(
            actor=actor_of(clerk), proposal_id=told.id, content=ProposalContent(title="A", text="B")
        )


def test_the_author_claims_it_once_with_the_code(client, told, clerk):
    code = claim_code_of(told.id)
    bruno = make_user(name="Bruno Carta", email="bruno@example.org")
    client.sign_in(bruno)
    answer = client.submit("/laboratori/rivendica", {"code": f" {code.lower().replace('-', ' ')} "})
    page = client.get(answer.location)
    assert "Questa proposta ora è tua" in said(page)
    assert "Ritira la proposta" in said(page)
    db.session.refresh(told)
    assert (told.author_id, told.claim_key, told.author_contact) == (bruno.id, None, None)
    assert case_of(told).applicant_id == bruno.id
    assert mails_to("carla@example.org") == ["“Una fontanella” ha ritrovato chi l’ha proposta"]
    client.sign_in(make_user())
    again = client.submit("/laboratori/rivendica", {"code": code})
    assert again.status_code == 422
    assert "ogni codice vale una volta sola" in said(again)


def test_a_claimed_proposal_goes_on_as_the_authors_own(told):
    bruno = make_user(name="Bruno Carta", email="bruno@example.org")
    decide(told, CaseAction.RETURN, reason="Dove?")
    claim_proposal(actor=actor_of(bruno), code=claim_code_of(told.id))
    db.session.commit()
    submit_proposal(actor=actor_of(bruno), proposal_id=told.id, version=told.version)
    db.session.commit()
    decide(told, CaseAction.ACCEPT)
    assert mails_to("bruno@example.org")[-1] == "La tua proposta è pubblica: Una fontanella"


def test_who_wrote_it_down_does_not_claim_it(told, clerk):
    with pytest.raises(RuleBrokenError):
        claim_proposal(actor=actor_of(clerk), code=claim_code_of(told.id))


@pytest.mark.parametrize(
    "typed", ["", "AAAA-2222", "a", "\x00", "x" * 500, "\u202eABCD-2345", "' OR 1=1"]
)
def test_a_code_that_is_none_opens_nothing(client, told, typed):
    client.sign_in(make_user())
    assert client.submit("/laboratori/rivendica", {"code": typed}).status_code == 422
    assert told.author_id is None


def test_codes_of_others_do_not_open_this_one(laboratory, clerk, told):
    other = make_recorded(laboratory, clerk, title="Altra")
    assert claim_code_of(other.id) != claim_code_of(told.id)
    claim_proposal(actor=actor_of(make_user()), code=claim_code_of(other.id))
    db.session.refresh(told)
    assert told.author_id is None


def test_what_was_written_online_has_no_receipt(client, laboratory, clerk):
    proposal = make_submitted(laboratory, make_user())
    client.sign_in(clerk)
    for step in ("registrata", "ricevuta.pdf", "sistema"):
        assert client.get(desk(laboratory, f"/{proposal.id}/{step}")).status_code == 404


def test_the_contact_is_for_the_office_alone(client, told, laboratory):
    with frozen(utc_now() + timedelta(minutes=1)):
        decide(told, CaseAction.ACCEPT)
    page = f"/laboratori/{laboratory.slug}/proposte/{told.id}"
    for person in (None, make_user()):
        if person:
            client.sign_in(person)
        assert "0522 111 222" not in client.get(page).text
        assert "Bruno C." in client.get(page).text
        assert "raccontata al telefono" in client.get(page).text
