"""Asking to be included: the steps, the summary, handing in, and what a decision does."""

import threading
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.core.database import db
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Role
from portal.registry.models import Association, RegistryRequest, Representative
from portal.registry.queries import (
    find_first_association_of,
    find_represented,
    find_request_under_way,
)
from portal.registry.services import submit_request, withdraw_request
from portal.registry.states import AssociationState, RequestState
from tests.factories.files import PDF
from tests.factories.people import actor_of, make_user
from tests.factories.registry import CITY, make_association, tax_code_of
from tests.factories.registry_requests import (
    case_of,
    decide,
    hand_in,
    make_draft,
    request_of,
)
from tests.sql_counter import counted_sql

REASON = "Tutto in ordine: benvenute."
CODE = tax_code_of(4321)
MISTYPED = CODE[:-1] + str((int(CODE[-1]) + 1) % 10)

ELEVEN = {"officers-name": [*"ABCDEFGHIJK"], "officers-role": [*"ABCDEFGHIJK"]}

STEPS = {
    "associazione": {
        "name": "Lettori dei cortili (inventata)",
        "acronym": "LdC",
        "tax_code": CODE,
        "kind": "aps",
    },
    "attivita": {
        "municipality_code": CITY,
        "areas": ["cultura", "sociale"],
        "description": "Leggiamo ad alta voce nei cortili.\n\nAnche d’inverno.",
        "purposes": "Promuovere la lettura.",
        "audience": "famiglie",
        "meeting_times": "Giovedì 18–20",
    },
    "recapiti": {
        "email": "lettori@example.org",
        "phone": "0522 123456",
        "is_phone_public": "y",
        "website": "www.example.org/lettori",
        "address": "via della Prova 3",
        "certified_email": "lettori@pec.example.org",
    },
    "persone": {
        "legal_representative": "Bruna Prova",
        "officers-name": ["Carlo Prova", "", " "],
        "officers-role": ["tesoriere", "", ""],
    },
    "documenti": {},
    "dichiarazione": {"applicant_role": "presidente", "has_declared": "y"},
}


@pytest.fixture
def applicant(client):
    person = make_user(name="Bruna Prova", email="bruna@example.org")
    client.sign_in(person)
    return person


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


def step(name):
    return f"/registro/richiesta/{name}"


def documents():
    return {
        "deed": (BytesIO(PDF), "atto.pdf"),
        "bylaws": (BytesIO(PDF), "statuto.pdf"),
    }


def write_all(client):
    for name, data in STEPS.items():
        files = documents() if name == "documenti" else {}
        response = client.submit(step(name), data | files)
        assert response.status_code == 303, response.text
    return response


def send(client):
    return client.submit("/registro/richiesta/riepilogo")


def mails_to(person):
    return list(
        db.session.scalars(
            select(MailMessage)
            .where(MailMessage.recipient == person.email)
            .order_by(MailMessage.id)
        )
    )


# --- the card and the steps


def test_everybody_can_read_who_may_ask_and_how_long_it_takes(client):
    page = client.get("/registro/richiesta").text
    assert "30 giorni" in page
    assert step("associazione") in page


def test_a_visitor_is_sent_to_sign_in_and_back_to_the_step(client):
    response = client.get(step("associazione"))
    assert response.status_code == 303
    assert "/accedi?next=" in response.location
    assert "richiesta" in response.location


