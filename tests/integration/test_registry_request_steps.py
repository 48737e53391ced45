"""Steps with more than text: people in rows, documents, two windows, a code while it is typed."""

import gc
import threading
from io import BytesIO

import pytest
from sqlalchemy import func, select

from portal.core.database import db
from portal.core.files import StoredFile
from portal.permissions import Role
from portal.registry.models import RequestDocument
from portal.registry.queries import find_request_under_way
from portal.registry.services import (
    remove_request_document,
    save_request_documents,
    submit_request,
)
from portal.registry.states import AssociationState, DocumentKind, RequestState
from tests.client import parse
from tests.factories.files import PDF, picture, upload
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association, tax_code_of
from tests.factories.registry_requests import case_of, hand_in, make_draft
from tests.integration.test_throttling import limited_client  # noqa: F401 - a fixture

CODE = tax_code_of(4321)
CHECK = "/registro/richiesta/codice"
PROGRAM = b"MZ\x90\x00" + b"\x00" * 60 + b"This program cannot be run in DOS mode."
ELEVEN_MB = b"%PDF-1.7\n" + b"0" * (11 * 1024 * 1024) + b"\n%%EOF"
LATER = {"poi": "dopo"}

abandons_files = pytest.mark.filterwarnings("ignore:(?i)unclosed file:ResourceWarning")
"""Werkzeug leaves what it has read of a refused body to the garbage collector."""


@pytest.fixture
def applicant(client):
    person = make_user(name="Bruna Prova", email="bruna@example.org")
    client.sign_in(person)
    return person


def step(name):
    return f"/registro/richiesta/{name}"


def stored_files():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(StoredFile))


def hidden(page, name):
    field = next(e for e in parse(page).iter("input") if e.get("name") == name)
    return field.get("value")


# --- people


def test_officers_are_kept_as_rows_and_empty_rows_are_dropped(client, applicant):
    rows = {"officers-name": ["Ada  Prova", "", "Bea Prova"], "officers-role": ["vice", "", "x"]}
    client.submit(step("persone"), {"legal_representative": "Carlo Prova", **rows})
    found = find_request_under_way(applicant.id)
    assert found.legal_representative == "Carlo Prova"
    assert found.officers == [
        {"name": "Ada Prova", "role": "vice"},
        {"name": "Bea Prova", "role": "x"},
    ]


def test_another_person_is_added_without_a_script_and_nothing_is_lost(client, applicant):
    rows = {"officers-name": ["A", "B", "C"], "officers-role": ["a", "b", "c"]}
    response = client.submit(step("persone"), {**rows, "poi": "altra"})
    assert response.location == f"{step('persone')}?persone=4#officers-3-name"
    page = client.get(response.location).text
    assert page.count('name="officers-name"') == 4
    for value in ('value="A"', 'value="b"', 'value="C"'):
        assert value in page


@pytest.mark.parametrize("wanted", ["0", "-5", "99999999999", "tante"])
def test_never_more_than_ten_rows_are_shown(client, applicant, wanted):
    page = client.get(f"{step('persone')}?persone={wanted}").text
    assert 3 <= page.count('name="officers-name"') <= 10


@pytest.mark.parametrize("key", ["officers-" + "9" * 5000 + "-name", "officers-²-name", "officers"])
def test_invented_names_of_fields_are_no_rows(client, applicant, key):
    assert client.submit(step("persone"), {key: "x", **LATER}).status_code == 303
    assert find_request_under_way(applicant.id).officers == []


# --- documents


def test_a_document_is_uploaded_downloaded_replaced_and_taken_away(client, applicant):
    files = {"deed": (BytesIO(PDF), "C:\\carte\\Atto “costitutivo”.pdf"), "poi": "qui"}
    assert client.submit(step("documenti"), files).location == step("documenti")
    request = find_request_under_way(applicant.id)
    address = f"/registro/richieste/{request.id}/documenti/deed"
    assert address in client.get(step("documenti")).text
    answer = client.get(address)
    assert (answer.status_code, answer.data) == (200, PDF)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    client.submit(step("documenti"), {"deed": (BytesIO(picture()), "foto.jpg"), "poi": "qui"})
    assert client.get(address).mimetype == "image/jpeg"
    assert stored_files() == 1
    assert client.submit(step("documenti/deed/togli")).location == step("documenti")
    assert client.get(address).status_code == 404
    assert client.submit(step("documenti/deed/togli")).status_code == 404
    assert stored_files() == 0


