"""The conversation about a case, its documents, the office's notes, and the terms' page."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.moderation.models import CaseAttachment, CaseMessage, CaseNote
from portal.moderation.queries import find_terms, get_case_row, list_suspensions
from portal.moderation.services import (
    ask_integration,
    give_refusal_notice,
    send_observations,
    take_case,
    write_message,
    write_note,
)
from portal.moderation.states import CaseKind, CaseState, DayCount
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.files import PDF, upload
from tests.factories.moderation import PROCEDURE, known_kinds, make_case
from tests.factories.people import actor_of, make_user

KIND = CaseKind.REGISTRY_REQUEST
NOTE = "Sentita la collega: qualcosa non torna."
ASKED = "Manca lo statuto firmato: puoi mandarlo?"
REASONS = "La sede è fuori dalla provincia."


@pytest.fixture
def kind(client):
    with known_kinds(KIND, decisions=PROCEDURE) as known:
        yield known


@pytest.fixture
def gina(client):
    return make_user(name="Gina Prova", email="gina@example.org")


@pytest.fixture
def clerk(client):
    return make_user(name="Carla Prova", email="carla@example.org", roles=(Role.STAFF,))


@pytest.fixture
def case(kind, gina):
    return make_case(applicant=gina, kind=KIND, title="Amici inventati APS")


def office(case, step=""):
    return f"/gestione/coda/{case.id}{step}"


def own(case, step=""):
    return f"/area-personale/richieste/{case.id}{step}"


def taken(clerk, case):
    take_case(actor=actor_of(clerk), case_id=case.id, version=case.version)
    db.session.commit()


def asked(clerk, case):
    ask_integration(actor=actor_of(clerk), case_id=case.id, version=case.version, text=ASKED)
    db.session.commit()


def noticed(clerk, case):
    give_refusal_notice(actor=actor_of(clerk), case_id=case.id, version=case.version, text=REASONS)
    db.session.commit()


def mails():
    return db.session.scalars(select(MailMessage).order_by(MailMessage.id)).all()


def pdf(name="statuto.pdf", content=PDF):
    return (BytesIO(content), name)


# --- the conversation


def test_the_office_writes_and_the_applicant_reads_it_by_mail_and_on_the_page(
    client, case, clerk, gina
):
    client.sign_in(clerk)
    answer = client.submit(office(case, "/scrivi?vista=mie"), {"message": "Quando ci vediamo?"})
    assert (answer.status_code, answer.location) == (303, f"/gestione/coda/{case.id}?vista=mie")
    assert [m.recipient for m in mails()] == ["gina@example.org"]
    mail = mails()[0]
    assert mail.subject == f"Carla Prova ti scrive sulla richiesta n. {case.case_number}"
    for words in ("Quando ci vediamo?", f"/area-personale/richieste/{case.id}"):
        assert words in mail.text_body
        assert words in mail.html_body
    assert "Quando ci vediamo?" in client.get(office(case)).text
    client.sign_in(gina)
    page = client.get(own(case)).text
    assert "Quando ci vediamo?" in page
    assert "per l’ufficio" in page


def test_the_applicant_answers_with_a_document_and_the_officer_is_mailed(client, case, clerk, gina):
    taken(clerk, case)
    before = len(mails())
    client.sign_in(gina)
    data = {"message": "Ecco il verbale.", "message_documents": [pdf("verbale.pdf")]}
    answer = client.submit(own(case, "/scrivi"), data)
    assert (answer.status_code, answer.location) == (303, own(case))
    assert [m.recipient for m in mails()[before:]] == ["carla@example.org"]
    assert "un documento allegato" not in mails()[-1].text_body
    assert "1 documento allegato" in mails()[-1].text_body
    assert "verbale.pdf" in client.get(own(case)).text
    client.sign_in(clerk)
    assert "verbale.pdf" in client.get(office(case)).text


def test_a_message_about_a_case_that_is_nobodys_waits_without_mail(client, case, gina):
    client.sign_in(gina)
    assert client.submit(own(case, "/scrivi"), {"message": "Ci siete?"}).status_code == 303
    assert mails() == []


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"message": "  "}, "Scrivi il messaggio"),
        ({"message": "x" * 3001}, "al massimo 3000 caratteri"),
        ({"message": "Ciao \x00"}, "invisib"),
        ({"message": "Ciao", "message_documents": [pdf("a.exe", b"MZ\x90\x00")]}, "PDF"),
        ({"message": "Ciao", "message_documents": [pdf("a.pdf", b"MZ\x90\x00")]}, "PDF"),
        ({"message": "Ciao", "message_documents": [pdf("a.pdf", b"")]}, "vuoto"),
    ],
)
def test_a_message_that_cannot_be_sent_says_why_to_both_sides(client, case, clerk, data, words):
    gina = db.session.get(type(clerk), case.applicant_id)
    for who, path in ((gina, own(case, "/scrivi")), (clerk, office(case, "/scrivi"))):
        client.sign_in(who)
        sent = {
            name: [(BytesIO(file.getvalue()), n) for file, n in value]
            if name == "message_documents"
            else value
            for name, value in data.items()
        }
        answer = client.submit(path, sent)
        assert answer.status_code == 422
        assert words in answer.text
        assert "error-summary" in answer.text
    assert db.session.scalars(select(CaseMessage)).all() == []
    assert db.session.scalars(select(CaseAttachment)).all() == []


def test_a_document_is_for_who_asked_and_for_the_office(client, case, clerk, gina):
    write_message(
        actor=actor_of(gina), case_id=case.id, body="Ecco.", uploads=[upload(PDF)],
        is_from_office=False,
    )  # fmt: skip
    db.session.commit()
    path = f"/documenti/{db.session.scalars(select(CaseAttachment.id)).one()}"
    assert client.get(path).location.startswith("/accedi?next=")
    for who, status in ((gina, 200), (clerk, 200), (make_user(), 404)):
        client.sign_in(who)
        answer = client.get(path)
        assert answer.status_code == status
        if status == 200:
            assert answer.data == PDF
            assert "attachment" in answer.headers["Content-Disposition"]
            assert answer.headers["Cache-Control"] == "no-store"
    for wrong in ("0", "999", str(2**63), "x"):
        assert client.get(f"/documenti/{wrong}").status_code == 404


# --- notes


def test_a_note_is_read_by_the_office_alone(client, case, clerk, gina):
    taken(clerk, case)
    client.sign_in(clerk)
    answer = client.submit(office(case, "/nota"), {"note": NOTE})
    assert answer.status_code == 303
    assert NOTE in client.get(office(case)).text
    # Whatever happens afterwards, in every page, mail and JSON of who asked.
    asked(clerk, case)
    client.sign_in(gina)
    data = {"answer": "Ecco lo statuto."}
    assert client.submit(own(case, "/integra"), data).status_code == 303
    client.submit(own(case, "/scrivi"), {"message": "Arrivato?"})
    for path in (
        own(case), "/area-personale/", "/area-personale/dati", "/", "/cerca?q=collega",
        "/registro/elenco.json",
    ):  # fmt: skip
        assert NOTE not in client.get(path).text
    client.submit(own(case, "/scrivi"), {"message": ""})
    for mail in mails():
        assert NOTE not in mail.text_body + mail.html_body + mail.subject


def test_who_works_in_the_office_does_not_read_the_notes_on_their_own_request(client, kind):
    carla = make_user(name="Carla Prova", roles=(Role.STAFF,))
    case = make_case(applicant=carla, kind=KIND)
    dario = make_user(roles=(Role.STAFF,))
    write_note(actor=actor_of(dario), case_id=case.id, body=NOTE)
    db.session.commit()
    client.sign_in(carla)
    assert NOTE not in client.get(office(case)).text
    assert client.submit(office(case, "/nota"), {"note": "Mia"}).status_code == 403


def test_an_empty_note_says_what_to_do_and_keeps_the_panel(client, case, clerk):
    client.sign_in(clerk)
    answer = client.submit(office(case, "/nota"), {"note": " "})
    assert answer.status_code == 422
    assert "Scrivi la nota" in answer.text
    assert db.session.scalars(select(CaseNote)).all() == []


# --- what the applicant has to do


def test_the_applicant_reads_what_is_missing_and_until_when(client, case, clerk, gina):
    with frozen(datetime(2026, 11, 12, 9, tzinfo=UTC)):
        asked(clerk, case)
        client.sign_in(gina)
        page = client.get(own(case)).text
    for words in ("Tocca a te", ASKED, "sabato 12 dicembre", "/integra", "Termine fermo"):
        assert words in page
    assert "/osservazioni" not in page


def test_the_personal_area_says_whose_turn_it_is(client, case, clerk, gina):
    asked(clerk, case)
    client.sign_in(gina)
    page = client.get("/area-personale/").text
    for words in ("Da completare: Amici inventati APS", "Manca qualcosa", "Termine fermo"):
        assert words in page
    client.submit(own(case, "/integra"), {"answer": "Ecco."})
    noticed(clerk, case)
    page = client.get("/area-personale/").text
    assert "Prima di decidere: Amici inventati APS" in page
    assert "Leggi perché e rispondi" in page


def test_completing_with_a_document_starts_the_clock_again(client, case, clerk, gina):
    asked(clerk, case)
    client.sign_in(gina)
    data = {"answer": "Ecco lo statuto.", "answer_documents": [pdf()]}
    answer = client.submit(own(case, "/integra"), data)
    assert (answer.status_code, answer.location) == (303, own(case))
    assert get_case_row(case.id).state is CaseState.IN_CHARGE
    client.sign_in(clerk)
    page = client.get(office(case)).text
    assert "Ecco lo statuto." in page
    assert "statuto.pdf" in page


def test_completing_twice_is_told_and_keeps_the_words(client, case, clerk, gina):
    asked(clerk, case)
    client.sign_in(gina)
    assert client.submit(own(case, "/integra"), {"answer": "Ecco."}).status_code == 303
    again = client.submit(own(case, "/integra"), {"answer": "Ecco ancora."})
    assert again.status_code == 409
    assert 'data-reason="window_over"' in again.text


def test_an_empty_answer_says_what_to_do(client, case, clerk, gina):
    asked(clerk, case)
    client.sign_in(gina)
    answer = client.submit(own(case, "/integra"), {"answer": ""})
    assert answer.status_code == 422
    assert "Scrivi la risposta" in answer.text


def test_a_notice_is_explained_and_observations_are_sent(client, case, clerk, gina):
    with frozen(datetime(2026, 11, 12, 9, tzinfo=UTC)):
        noticed(clerk, case)
        client.sign_in(gina)
        page = client.get(own(case)).text
        for words in ("preavviso di rigetto", REASONS, "lunedì 23 novembre", "/osservazioni"):
            assert words in page
        answer = client.submit(own(case, "/osservazioni"), {"answer": "La sede è a Reggio."})
        assert answer.status_code == 303
        assert "Abbiamo le tue osservazioni" in client.get(own(case)).text
    assert list_suspensions(case.id)[0].answer == "La sede è a Reggio."


# --- what the office sees and decides


def test_the_clock_says_since_when_and_how_much_is_left(client, case, clerk):
    case.received_on = datetime(2026, 11, 2, tzinfo=UTC).date()
    db.session.commit()
    with frozen(datetime(2026, 11, 12, 9, tzinfo=UTC)):
        asked(clerk, case)
    client.sign_in(clerk)
    with frozen(datetime(2026, 11, 18, 9, tzinfo=UTC)):
        page = client.get(office(case)).text
    for words in (
        "Il tempo è fermo dal 12 novembre 2026", "10 giorni usati su 30",
        "6 giorni fermi, non contati", "20 giorni", "Termine fermo",
    ):  # fmt: skip
        assert words in page


def test_what_cannot_be_decided_says_why(client, case, clerk):
    client.sign_in(clerk)
    options = decisions(client.get(office(case)))
    assert options["refuse"] == "notice_first"
    assert options["accept"] is None
    asked(clerk, case)
    options = decisions(client.get(office(case)))
    assert options["ask_integration"] == "already_asked"
    assert options["accept"] == "window_runs"
    assert options["archive"] is None


def decisions(page):
    """Return decision → the named reason why it is not possible, or None."""
    found = {}
    for option in parse(page.text).iter("label"):
        radio = option.find("input")
        if radio is not None and radio.get("name") == "decision":
            reason = next(
                (e.get("data-reason") for e in option.iter() if e.get("data-reason")), None
            )
            assert (reason is not None) == (radio.get("disabled") is not None)
            found[radio.get("value")] = reason
    return found


def test_the_office_asks_and_tells_from_the_panel(client, case, clerk):
    client.sign_in(clerk)
    data = {"version": case.version, "decision": "ask_integration", "reason": ASKED, "poi": "qui"}
    assert client.submit(office(case, "/decidi"), data).status_code == 303
    assert get_case_row(case.id).state is CaseState.SUSPENDED
    again = client.submit(office(case, "/decidi"), {**data, "version": case.version})
    assert again.status_code == 409
    assert 'data-reason="already_asked"' in again.text


def test_a_refusal_that_leaves_observations_unanswered_is_told_and_keeps_the_words(
    client, case, clerk, gina
):
    noticed(clerk, case)
    send_observations(actor=actor_of(gina), case_id=case.id, text="La sede è a Reggio.")
    db.session.commit()
    client.sign_in(clerk)
    data = {"version": case.version, "decision": "refuse", "reason": "La sede non è qui."}
    answer = client.submit(office(case, "/decidi"), data)
    assert answer.status_code == 409
    assert 'data-reason="answer_missing"' in answer.text
    assert "La sede non è qui." in answer.text
    data = {**data, "version": case.version, "observations_answer": "La sede legale è a Modena."}
    assert client.submit(office(case, "/decidi"), data).status_code == 303
    client.sign_in(gina)
    assert "La sede legale è a Modena." in client.get(own(case)).text


def test_a_case_is_given_to_a_colleague_from_a_page(client, case, clerk):
    dario = make_user(name="Dario Prova", roles=(Role.STAFF,))
    make_user(name="Estranea Prova")
    client.sign_in(clerk)
    page = client.get(office(case, "/assegna?vista=mie"))
    assert "Dario Prova" in page.text
    assert "Estranea Prova" not in page.text
    data = {"version": case.version, "officer": dario.id}
    answer = client.submit(office(case, "/assegna?vista=mie"), data)
    assert (answer.status_code, answer.location) == (303, office(case, "?vista=mie"))
    assert get_case_row(case.id).officer_name == "Dario Prova"
    stale = client.submit(office(case, "/assegna"), {"version": 1, "officer": clerk.id})
    assert stale.status_code == 409
    for officer in ("", "999999", "x"):
        data = {"version": case.version, "officer": officer}
        assert client.submit(office(case, "/assegna"), data).status_code == 422


def test_views_show_what_stands_still_and_what_ends_soon(client, kind, clerk):
    make_case(kind=KIND, title="Presto", days_left=3)
    make_case(kind=KIND, title="Poi", days_left=4)
    make_case(kind=KIND, title="Tardi", days_left=-1)
    still = make_case(kind=KIND, title="Ferma", days_left=9)
    asked(clerk, still)
    client.sign_in(clerk)
    for view, expected in (
        ("ferme", ["Ferma"]), ("in-scadenza", ["Presto"]), ("in-ritardo", ["Tardi"]),
        ("", ["Tardi", "Presto", "Poi", "Ferma"]),
    ):  # fmt: skip
        page = client.get(f"/gestione/coda?vista={view}").text
        found = [texts(e) for e in parse(page).iter("h3") if e.find("a") is not None]
        assert found == expected


# --- terms


def test_the_administrator_sets_terms_and_staff_reads_them(client, clerk):
    client.sign_in(clerk)
    page = client.get("/gestione/termini").text
    assert "30 giorni per rispondere" in page
    assert "/gestione/termini/claim" not in page
    client.sign_in(make_user(name="Ada Capo", roles=(Role.ADMINISTRATOR,)))
    assert 'value="30"' in client.get("/gestione/termini/claim").text
    data = {
        "answer_days": "45", "day_count": "working", "integration_days": "20",
        "observation_days": "15",
    }  # fmt: skip
    answer = client.submit("/gestione/termini/claim", data)
    assert (answer.status_code, answer.location) == (303, "/gestione/termini")
    page = client.get("/gestione/termini").text
    for words in (
        "45 giorni lavorativi",
        "20 per completare",
        "15 per le osservazioni",
        "Ada Capo",
    ):
        assert words in page
    assert find_terms(CaseKind.CLAIM).answer.day_count is DayCount.WORKING
    client.submit("/gestione/termini/claim", {**data, "answer_days": "46"})
    assert find_terms(CaseKind.CLAIM).answer.days == 46


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("answer_days", "0", "da 1 a 180"),
        ("answer_days", "", "quanti giorni"),
        ("answer_days", "trenta", "error-summary"),
        ("integration_days", "31", "da 1 a 30"),
        ("observation_days", "9", "da 10 a 60"),
        ("day_count", "lune", "error-summary"),
    ],
)
def test_terms_that_the_law_does_not_allow_are_refused_in_words(client, field, value, words):
    client.sign_in(make_user(roles=(Role.ADMINISTRATOR,)))
    data = {
        "answer_days": "30", "day_count": "calendar", "integration_days": "30",
        "observation_days": "10", field: value,
    }  # fmt: skip
    answer = client.submit("/gestione/termini/claim", data)
    assert answer.status_code == 422
    assert words in answer.text
    assert find_terms(CaseKind.CLAIM).answer.days == 30