def test_a_person_writes_each_step_and_hands_the_request_in(client, applicant):
    assert write_all(client).location == "/registro/richiesta/riepilogo"
    summary = client.get("/registro/richiesta/riepilogo").text
    for words in ("Lettori dei cortili (inventata)", CODE, "Cultura e ricerca", "presidente"):
        assert words in summary
    response = send(client)
    request = request_of(applicant)
    assert response.location == f"/registro/richieste/{request.id}"
    assert request.state is RequestState.SUBMITTED
    assert request.website == "https://www.example.org/lettori"
    case = find_case_of(CaseKind.REGISTRY_REQUEST, request.id)
    assert case.title == "Lettori dei cortili (inventata)"
    receipt = client.get(response.location).text
    assert case.case_number in receipt
    assert "Rispondiamo entro" in receipt
    (mail,) = mails_to(applicant)
    assert case.case_number in mail.text_body
    assert f"/registro/richieste/{request.id}" in mail.text_body
    steps = list_history(subject_kind="registry_request", subject_id=request.id)
    assert [(s.action, s.to_state) for s in steps] == [("submit", "submitted")]


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("associazione", {"name": ""}, "Scrivi il nome"),
        ("associazione", {"name": "x" * 201}, "al massimo 200"),
        ("associazione", {"name": "Amici\x00"}, "caratteri invisibili"),
        ("associazione", {"name": "Amici\u202eicimA"}, "caratteri invisibili"),
        ("associazione", {"tax_code": "12345"}, "11 cifre"),
        ("associazione", {"tax_code": MISTYPED}, "un carattere è sbagliato"),
        ("associazione", {"kind": ""}, "Scegli il tipo"),
        ("associazione", {"kind": "banda"}, "Scegli una delle voci"),
        ("attivita", {"municipality_code": ""}, "Scegli il comune"),
        ("attivita", {"municipality_code": "999999"}, "Scegli una delle voci"),
        ("attivita", {"district_id": "9" * 30}, "Scegli una delle voci"),
        ("attivita", {"district_id": "abc"}, "Scegli una delle voci"),
        ("attivita", {"areas": []}, "almeno un ambito"),
        ("attivita", {"areas": ["cultura", "astrologia"]}, "Scegli una delle voci"),
        ("attivita", {"description": "x" * 2001}, "al massimo 2000"),
        ("recapiti", {"email": "non-e-un-indirizzo"}, "nome@example.org"),
        ("recapiti", {"phone": "chiamami"}, "numero di telefono"),
        ("recapiti", {"website": "javascript://alert"}, "indirizzo del sito"),
        ("recapiti", {"website": "due parole"}, "indirizzo del sito"),
        ("attivita", {"purposes": " "}, "le finalità"),
        ("attivita", {"purposes": "x" * 3001}, "al massimo 3000"),
        ("attivita", {"meeting_times": "x" * 1001}, "al massimo 1000"),
        ("recapiti", {"certified_email": "pec"}, "indirizzo PEC"),
        ("persone", {"legal_representative": ""}, "chi firma"),
        ("persone", {"legal_representative": "B\u202eanurB"}, "caratteri invisibili"),
        ("persone", {"officers-name": "Ada", "officers-role": ""}, "scrivi anche il ruolo"),
        ("persone", {"officers-name": ["A", ""], "officers-role": ["a", "b"]}, "Persona 2: scrivi"),
        ("persone", {"officers-name": "A\x00da", "officers-role": "x"}, "Persona 1: ci sono"),
        ("persone", {"officers-name": "A" * 121, "officers-role": "x"}, "Persona 1: è troppo"),
        ("persone", ELEVEN, "al massimo 10 persone"),
        ("dichiarazione", {"has_declared": ""}, "Spunta la dichiarazione"),
        ("dichiarazione", {"applicant_role": " "}, "che ruolo hai"),
    ],
)  # fmt: skip
def test_a_wrong_answer_is_said_at_its_field_and_nothing_is_kept(
    client, applicant, name, changes, words
):
    response = client.submit(step(name), {**STEPS[name], **changes})
    assert response.status_code == 422
    assert words in response.text
    assert "error-words" in response.text
    assert find_request_under_way(applicant.id) is None


def test_what_was_typed_stays_on_a_refused_page(client, applicant):
    text = 'Amici di "Ada" <b>&amp; altri</b>'
    response = client.submit(step("associazione"), {"name": text, "tax_code": "1"})
    assert response.status_code == 422
    assert "<b>" not in response.text.split("<form")[-1]
    assert "Amici di &#34;Ada&#34; &lt;b&gt;" in response.text


@pytest.mark.parametrize("name", ["+Sport (inventata)", "- 2001 -", "=1+1", "'quoted\"", "1984"])
def test_strange_names_are_kept_as_they_are(client, applicant, name):
    client.submit(step("associazione"), {**STEPS["associazione"], "name": name})
    assert find_request_under_way(applicant.id).name == name
    client.get("/registro/richiesta/riepilogo")


def test_save_and_go_on_later_keeps_a_half_written_step(client, applicant):
    response = client.submit(step("associazione"), {"name": "Amici a metà", "poi": "dopo"})
    assert response.location == "/registro/richiesta"
    card = client.get(response.location).text
    assert "Amici a metà" in card
    assert 'value="Amici a metà"' in client.get(step("associazione")).text
    assert "Qui manca qualcosa" in client.get("/registro/richiesta/riepilogo").text


def test_save_and_go_on_later_still_refuses_what_is_wrong(client, applicant):
    response = client.submit(step("associazione"), {"tax_code": "77", "poi": "dopo"})
    assert response.status_code == 422


def test_an_incomplete_draft_cannot_be_sent(client, applicant):
    client.submit(step("associazione"), STEPS["associazione"])
    response = send(client)
    assert response.status_code == 422
    assert request_of(applicant).state is RequestState.DRAFT
    assert mails_to(applicant) == []