def test_going_on_asks_for_deed_and_bylaws_and_keeps_what_came(client, applicant):
    response = client.submit(step("documenti"), {"deed": (BytesIO(PDF), "atto.pdf")})
    assert response.status_code == 422
    assert "Scegli il file dello statuto" in response.text
    assert stored_files() == 0
    client.submit(step("documenti"), {"deed": (BytesIO(PDF), "atto.pdf"), "poi": "qui"})
    response = client.submit(step("documenti"), {"bylaws": (BytesIO(PDF), "statuto.pdf")})
    assert response.status_code == 303
    assert find_request_under_way(applicant.id).document_kinds == [
        DocumentKind.DEED,
        DocumentKind.BYLAWS,
    ]


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (PROGRAM, "statuto.pdf", "non è un PDF"),
        (b"", "statuto.pdf", "vuoto"),
        (ELEVEN_MB, "statuto.pdf", "10 MB"),
        (b"<html><script>alert(1)</script>", "statuto.pdf", "non è un PDF"),
        (b"PK\x03\x04" + b"\x00" * 40, "statuto.pdf", "non è un PDF"),
    ],
)
def test_what_is_no_document_is_refused_at_its_field(client, applicant, content, name, words):
    data = {"deed": (BytesIO(PDF), "atto.pdf"), "bylaws": (BytesIO(content), name)}
    response = client.submit(step("documenti"), data)
    assert response.status_code == 422
    assert words in response.text
    assert 'href="#bylaws"' in response.text
    assert stored_files() == 0


@abandons_files
def test_more_than_the_request_may_hold_is_413_and_leaves_nothing(client, applicant):
    data = {"deed": (BytesIO(ELEVEN_MB), "a.pdf"), "bylaws": (BytesIO(ELEVEN_MB), "s.pdf")}
    assert client.submit(step("documenti"), data).status_code == 413
    assert find_request_under_way(applicant.id) is None
    assert stored_files() == 0
    gc.collect()


@abandons_files
def test_an_upload_that_breaks_off_leaves_nothing(client, applicant):
    boundary = "x1"
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n'
        f"{client.csrf_token()}\r\n--{boundary}\r\n"
        'Content-Disposition: form-data; name="deed"; filename="atto.pdf"\r\n\r\n%PDF-1.7 a'
    ).encode()
    response = client.post(
        step("documenti"),
        input_stream=BytesIO(body),
        content_type=f"multipart/form-data; boundary={boundary}",
        environ_overrides={"CONTENT_LENGTH": str(len(body) + 5_000)},
    )
    assert response.status_code in {400, 422}
    assert find_request_under_way(applicant.id) is None
    assert stored_files() == 0
    gc.collect()


def test_a_request_without_its_documents_is_not_sent(client, applicant):
    make_draft(applicant, documents=(DocumentKind.DEED,))
    summary = client.get("/registro/richiesta/riepilogo").text
    assert "Qui manca qualcosa" in summary
    assert "Manca" in summary
    assert client.submit("/registro/richiesta/riepilogo").status_code == 422
    assert find_request_under_way(applicant.id).state is RequestState.DRAFT


