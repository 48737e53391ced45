"""The introductory talk: times opened, booked, moved, reminded of, held or missed."""

from datetime import UTC, datetime, time, timedelta
from itertools import cycle

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.mail import MailMessage
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind
from portal.permissions import Role
from portal.volunteering.models import Enrolment, InterviewBooking, InterviewSlot
from portal.volunteering.policies import (
    InterviewFacts,
    SignUpDecision,
    find_interview_refusal,
    plan_slots,
)
from portal.volunteering.queries import get_shift
from portal.volunteering.services import (
    book_interview,
    cancel_interview,
    cancel_slot,
    open_slots,
    record_interview,
    remind_interviews,
)
from portal.volunteering.states import (
    BookingState,
    EnrolmentState,
    InterviewRefusal,
    InterviewResult,
    SignUpRefusal,
)
from tests.client import StrictClient
from tests.conftest import sqlalchemy_url
from tests.factories.office import PLACE, hand_in_enrolment, make_candidate, make_slots
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_shift, make_sign_up
from tests.integration.test_volunteering_crowd import errors_in, run_at_once
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PAGE, DESK = "/volontariato/colloquio", "/gestione/volontariato/colloqui"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(database):
    return make_user(name="Carla Prova", roles=(Role.STAFF,))


@pytest.fixture
def person(database):
    return make_candidate()


def submit_and_follow(client, path, data):
    return client.get(client.submit(path, data).location)


def book(user, slot_id):
    booking = book_interview(actor=actor_of(user), slot_id=slot_id)
    db.session.commit()
    return booking.id


def mails_to(user):
    rows = db.session.scalars(
        select(MailMessage).where(MailMessage.recipient == user.email).order_by(MailMessage.id)
    )
    return list(rows)


def events_of(user):
    return [mail.event_key.split(":")[2] for mail in mails_to(user)]


def states_of(user):
    rows = db.session.scalars(
        select(InterviewBooking)
        .join(Enrolment)
        .where(Enrolment.user_id == user.id)
        .order_by(InterviewBooking.id)
    )
    return [(booking.slot_id, booking.state) for booking in rows]


def range_form(**changes):
    words = {
        "day": "2026-12-03", "starts_time": "09:00", "ends_time": "10:00", "minutes": "20",
        "pause": "5", "place_name": "Ufficio, primo piano", "address": "via delle Prove 2",
    }  # fmt: skip
    return words | changes


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        (InterviewFacts(), InterviewRefusal.NOT_HANDED_IN),
        (InterviewFacts(EnrolmentState.DRAFT), InterviewRefusal.NOT_HANDED_IN),
        (InterviewFacts(EnrolmentState.REFUSED, NOW), InterviewRefusal.NOT_HANDED_IN),
        (InterviewFacts(EnrolmentState.SUBMITTED, NOW), None),
        (InterviewFacts(EnrolmentState.ACCEPTED, NOW), None),
        (
            InterviewFacts(EnrolmentState.ACCEPTED, NOW, NOW.date()),
            InterviewRefusal.ALREADY_HELD,
        ),
        (
            InterviewFacts(EnrolmentState.SUBMITTED, NOW, None, NOW + timedelta(days=1)),
            InterviewRefusal.ALREADY_HELD,
        ),
        # Asked again after a talk that did not go well: another talk.
        (InterviewFacts(EnrolmentState.SUBMITTED, NOW, None, NOW - timedelta(days=9)), None),
    ],
)
def test_who_can_book_a_talk(facts, refusal):
    assert find_interview_refusal(facts) is refusal


def test_a_range_makes_as_many_times_as_fit():
    day = NOW.date()
    times = plan_slots(day, time(9), time(10), minutes=20, pause=5)
    assert [f"{s:%H:%M}-{e:%H:%M}" for s, e in times] == ["08:00-08:20", "08:25-08:45"]
    assert plan_slots(day, time(10), time(9), minutes=20, pause=5) == []
    assert plan_slots(day, time(9), time(9, 20), minutes=20, pause=5) == times[:1]