def test_the_district_is_dropped_outside_the_city(client, applicant):
    from portal.territory.queries import list_districts

    district = list_districts()[0]
    data = {**STEPS["attivita"], "district_id": str(district.id)}
    client.submit(step("attivita"), data)
    assert find_request_under_way(applicant.id).district_name == district.name
    client.submit(step("attivita"), {**data, "municipality_code": "035001"})
    assert find_request_under_way(applicant.id).district_id is None


def test_a_draft_can_be_thrown_away_and_leaves_nothing(client, applicant):
    client.submit(step("associazione"), STEPS["associazione"])
    client.submit("/registro/richiesta/scarta")
    assert db.session.scalar(select(func.count()).select_from(RegistryRequest)) == 0
    assert client.submit("/registro/richiesta/scarta").status_code == 404


def test_unknown_steps_are_not_found(client, applicant):
    assert client.get(step("segreto")).status_code == 404
    assert client.get("/registro/richiesta/riepilogo").location == "/registro/richiesta"


# --- tax codes and doubles


def test_a_listed_tax_code_leads_to_the_claim(client, applicant):
    make_association(name="Già in elenco", slug="gia-in-elenco", tax_code=CODE)
    response = client.submit(step("associazione"), STEPS["associazione"])
    assert response.status_code == 422
    assert "/registro/gia-in-elenco/rivendica" in response.text
    assert find_request_under_way(applicant.id) is None


def test_an_association_listed_while_the_draft_waits_stops_the_sending(client, applicant):
    make_draft(applicant)
    make_association(name="Entrata prima", slug="entrata-prima", tax_code=tax_code_of(700))
    response = send(client)
    assert response.status_code == 422
    assert "/registro/entrata-prima/rivendica" in response.text


def test_the_same_tap_twice_is_one_request(client, applicant):
    make_draft(applicant)
    first, second = send(client), send(client)
    assert first.location == second.location
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1
    assert len(mails_to(applicant)) == 1


def test_two_taps_at_the_same_moment_are_one_request(app, applicant):
    make_draft(applicant)
    actor, outcomes = actor_of(applicant), []

    def tap():
        with app.test_request_context():
            try:
                outcomes.append(submit_request(actor=actor).id)
                db.session.commit()
            finally:
                db.session.remove()

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert len(set(outcomes)) == 1
    assert len(outcomes) == 2
    assert db.session.scalar(select(func.count()).select_from(Case)) == 1


def test_a_second_person_cannot_ask_for_the_same_tax_code(client, applicant):
    hand_in(make_user())
    make_draft(applicant)
    response = send(client)
    assert response.status_code in {409, 422}
    assert "Qualcuno ha già chiesto" in response.text
    assert request_of(applicant).state is RequestState.DRAFT


def test_what_waits_cannot_be_edited(client, applicant):
    request = hand_in(applicant)
    assert client.get(step("associazione")).location == f"/registro/richieste/{request.id}"
    assert client.submit(step("recapiti"), STEPS["recapiti"]).status_code == 409
    assert client.get("/registro/richiesta/riepilogo").location.endswith(str(request.id))


# --- who sees it


def test_a_stranger_and_a_clerk_do_not_find_somebodys_request(client, applicant, clerk):
    request = hand_in(applicant)
    address = f"/registro/richieste/{request.id}"
    assert client.get(address).status_code == 200
    for person in (make_user(), clerk):
        client.sign_in(person)
        assert client.get(address).status_code == 404
        assert client.submit(f"{address}/ritira").status_code == 404
    client.sign_out()
    assert client.get(address).status_code == 303
    client.sign_in(applicant)
    assert client.get(f"/registro/richieste/{9 * 10**30}").status_code == 404
    assert client.get("/registro/richieste/999999").status_code == 404


def test_nobody_reads_the_draft_of_somebody_else(client, applicant):
    draft = make_draft(make_user())
    assert client.get(f"/registro/richieste/{draft.id}").status_code == 404
    assert "Amici della Prova" not in client.get(step("associazione")).text


# --- decisions


def test_acceptance_enters_the_association_and_makes_the_applicant_its_representative(
    client, applicant, clerk
):
    request = hand_in(applicant, is_phone_public=False, is_address_public=True)
    decide(clerk, request, CaseAction.ACCEPT, REASON)
    association = db.session.get(Association, request_of(applicant).association_id)
    assert association.state is AssociationState.ENROLLED
    assert association.email == "amici@example.org"
    assert association.phone is None
    assert association.address == "via della Prova 1"
    assert sorted(area.code for area in association.areas) == ["cultura", "sport"]
    assert find_represented(applicant.id).association_ids == {association.id}
    assert find_first_association_of(applicant.id).slug == association.slug
    assert [
        s.action for s in list_history(subject_kind="association", subject_id=association.id)
    ] == ["add_representative", "enrol"]
    mail = mails_to(applicant)[-1]
    assert REASON in mail.text_body
    assert f"/registro/richieste/{request.id}" in mail.text_body
    client.sign_in(applicant)
    assert client.get(f"/associazione/{association.slug}/").status_code == 200
    page = client.get(f"/registro/richieste/{request.id}").text
    assert f"/associazione/{association.slug}/" in page
    assert REASON in page