def test_a_document_taken_away_while_the_request_is_sent_comes_too_late_or_stops_it(app, applicant):
    """Both wait for the same row: what is sent has its documents."""
    make_draft(applicant)
    actor, outcomes = actor_of(applicant), []

    def act(what):
        with app.test_request_context():
            try:
                what()
                db.session.commit()
                outcomes.append("done")
            except Exception as error:  # noqa: BLE001 - any refusal is an outcome here
                db.session.rollback()
                outcomes.append(type(error).__name__)
            finally:
                db.session.remove()

    acts = [
        lambda: submit_request(actor=actor),
        lambda: remove_request_document(actor=actor, kind=DocumentKind.DEED),
    ]
    threads = [threading.Thread(target=act, args=(what,)) for what in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[1] == "done"
    db.session.rollback()
    request = find_request_under_way(applicant.id)
    assert (request.state is RequestState.SUBMITTED) == (not request.missing_documents)


def test_documents_are_read_by_their_owner_and_the_office_alone(client, applicant):
    request = hand_in(applicant)
    address = f"/registro/richieste/{request.id}/documenti/bylaws"
    statuses = {}
    for who, person in {
        "owner": applicant,
        "clerk": make_user(roles=(Role.STAFF,)),
        "administrator": make_user(roles=(Role.ADMINISTRATOR,)),
        "stranger": make_user(),
    }.items():
        client.sign_in(person)
        statuses[who] = client.get(address).status_code
    assert statuses == {"owner": 200, "clerk": 200, "administrator": 200, "stranger": 404}
    assert client.get(f"/registro/richieste/{request.id}/documenti/segreto").status_code == 404
    client.sign_out()
    assert client.get(address).location.startswith("/accedi")


def test_the_office_does_not_read_drafts(client, applicant):
    draft = make_draft(applicant)
    client.sign_in(make_user(roles=(Role.STAFF,)))
    assert client.get(f"/registro/richieste/{draft.id}/documenti/deed").status_code == 404


def test_the_office_finds_documents_and_what_is_missing_on_the_case(client, applicant):
    request = hand_in(applicant)
    db.session.execute(
        RequestDocument.__table__.delete().where(RequestDocument.kind == DocumentKind.DEED)
    )
    db.session.commit()
    client.sign_in(make_user(roles=(Role.STAFF,)))
    page = client.get(f"/gestione/coda/{case_of(request).id}").text
    assert f"/registro/richieste/{request.id}/documenti/bylaws" in page
    assert "Manca" in page
    for words in ("Carlo Prova, tesoriere", "Promuovere la lettura", "Bruna Prova"):
        assert words in page


def test_a_draft_thrown_away_takes_its_documents_along(client, applicant):
    make_draft(applicant)
    client.submit("/registro/richiesta/scarta")
    assert stored_files() == 0
    assert db.session.scalar(select(func.count()).select_from(RequestDocument)) == 0


def test_a_document_makes_the_draft_if_there_is_none(database):
    person = make_user()
    save_request_documents(actor=actor_of(person), uploads={DocumentKind.DEED: upload(PDF)})
    db.session.commit()
    assert find_request_under_way(person.id).document_kinds == [DocumentKind.DEED]


# --- long texts, two windows, an expired session


def test_three_thousand_characters_are_kept_whole(client, applicant):
    text = ("Promuovere la lettura è bello. " * 97)[:3000].strip()
    client.submit(step("attivita"), {"purposes": text, **LATER})
    assert find_request_under_way(applicant.id).purposes == text
    assert text[-40:] in client.get("/registro/richiesta/riepilogo").text


def test_two_windows_on_the_same_step_are_noticed(client, applicant):
    make_draft(applicant)
    seen = hidden(client.get(step("persone")).text, "seen")
    first = {"legal_representative": "Ada Prova", "seen": seen}
    assert client.submit(step("persone"), first).status_code == 303
    second = {"legal_representative": "Bea Prova", "seen": seen}
    response = client.submit(step("persone"), second)
    assert response.status_code == 422
    assert "un’altra finestra" in response.text
    assert 'value="Bea Prova"' in response.text
    assert find_request_under_way(applicant.id).legal_representative == "Ada Prova"
    again = {**second, "seen": hidden(response.text, "seen")}
    assert client.submit(step("persone"), again).status_code == 303
    assert find_request_under_way(applicant.id).legal_representative == "Bea Prova"


def test_the_same_step_sent_twice_is_no_quarrel(client, applicant):
    data = {"legal_representative": "Ada Prova"}
    data["seen"] = hidden(client.get(step("persone")).text, "seen")
    assert client.submit(step("persone"), data).status_code == 303
    assert client.submit(step("persone"), data).status_code == 303


def test_two_windows_on_different_steps_do_not_meet(client, applicant):
    make_draft(applicant)
    people = hidden(client.get(step("persone")).text, "seen")
    role = hidden(client.get(step("dichiarazione")).text, "seen")
    data = {"applicant_role": "socia", "has_declared": "y", "seen": role}
    assert client.submit(step("dichiarazione"), data).status_code == 303
    data = {"legal_representative": "Ada Prova", "seen": people}
    assert client.submit(step("persone"), data).status_code == 303


def test_an_expired_session_leads_to_signing_in_and_loses_no_draft(client, applicant):
    make_draft(applicant)
    client.sign_out()
    response = client.submit(step("persone"), {"legal_representative": "Ada"})
    assert response.status_code == 303
    assert response.location.startswith("/accedi")
    client.sign_in(applicant)
    assert find_request_under_way(applicant.id).legal_representative == "Bruna Prova"


# --- the tax code while it is typed


def asked(client, code):
    page = client.get(CHECK, query_string={"tax_code": code}, headers={"HX-Request": "true"})
    assert page.status_code == 200
    return page.text


def answer_of(client, code):
    root = parse(f"<!doctype html><title>x</title>{asked(client, code)}")
    return next(e.get("data-answer") for e in root.iter("div") if e.get("id") == "code")


def test_a_code_is_answered_while_it_is_typed(client, applicant):
    assert answer_of(client, "") == "nothing_yet"
    assert answer_of(client, CODE[:5]) == "invalid"
    assert "Per ora 5 caratteri" in asked(client, CODE[:5])
    assert answer_of(client, "9" * 11) == "invalid"
    assert answer_of(client, f" {CODE[:4]} {CODE[4:]} ") == "free"
    assert answer_of(client, "A\x00\u202e<b>") == "invalid"
    assert answer_of(client, "9" * 10_000) == "invalid"


def test_a_listed_code_leads_to_the_claim_at_once(client, applicant):
    make_association(name="Già in elenco", slug="gia-in-elenco", tax_code=CODE)
    assert answer_of(client, CODE) == "listed"
    assert "/registro/gia-in-elenco/rivendica" in asked(client, CODE)


def test_a_code_asked_for_says_no_more_than_that(client, applicant):
    hand_in(make_user(name="Zeno Segreto"), tax_code=CODE, name="Nome segreto")
    text = asked(client, CODE)
    assert answer_of(client, CODE) == "asked"
    assert "segreto" not in text.lower()


def test_my_own_request_does_not_stand_in_my_way(client, applicant):
    make_draft(make_user(), tax_code=CODE)
    assert answer_of(client, CODE) == "free"
    hand_in(applicant, tax_code=CODE)
    assert answer_of(client, CODE) == "free"


def test_a_removed_association_may_ask_again(client, applicant):
    make_association(name="Tolta", tax_code=CODE, state=AssociationState.REMOVED)
    assert answer_of(client, CODE) == "free"


def test_the_code_can_be_checked_without_a_script(client, applicant):
    page = client.get(CHECK, query_string={"tax_code": CODE}).text
    assert "non è ancora nel registro" in page
    assert f'value="{CODE}"' in page
    assert CHECK in client.get(step("associazione")).text


def test_who_is_not_signed_in_checks_nothing(client):
    assert client.get(CHECK, query_string={"tax_code": CODE}).location.startswith("/accedi")


def test_checking_code_after_code_is_slowed_down(limited_client):  # noqa: F811 - the fixture
    limited_client.sign_in(make_user())
    statuses = [limited_client.get(f"{CHECK}?tax_code={n}").status_code for n in range(62)]
    assert statuses == [200] * 60 + [429] * 2