def test_office_looks_at_times_first_then_opens_them(client, clerk):
    client.sign_in(clerk)
    answer = client.submit(f"{DESK}/nuovi/anteprima", range_form())
    assert answer.status_code == 200
    assert "Si aprirebbero 2 orari" in answer.text
    assert "9:25–9:45" in answer.text
    assert db.session.scalars(select(InterviewSlot)).all() == []
    answer = submit_and_follow(client, f"{DESK}/nuovi", range_form())
    assert "2 orari sono aperti" in answer.text
    assert "giovedì 3 dicembre" in answer.text.lower()
    slots = db.session.scalars(select(InterviewSlot).order_by(InterviewSlot.id)).all()
    assert [slot.starts_at for slot in slots] == [
        datetime(2026, 12, 3, 8, 0, tzinfo=UTC),
        datetime(2026, 12, 3, 8, 25, tzinfo=UTC),
    ]
    assert {slot.interviewer_id for slot in slots} == {clerk.id}


def test_overlapping_times_of_one_person_are_refused_with_a_sentence(client, clerk):
    client.sign_in(clerk)
    client.submit(f"{DESK}/nuovi", range_form())
    again = range_form(starts_time="09:10", ends_time="09:30")
    answer = client.submit(f"{DESK}/nuovi", again)
    assert answer.status_code == 422
    assert "A quell’ora hai già un colloquio" in answer.text
    assert 'value="09:10"' in answer.text, "what was typed is kept"
    preview = client.submit(f"{DESK}/nuovi/anteprima", again)
    assert "hai già un colloquio" in preview.text
    assert len(db.session.scalars(select(InterviewSlot)).all()) == 2
    colleague = make_user(roles=(Role.STAFF,))
    client.sign_in(colleague)
    assert client.submit(f"{DESK}/nuovi", again).status_code == 303
    # All or none.
    client.sign_in(clerk)
    wide = range_form(starts_time="8:00", ends_time="12:00")
    assert client.submit(f"{DESK}/nuovi", wide).status_code == 422
    assert len(db.session.scalars(select(InterviewSlot)).all()) == 3


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"day": "2026-11-29"}, "scegli un giorno che deve ancora venire"),
        ({"day": ""}, "Scegli il giorno"),
        ({"ends_time": "9:10"}, "non ci sta nemmeno un colloquio"),
        ({"ends_time": "23:00", "minutes": "5", "pause": "0"}, "aprine al massimo 40"),
        ({"place_name": ""}, "Scrivi dove ti si trova"),
        ({"minutes": "0"}, "Scrivi un numero da 5 a 180"),
    ],
)
def test_range_that_cannot_be_is_refused_beside_its_field(client, clerk, changes, words):
    client.sign_in(clerk)
    answer = client.submit(f"{DESK}/nuovi", range_form(**changes))
    assert answer.status_code == 422
    assert words in answer.text


def test_person_books_and_is_told_with_the_entry_for_the_calendar(client, person):
    (slot,) = make_slots()
    client.sign_in(person)
    page = client.get(PAGE).text
    assert "mercoledì 2 dicembre" in page.lower()
    assert "10:00–10:20" in page
    answer = submit_and_follow(client, PAGE, {"slot": slot})
    assert f'data-booked="{slot}"' in answer.text
    assert "Incontri Carla Prova." in answer.text
    (mail,) = mails_to(person)
    assert mail.subject == "Il tuo colloquio conoscitivo: mercoledì 2 dicembre, ore 10:00"
    assert mail.text_body.startswith(
        "Ciao Ada Prova,\n\nil tuo colloquio conoscitivo è prenotato: ci vediamo mercoledì"
        " 2 dicembre, ore 10:00.\n\nUfficio volontariato, via delle Prove 2\nIncontri Carla Prova."
    )
    assert "/volontariato/colloquio" in mail.text_body
    assert "DTSTART:20261202T090000Z" in mail.calendar
    assert "Ada" not in mail.calendar
    enrolment = client.get("/volontariato/iscrizione").text
    assert "Mercoledì 2 dicembre, ore 10:00" in enrolment


