"""The front desk: people without e-mail are enrolled, given places, told by telephone."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.models import User
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import constraint_name
from portal.core.history import list_history
from portal.core.mail import MailMessage, PhoneMessage, queue_mail
from portal.core.sign_ups import SignUpState
from portal.moderation.models import Case
from portal.permissions import Role
from portal.volunteering.jobs import ask_attendance
from portal.volunteering.models import Enrolment, Expense, HoursEntry, InterviewBooking, SignUp
from portal.volunteering.services import add_person, cancel_shift, leave_place, verify_hours
from portal.volunteering.states import BookingState, EnrolmentState, HoursState
from tests.client import parse, texts
from tests.factories.documents import read_pdf
from tests.factories.office import decide_enrolment, make_line, make_slots
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_shift, make_sign_up
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
DESK = "/gestione/sportello/"
PERSON = {
    "full_name": "Rosa Anziana", "born_on": "03/02/1950", "birth_place": "Scandiano",
    "residence": "resident", "address": "via Emilia 1", "citizenship": "italian", "works": "no",
    "phone": "0522 123456",
}  # fmt: skip
TIMES = {
    "availability": ["mon-mattina"], "can_start_on": "01/12/2026", "time_preference": "when_i_can",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


@pytest.fixture
def rosa(clerk):
    """Somebody without e-mail, whom the clerk has added."""
    person = add_person(actor=actor_of(clerk), full_name="Rosa Anziana", phone="0522 123456")
    db.session.commit()
    return person


def page_of(person):
    return f"{DESK}{person.id}"


def sign_up_of(person):
    db.session.expire_all()
    return db.session.scalars(select(SignUp).where(SignUp.user_id == person.id)).one()


def calls():
    db.session.expire_all()
    return list(db.session.scalars(select(PhoneMessage).order_by(PhoneMessage.id)))


def test_person_without_email_is_added_and_found_again(client, clerk):
    path = f"{DESK}nuova-persona"
    wrong = client.submit(path, {"full_name": "Rosa Anziana", "phone": "boh"})
    assert wrong.status_code == 422
    assert 'value="Rosa Anziana"' in wrong.text
    answer = client.submit(path, {"full_name": "Rosa Anziana", "phone": "0522 123456"})
    person = db.session.scalars(select(User).where(User.email.is_(None))).one()
    assert answer.headers["Location"] == page_of(person)
    for words in ("anziana", "ROSA anz", "123456", "0522 12"):
        assert f'data-id="{person.id}"' in client.get(DESK, query_string={"q": words}).text
    for words in ("ro", "%%%", "___", "nessuna così"):
        assert "data-id=" not in client.get(DESK, query_string={"q": words}).text
    assert db.session.query(MailMessage).count() == 0


def test_person_is_found_by_the_number_in_the_register(client, clerk):
    ada = make_user(name="Ada Prova")
    line = make_line(ada)
    make_user(name="Uno Prova")
    page = client.get(DESK, query_string={"q": str(line.number)}).text
    assert page.count("data-id=") == 1
    assert f'data-id="{ada.id}"' in page
    assert "data-id=" not in client.get(DESK, query_string={"q": "77"}).text


def test_longest_name_is_kept_whole_in_the_enrolment_and_mended_there(client, clerk):
    name = "Maria " + "Lunghissima " * 11
    words = {"full_name": name, "phone": "0522 123456"}
    assert client.submit(f"{DESK}nuova-persona", words).status_code == 303
    person = db.session.scalars(select(User).where(User.email.is_(None))).one()
    assert len(person.display_name) <= 120
    assert db.session.scalars(select(Enrolment.full_name)).one() == name.strip()
    client.submit(f"{page_of(person)}/iscrizione/chi-sei", PERSON)
    db.session.expire_all()
    assert db.session.get(User, person.id).display_name == "Rosa Anziana"


@pytest.mark.parametrize(
    ("name", "phone"), [("rosa ANZIANA", "0522 999999"), ("Rosina", "0522/123456")]
)
def test_who_may_be_there_already_is_shown_first(client, clerk, rosa, name, phone):
    path = f"{DESK}nuova-persona"
    answer = client.submit(path, {"full_name": name, "phone": phone})
    assert answer.status_code == 409
    assert f'href="{page_of(rosa)}"' in answer.text
    assert f'value="{name}"' in answer.text
    assert db.session.query(User).filter(User.email.is_(None)).count() == 1
    sure = {"full_name": name, "phone": phone, "is_somebody_else": "y"}
    assert client.submit(path, sure).status_code == 303
    assert db.session.query(User).filter(User.email.is_(None)).count() == 2


def test_same_tap_twice_adds_one_person(client, clerk):
    path = f"{DESK}nuova-persona"
    words = {"full_name": "Rosa Anziana", "phone": "0522 123456"}
    first, second = (client.submit(path, words) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 409)
    assert first.headers["Location"] in second.text


def test_clerk_fills_in_the_enrolment_and_hands_it_in(client, clerk, rosa):
    base = f"{page_of(rosa)}/iscrizione"
    page = client.get(page_of(rosa)).text
    assert f'href="{base}/chi-sei"' in page
    for step, answers in (("chi-sei", PERSON), ("quando", TIMES), ("cosa-ti-piace", {})):
        assert client.submit(f"{base}/{step}", answers).status_code == 303
    assert "Rosa Anziana" in client.get(f"{base}/riepilogo").text
    assert client.submit(f"{base}/riepilogo", {"has_seen": "y"}).headers["Location"] == page_of(
        rosa
    )
    enrolment = db.session.scalars(select(Enrolment)).one()
    assert (enrolment.state, enrolment.recorded_by_id) == (EnrolmentState.SUBMITTED, clerk.id)
    assert db.session.query(MailMessage).count() == 0
    receipt = client.get(f"{page_of(rosa)}/ricevuta-iscrizione.pdf")
    pdf = read_pdf(receipt.data)
    assert (pdf.is_tagged, pdf.is_accessible, pdf.language) == (True, True, "it")
    assert "Rosa Anziana" in pdf.text
    assert "2026-1" in pdf.text
    assert "Carla Prova" in pdf.text


def test_place_is_taken_for_the_person_marked_and_given_back(client, clerk, rosa):
    shift = make_shift(in_hours=30)
    page = client.get(page_of(rosa)).text
    assert f'data-id="{shift.id}"' in page
    for _ in range(2):
        answer = client.submit(f"{page_of(rosa)}/turni/{shift.id}/partecipa")
        assert answer.headers["Location"] == page_of(rosa)
    sign_up = sign_up_of(rosa)
    assert (sign_up.state, sign_up.recorded_by_id) == (SignUpState.CONFIRMED, clerk.id)
    (step,) = list_history(subject_kind="sign_up", subject_id=sign_up.id)
    assert step.actor_name == "Carla Prova"
    pdf = read_pdf(client.get(f"{page_of(rosa)}/turni/{shift.id}/ricevuta.pdf").data)
    assert "Posto confermato" in pdf.text
    assert client.get(f"{page_of(rosa)}/turni/999/ricevuta.pdf").status_code == 404
    assert client.submit(f"{page_of(rosa)}/turni/{shift.id}/lascia").status_code == 303
    assert sign_up_of(rosa).state is SignUpState.LEFT


def test_refusal_is_said_where_the_button_would_be(client, clerk, rosa):
    shift = make_shift(in_hours=30, capacity=1, waiting_capacity=0)
    make_sign_up(shift)
    answer = client.submit(f"{page_of(rosa)}/turni/{shift.id}/partecipa")
    assert answer.status_code == 409
    assert 'data-reason="full_waiting_list_full"' in answer.text
    assert db.session.scalars(select(SignUp).where(SignUp.user_id == rosa.id)).all() == []


def test_nobody_is_found_by_a_number_that_is_nobody(client, clerk):
    shift = make_shift()
    for path in (f"{DESK}999999", f"{DESK}999999999999999999999"):
        assert client.get(path).status_code == 404
    assert client.submit(f"{DESK}999999/turni/{shift.id}/partecipa").status_code == 404


def test_offer_and_cancellation_are_told_by_telephone(client, clerk, rosa):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    first = make_user()
    make_sign_up(shift, first)
    client.submit(f"{page_of(rosa)}/turni/{shift.id}/partecipa")
    assert calls() == []
    leave_place(actor=actor_of(first), shift_id=shift.id)
    db.session.commit()
    (call,) = calls()
    assert (call.reader_id, call.told_at) == (rosa.id, None)
    page = client.get(f"{DESK}da-telefonare")
    said = texts(parse(page.text))
    assert "Rosa Anziana" in said
    assert "0522 123456" in said
    assert call.subject in said
    assert f'data-id="{call.id}"' in client.get(page_of(rosa)).text
    # On the telephone she says yes: the clerk takes the place that is offered.
    client.submit(f"{page_of(rosa)}/turni/{shift.id}/partecipa")
    assert sign_up_of(rosa).state is SignUpState.CONFIRMED
    for _ in range(2):
        assert client.submit(f"{DESK}da-telefonare/{call.id}/detto").status_code == 303
    (told,) = calls()
    assert (told.told_at, told.told_by_id) == (NOW, clerk.id)
    assert "data-id=" not in client.get(f"{DESK}da-telefonare").text
    steps = list_history(subject_kind="phone_message", subject_id=told.id)
    assert [step.action for step in steps] == ["tell"]
    cancel_shift(
        actor=actor_of(clerk), project_id=shift.project_id, shift_id=shift.id,
        seen_version=shift.version, reason="Piove troppo per lavorare fuori.",
    )  # fmt: skip
    db.session.commit()
    assert "Piove troppo" in calls()[-1].text_body
    assert "Piove troppo" in client.get(page_of(rosa)).text


def test_who_comes_is_asked_by_telephone_once(client, clerk, rosa):
    shift = make_shift(in_hours=48)
    make_sign_up(shift, rosa, created_at=NOW - timedelta(days=9))
    for _ in range(2):
        ask_attendance(shift_id=shift.id)
    (call,) = calls()
    assert call.subject.startswith("Ci sei?")
    assert 'data-waiting="calls" data-number="1"' in client.get("/gestione/volontariato/").text


def test_same_event_is_one_call_and_who_has_an_address_gets_mail(app, clerk, rosa):
    with app.test_request_context():
        for _ in range(2):
            queue_mail(
                event_key="prova:1", to=None, phone_id=rosa.id,
                template="volunteering/enrolment_left", name="Rosa", on=NOW.date(), places=0,
            )  # fmt: skip
        db.session.commit()
    assert len(calls()) == 1
    assert db.session.query(MailMessage).count() == 0


def test_talk_is_booked_moved_and_given_back_on_the_telephone(client, clerk, rosa):
    make_enrolment_submitted(rosa)
    first, second = make_slots(clerk, number=2)
    path = f"{page_of(rosa)}/colloquio"
    assert client.submit(path).status_code == 422
    for slot in (first, second, second):
        assert client.submit(path, {"slot": slot}).headers["Location"] == page_of(rosa)
    states = {b.slot_id: b.state for b in db.session.scalars(select(InterviewBooking))}
    assert states == {first: BookingState.CANCELLED, second: BookingState.BOOKED}
    taken = make_user()
    make_enrolment(taken, EnrolmentState.SUBMITTED)
    assert client.submit(f"{page_of(taken)}/colloquio", {"slot": second}).status_code == 409
    assert client.submit(f"{path}/annulla").status_code == 303
    assert calls() == []


def make_enrolment_submitted(person):
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.user_id == person.id)).one()
    db.session.delete(enrolment)
    db.session.commit()
    make_enrolment(person, EnrolmentState.SUBMITTED)


def test_answer_of_the_office_is_told_by_telephone(client, clerk, rosa):
    base = f"{page_of(rosa)}/iscrizione"
    for step, answers in (("chi-sei", PERSON), ("quando", TIMES), ("cosa-ti-piace", {})):
        client.submit(f"{base}/{step}", answers)
    client.submit(f"{base}/riepilogo", {"has_seen": "y"})
    colleague = make_user(name="Olga Prova", roles=(Role.STAFF,))
    decide_enrolment(db.session.scalars(select(Enrolment)).one(), colleague)
    (call,) = calls()
    assert "Il tuo numero nel registro è 1" in call.text_body
    page = client.get(page_of(rosa)).text
    assert "0522 123456" in page
    assert client.submit(f"{base}/lascia").status_code == 303
    assert db.session.scalars(select(Enrolment.state)).one() is EnrolmentState.LEFT


def test_hours_certificate_and_expense_are_done_at_the_counter(client, clerk, rosa):
    shift = make_shift(in_hours=-48)
    make_sign_up(shift, rosa)
    for word in ("ore", "attestato", "rimborso"):
        assert client.get(f"{page_of(rosa)}/{word}").status_code == 200
        assert client.submit(f"{page_of(rosa)}/{word}").status_code == 422
        assert client.get(f"{DESK}999999/{word}").status_code == 404
    hours = {"project": shift.project_id, "worked_on": "28/11/2026", "time": "2:30"}
    for _ in range(2):
        assert client.submit(f"{page_of(rosa)}/ore", hours).status_code == 303
    entry = db.session.scalars(select(HoursEntry)).one()
    assert (entry.user_id, entry.minutes, entry.state) == (rosa.id, 150, HoursState.TO_VERIFY)
    period = {"from_on": "01/11/2026", "until_on": "30/11/2026"}
    assert client.submit(f"{page_of(rosa)}/attestato", period).status_code == 422
    verify_hours(actor=actor_of(clerk), entry_ids=[entry.id], project_ids=None)
    db.session.commit()
    made = client.submit(f"{page_of(rosa)}/attestato", period)
    pdf = read_pdf(client.get(made.headers["Location"]).data)
    assert "Rosa Anziana" in pdf.text
    spent = {
        "project": shift.project_id, "spent_on": "28/11/2026", "amount": "12,50",
        "description": "Stoffa", "kind": "documented",
    }  # fmt: skip
    for _ in range(2):
        assert client.submit(f"{page_of(rosa)}/rimborso", spent).status_code == 303
    expense = db.session.scalars(select(Expense)).one()
    assert (expense.user_id, expense.recorded_by_id, expense.file_id) == (rosa.id, clerk.id, None)
    case = db.session.scalars(select(Case)).one()
    assert (case.applicant_id, case.title) == (rosa.id, "Rosa Anziana, 12,50\N{NO-BREAK SPACE}€")
    assert client.submit(f"{page_of(rosa)}/rimborso", spent | {"amount": "2000"}).status_code == 422


def test_address_is_its_owners_once_confirmed(client, clerk, rosa):
    path = f"{page_of(rosa)}/email"
    make_user(email="presa@example.org")
    for wrong in ("", "rosa", "presa@example.org", "x" * 400 + "@example.org"):
        assert client.submit(path, {"email": wrong}).status_code == 422
    # The clerk slips, and mends it: what the stranger gets opens nothing.
    for address in ("rossa@example.org", "rosa@example.org"):
        assert client.submit(path, {"email": address}).status_code == 303
    db.session.expire_all()
    assert db.session.get(User, rosa.id).email is None
    slip, mail = db.session.scalars(select(MailMessage).order_by(MailMessage.id)).all()
    assert (slip.recipient, mail.recipient) == ("rossa@example.org", "rosa@example.org")
    client.sign_out()
    links = [re.search(r"/registrati/conferma/[^\s]+", m.text_body)[0] for m in (slip, mail)]
    assert "rosa@example.org" not in client.get(links[0]).text
    assert "rosa@example.org" in client.get(links[1]).text
    for link in (links[0], links[1], links[1]):
        client.submit(link)
    db.session.expire_all()
    fresh = db.session.get(User, rosa.id)
    assert (fresh.email, fresh.given_email) == ("rosa@example.org", None)
    assert fresh.confirmed_at == NOW
    client.sign_in(clerk)
    assert client.submit(path, {"email": "altra@example.org"}).status_code == 409


def test_address_that_waits_is_not_yet_anybodys(database):
    make_user(email="a@example.org")
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(text("UPDATE user_account SET given_email = 'b@example.org'"))
    db.session.rollback()
    assert constraint_name(caught.value) == "ck_user_account_given_email_waits"


def test_call_is_told_by_somebody(database):
    person = make_user()
    db.session.add(
        PhoneMessage(event_key="x", reader_id=person.id, subject="Turno", text_body="Domani")
    )
    db.session.commit()
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(text("UPDATE phone_message SET told_at = now()"))
    db.session.rollback()
    assert constraint_name(caught.value) == "ck_phone_message_told_by_somebody"


def test_pages_of_the_desk_cost_the_same_for_few_and_many(client, clerk, rosa):
    shift = make_shift(in_hours=90)
    make_sign_up(shift, rosa)
    with counted_sql() as few:
        client.get(page_of(rosa))
    for hours in range(100, 110, 3):
        make_sign_up(make_shift(in_hours=hours), rosa)
    with counted_sql() as many:
        client.get(page_of(rosa))
    assert len(few) == len(many) <= 12
    with counted_sql() as listed:
        client.get(f"{DESK}da-telefonare")
    assert len(listed) <= 12


@pytest.mark.parametrize("state", [None, *EnrolmentState])
def test_page_of_a_person_takes_twelve_statements_however_far_they_are(client, clerk, state):
    """With times free for a talk, and nobody to write to: all that the page can ask."""
    make_slots(number=3)
    person = make_user(has_email=False)
    if state:
        make_enrolment(person, state)
    with counted_sql() as statements:
        assert client.get(page_of(person)).status_code == 200
    assert len(statements) <= 12