def test_a_request_can_be_withdrawn_and_then_not_be_decided(client, applicant, clerk):
    request = hand_in(applicant)
    address = f"/registro/richieste/{request.id}"
    assert client.submit(f"{address}/ritira").location == address
    assert "ritirat" in client.get(address).text
    assert client.submit(f"{address}/ritira").status_code == 404
    case = case_of(request)
    with pytest.raises(ForbiddenStepError):
        decide_case(
            actor=actor_of(clerk), case_id=case.id, version=case.version,
            action=CaseAction.ACCEPT, reason=REASON,
        )  # fmt: skip


def test_an_accepted_request_cannot_be_withdrawn(applicant, clerk):
    request = hand_in(applicant)
    decide(clerk, request, CaseAction.ACCEPT, REASON)
    with pytest.raises(NotFoundError):
        withdraw_request(actor=actor_of(applicant), request_id=request.id)


def test_staff_sees_checks_and_decides_on_the_case_page(client, applicant, clerk):
    make_association(name="Amici della Prova inventata")
    request = hand_in(applicant)
    case = case_of(request)
    client.sign_in(clerk)
    page = client.get(f"/gestione/coda/{case.id}").text
    for words in ("la cifra di controllo torna", "non è ancora nel registro", "Stesso nome"):
        assert words in page
    response = client.submit(
        f"/gestione/coda/{case.id}/decidi",
        {"version": case.version, "decision": "accept", "reason": REASON},
    )
    assert response.status_code == 303
    assert request_of(applicant).state is RequestState.ACCEPTED
    assert "Già iscritta" not in client.get(f"/gestione/coda/{case.id}").text


def test_the_second_decider_is_told_and_changes_nothing(client, applicant, clerk):
    request = hand_in(applicant)
    seen = case_of(request).version
    case_id = case_of(request).id
    decide(clerk, request, CaseAction.ARCHIVE, "Doppione.")
    client.sign_in(make_user(roles=(Role.STAFF,)))
    response = client.submit(
        f"/gestione/coda/{case_id}/decidi",
        {"version": seen, "decision": "accept", "reason": REASON},
    )
    assert response.status_code == 409
    assert request_of(applicant).state is RequestState.ARCHIVED
    assert db.session.scalar(select(func.count()).select_from(Association)) == 0
    assert db.session.scalar(select(func.count()).select_from(Representative)) == 0


def test_what_was_listed_meanwhile_cannot_be_entered_twice(client, applicant, clerk):
    request = hand_in(applicant)
    make_association(name="Arrivata con un elenco", tax_code=request.tax_code)
    case = case_of(request)
    client.sign_in(clerk)
    assert "Arrivata con un elenco" in client.get(f"/gestione/coda/{case.id}").text
    response = client.submit(
        f"/gestione/coda/{case.id}/decidi",
        {"version": case.version, "decision": "accept", "reason": REASON},
    )
    assert response.status_code == 409
    assert "archivia la richiesta" in response.text
    assert request_of(applicant).state is RequestState.SUBMITTED
    assert case_of(request).state is CaseState.WAITING
    assert len(mails_to(applicant)) == 1


def test_a_removed_association_that_asks_again_is_entered_again(applicant, clerk):
    gone = make_association(name="Tolta", tax_code=tax_code_of(700), state=AssociationState.REMOVED)
    request = hand_in(applicant)
    decide(clerk, request, CaseAction.ACCEPT, REASON)
    assert request_of(applicant).association_id == gone.id
    assert db.session.get(Association, gone.id).state is AssociationState.ENROLLED


def test_pages_of_a_request_need_few_queries(client, applicant, clerk):
    request = hand_in(applicant)
    with counted_sql() as own:
        client.get(f"/registro/richieste/{request.id}")
    assert len(own) <= 10
    for number in range(5):
        make_association(name=f"Amici della Prova {number}")
        hand_in(make_user(), tax_code=tax_code_of(800 + number))
    address = f"/gestione/coda/{case_of(request).id}"
    client.sign_in(clerk)
    with counted_sql() as staff:
        client.get(address)
    # Two of them are of the request; the rest is the queue, the clock, letters, conversation.
    assert len(staff) <= 12, "\n".join(staff)