def test_same_tap_twice_is_one_booking(client, person):
    (slot,) = make_slots()
    client.sign_in(person)
    for _ in range(2):
        assert client.submit(PAGE, {"slot": slot}).status_code == 303
    assert states_of(person) == [(slot, BookingState.BOOKED)]
    assert events_of(person) == ["booked"]


def test_who_has_not_sent_the_request_is_led_to_it(client):
    make_slots()
    client.sign_in(make_user())
    page = client.get(PAGE).text
    assert "Prima manda la domanda" in page
    assert 'name="slot"' not in page


def test_taken_time_is_told_with_those_that_are_free(client, person):
    taken, free = make_slots(number=2)
    book(make_candidate("Bea Prova"), taken)
    client.sign_in(person)
    answer = client.submit(PAGE, {"slot": taken})
    assert answer.status_code == 409
    assert "Qualcuno ha appena prenotato" in answer.text
    assert f'value="{free}"' in answer.text
    assert f'value="{taken}"' not in answer.text
    assert states_of(person) == []


@pytest.mark.parametrize("typed", ["", "abc", "9" * 30, "0", "-1", "٣"])
def test_what_is_no_time_is_refused_in_words(client, person, typed):
    make_slots()
    client.sign_in(person)
    answer = client.submit(PAGE, {"slot": typed})
    assert answer.status_code == (422 if not typed else 409)
    assert "cegli" in answer.text


def test_moving_is_one_step_and_frees_the_old_time(client, person):
    first, second = make_slots(number=2)
    book(person, first)
    client.sign_in(person)
    client.submit(PAGE, {"slot": second})
    assert states_of(person) == [(first, BookingState.CANCELLED), (second, BookingState.BOOKED)]
    book(make_candidate("Bea Prova"), first)
    *_before, moved = mails_to(person)
    assert "il tuo colloquio è spostato. Era mercoledì 2 dicembre, ore 10:00" in moved.text_body
    assert moved.calendar.count("BEGIN:VEVENT") == 2
    assert "STATUS:CANCELLED" in moved.calendar


def test_moving_to_a_taken_time_keeps_the_old_one(person):
    first, second = make_slots(number=2)
    book(person, first)
    book(make_candidate("Bea Prova"), second)
    with pytest.raises(RuleBrokenError):
        book_interview(actor=actor_of(person), slot_id=second)
    db.session.rollback()
    assert states_of(person) == [(first, BookingState.BOOKED)]


def test_person_gives_the_time_back(client, person):
    (slot,) = make_slots()
    book(person, slot)
    client.sign_in(person)
    for _ in range(2):
        assert client.submit(f"{PAGE}/annulla").status_code == 303
    assert states_of(person) == [(slot, BookingState.CANCELLED)]
    assert events_of(person) == ["booked"], "nobody is told of their own act"
    assert book(person, slot)


def test_time_that_overlaps_ones_shift_is_refused(client, person):
    (slot,) = make_slots()
    make_sign_up(make_shift(starts_at=NOW + timedelta(days=2, minutes=-30), hours=1), person)
    client.sign_in(person)
    answer = client.submit(PAGE, {"slot": slot})
    assert answer.status_code == 409
    assert "A quell’ora hai un altro impegno" in answer.text


def test_office_takes_a_time_back_and_the_person_is_told(client, clerk, person):
    booked, free = make_slots(clerk, number=2)
    book(person, booked)
    client.sign_in(clerk)
    answer = submit_and_follow(client, f"{DESK}/{booked}/togli", {"reason": "Siamo in assemblea."})
    assert "abbiamo scritto come sceglierne un altro" in answer.text
    assert states_of(person) == [(booked, BookingState.CANCELLED)]
    mail = mails_to(person)[-1]
    assert "Siamo in assemblea." in mail.text_body
    assert mail.text_body.strip().count("/volontariato/colloquio") == 1
    assert "STATUS:CANCELLED" in mail.calendar
    assert client.submit(f"{DESK}/{booked}/togli").status_code == 409
    client.submit(f"{DESK}/{free}/togli")
    client.sign_in(person)
    assert "Adesso non ci sono orari liberi" in client.get(PAGE).text
    assert client.submit(PAGE, {"slot": booked}).status_code == 409


def test_reminder_goes_the_day_before_once_and_never_for_a_cancelled_one(person):
    first, second, third = make_slots(number=3)
    other, late = make_candidate("Bea Prova"), make_candidate("Ciro Prova", has_email=False)
    book(person, first)
    book(other, second)
    book(late, third)
    cancel_interview(actor=actor_of(other))
    remind_interviews()
    db.session.commit()
    assert events_of(person) == ["booked"], "two days before is too early"
    with frozen(NOW + timedelta(days=1)):
        for _ in range(2):
            remind_interviews()
            db.session.commit()
    assert events_of(person) == ["booked", "reminder"]
    assert events_of(other) == ["booked"]
    assert "ci vediamo domani, mercoledì 2 dicembre, ore 10:00." in mails_to(person)[-1].text_body
    with frozen(NOW + timedelta(days=2)):
        remind_interviews()
        db.session.commit()
    assert events_of(person) == ["booked", "reminder"]


def test_held_and_positive_is_noted_with_the_enrolment(client, clerk, person):
    (slot,) = make_slots(clerk)
    booking = book(person, slot)
    client.sign_in(clerk)
    path = f"{DESK}/prenotazioni/{booking}"
    assert client.submit(path, {"result": "positive"}).status_code == 409, "not yet"
    with frozen(NOW + timedelta(days=2, minutes=10)):
        answer = client.submit(path, {"result": "positive", "note": "Ama gli orti."})
        assert answer.status_code == 303
        enrolment = db.session.scalars(select(Enrolment)).one()
        assert enrolment.interviewed_on == local_today()
        assert "Ama gli orti." in client.get(path).text
        assert client.submit(path, {"result": "missed"}).status_code == 409
        client.sign_in(person)
        assert "Il colloquio è stato fatto" in client.get(PAGE).text
        for page in (PAGE, "/volontariato/iscrizione"):
            assert "Ama gli orti." not in client.get(page).text
    assert events_of(person) == ["booked"]


def test_who_did_not_come_is_told_kindly_and_books_again(clerk, person):
    first, second = make_slots(clerk, number=2)
    booking = book(person, first)
    with frozen(NOW + timedelta(days=2, minutes=25)):
        record_interview(actor=actor_of(clerk), booking_id=booking, result=InterviewResult.MISSED)
        db.session.commit()
        assert events_of(person) == ["booked", "missed"]
        assert "Succede: la tua domanda è ancora qui" in mails_to(person)[-1].text_body
        assert book(person, second)


def test_negative_talk_is_not_repeated_for_the_same_request(clerk, person):
    first, second = make_slots(clerk, number=2)
    booking = book(person, first)
    with frozen(NOW + timedelta(days=2, minutes=25)):
        record_interview(actor=actor_of(clerk), booking_id=booking, result=InterviewResult.NEGATIVE)
        db.session.commit()
        with pytest.raises(ForbiddenStepError):
            book_interview(actor=actor_of(person), slot_id=second)
    assert db.session.scalars(select(Enrolment.interviewed_on)).one() is None


def test_case_of_the_enrolment_shows_the_talk_to_the_office_alone(client, clerk):
    person = make_user(name="Ada Prova")
    enrolment = hand_in_enrolment(person)
    (slot,) = make_slots(clerk)
    booking = book(person, slot)
    case = find_case_of(CaseKind.ENROLMENT, enrolment.id)
    with frozen(NOW + timedelta(days=2, minutes=25)):
        record_interview(
            actor=actor_of(clerk), booking_id=booking, result=InterviewResult.NEGATIVE,
            note="Meglio tra un anno.",
        )  # fmt: skip
        db.session.commit()
        client.sign_in(clerk)
        page = client.get(f"/gestione/coda/{case.id}").text
        assert "per ora non adatto" in page
        assert "Meglio tra un anno." in page
        client.sign_in(person)
        assert "Meglio tra un anno." not in client.get(f"/pratiche/{case.id}").text


def test_refused_request_frees_its_time(clerk):
    person = make_user()
    hand_in_enrolment(person)
    (slot,) = make_slots(clerk)
    book(person, slot)
    case = db.session.scalars(select(Case)).one()
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=CaseAction.REFUSE,
        reason="Serve avere quindici anni.",
    )  # fmt: skip
    db.session.commit()
    assert states_of(person) == [(slot, BookingState.CANCELLED)]


def test_shift_that_asks_for_the_talk_leads_to_its_page(app, database):
    shift = get_shift(make_shift().id, with_names=False)
    words = app.jinja_env.get_template("components/sign_up_reason.html").module
    decision = SignUpDecision(None, SignUpRefusal.NEEDS_INTERVIEW)
    html = words.sign_up_act(shift, decision)
    assert 'data-reason="needs_interview"' in html
    assert 'href="/volontariato/colloquio">Prenota il colloquio</a>' in html


def test_lists_ask_the_database_the_same_however_long(client, clerk):
    def count(path, user):
        client.sign_in(user)
        with counted_sql() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    person = make_candidate()
    make_slots(clerk)
    few = count(DESK, clerk), count(PAGE, person)
    later = NOW + timedelta(days=5)
    for slot in make_slots(clerk, number=3, starts_at=later)[:2]:
        book(make_candidate(), slot)
    assert (count(DESK, clerk), count(PAGE, person)) == few
    assert max(few) <= 12


def test_of_many_at_once_one_gets_the_time(app, database, server, settings):
    from portal.app import create_app

    apps = [create_app(settings, database_url=sqlalchemy_url(server, "portal")) for _ in range(4)]
    for made in apps:
        made.test_client_class = StrictClient
    (slot,) = make_slots()
    browsers = []
    for made, _ in zip(cycle(apps), range(12), strict=False):
        browser = made.test_client()
        browser.sign_in(make_candidate())
        browsers.append((browser, browser.csrf_token()))

    def press(browser, token):
        return lambda: browser.post(PAGE, data={"csrf_token": token, "slot": slot}).status_code

    results = run_at_once([press(*browser) for browser in browsers], threads=12)
    assert errors_in(results) == []
    assert sorted(results) == [303] + [409] * 11
    for made in apps:
        with made.app_context():
            db.engine.dispose()


def test_times_of_one_person_opened_twice_at_once_stand_once(clerk):
    times = plan_slots(local_today() + timedelta(days=3), time(9), time(10), minutes=20, pause=0)
    open_slots(actor=actor_of(clerk), times=times, place=PLACE)
    with pytest.raises(RuleBrokenError, match="RuleBrokenError"):
        open_slots(actor=actor_of(clerk), times=times[1:], place=PLACE)
    db.session.commit()
    assert len(db.session.scalars(select(InterviewSlot)).all()) == len(times)


def test_who_is_in_the_register_without_a_talk_can_book(database):
    person = make_user()
    make_enrolment(person, EnrolmentState.ACCEPTED)
    (slot,) = make_slots()
    assert book(person, slot)


def test_time_that_has_begun_cannot_be_taken_or_given_back(clerk, person):
    (slot,) = make_slots(clerk)
    book(person, slot)
    with frozen(NOW + timedelta(days=2, minutes=1)):
        with pytest.raises(ForbiddenStepError):
            cancel_slot(actor=actor_of(clerk), slot_id=slot)
        with pytest.raises(ForbiddenStepError):
            cancel_interview(actor=actor_of(person))
