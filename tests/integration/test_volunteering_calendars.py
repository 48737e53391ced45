"""Calendars: one shift, the list with its filters, one's own by a secret address."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
from sqlalchemy import select

from portal.accounts.models import CalendarKey
from portal.core.calendar import CalendarEvent, calendar_text
from portal.core.clock import frozen, to_local, utc_now
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import InterviewBooking, InterviewSlot
from portal.volunteering.services import take_place
from portal.volunteering.states import Sector, ShiftState
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_enrolment, make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

PAGE = "/area-personale/calendario"


def events_in(answer):
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return read(answer.get_data(as_text=True))


def read(text):
    assert "\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n")), "lines are folded"
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def titles(events):
    return [str(event["summary"]) for event in events]


def cancel(shift):
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
    shift.version += 1
    db.session.commit()


def test_shift_is_an_entry_with_its_time(client):
    title = "Siepi; bulbi, e \\ altro " + "perché no " * 9
    shift = make_shift(project=make_project(title=title.strip()), in_hours=30)
    (event,) = events_in(client.get(f"/volontariato/turni/{shift.id}/turno.ics"))
    assert str(event["summary"]) == title.strip()
    assert event.start == to_local(shift.starts_at)
    assert event.end == to_local(shift.ends_at)
    assert event.start.utcoffset() == timedelta(0)
    assert str(event["location"]) == "Casa di quartiere inventata, via delle Prove 1"
    assert str(event["uid"]) == f"turno-{shift.id}@127.0.0.1"
    assert str(event["url"]).endswith(f"/volontariato/turni/{shift.id}")
    assert str(event["status"]) == "CONFIRMED"
    assert "Tea Tutora" not in client.get(f"/volontariato/turni/{shift.id}/turno.ics").text


def test_entry_says_that_it_was_moved_or_cancelled(client):
    shift = make_shift()
    path = f"/volontariato/turni/{shift.id}/turno.ics"
    (before,) = events_in(client.get(path))
    shift.starts_at -= timedelta(minutes=30)
    shift.closes_at = shift.starts_at
    shift.version += 1
    db.session.commit()
    (moved,) = events_in(client.get(path))
    cancel(shift)
    (cancelled,) = events_in(client.get(path))
    assert before["uid"] == moved["uid"] == cancelled["uid"]
    assert before["sequence"] < moved["sequence"] < cancelled["sequence"]
    assert str(cancelled["status"]) == "CANCELLED"
    assert str(cancelled["summary"]).startswith("Annullato: ")


def test_unknown_shift_has_no_entry(client):
    assert client.get("/volontariato/turni/99/turno.ics").status_code == 404


def test_summer_time_begins_within_a_shift(app):
    utc_hour = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    with app.test_request_context():
        event = CalendarEvent(
            key="prova-1",
            title="Notte bianca",
            starts_at=utc_hour,
            ends_at=utc_hour + timedelta(hours=2),
            place="Piazza",
            address="http://localhost/",
        )
        (read_back,) = read(calendar_text([event], name="Prova"))
    assert to_local(read_back.start).strftime("%H:%M%z") == "01:30+0100"
    assert to_local(read_back.end).strftime("%H:%M%z") == "04:30+0200"


def test_calendar_of_the_list_has_its_filters_and_what_was_cancelled(client):
    green = make_project(title="Siepi", sector=Sector.GREEN)
    books = make_project(title="Scaffali", sector=Sector.LIBRARY)
    make_shift(project=books, in_hours=9)
    cancel(make_shift(project=green, in_hours=30))
    make_shift(project=green, in_hours=20)
    make_shift(project=green, in_hours=-20)
    assert titles(events_in(client.get("/volontariato/turni.ics"))) == [
        "Scaffali",
        "Siepi",
        "Annullato: Siepi",
    ]
    found = client.get("/volontariato/turni.ics", query_string={"settore": "library"})
    assert titles(events_in(found)) == ["Scaffali"]
    nothing = client.get("/volontariato/turni.ics", query_string={"q": "zzz"})
    assert titles(events_in(nothing)) == []


def test_calendar_of_the_list_costs_the_same_with_one_and_with_thirty(client):
    project = make_project()
    make_shift(project=project)
    with counted_sql() as few:
        client.get("/volontariato/turni.ics")
    for hours in range(30):
        make_shift(project=project, in_hours=5 + hours)
    with counted_sql() as many:
        client.get("/volontariato/turni.ics")
    assert len(few) == len(many) <= 3


def test_own_calendar_holds_everything_promised_and_nobody_else_s(client):
    user, other = make_user(), make_user()
    mine, waited = make_shift(in_hours=40), make_shift(in_hours=50, capacity=1)
    make_sign_up(mine, user)
    make_sign_up(waited)
    make_sign_up(waited, user, SignUpState.WAITING)
    make_sign_up(make_shift(in_hours=60), other)
    make_sign_up(make_shift(in_hours=70), user, SignUpState.LEFT)
    interview = InterviewSlot(
        interviewer=other,
        starts_at=utc_now() + timedelta(hours=20),
        ends_at=utc_now() + timedelta(hours=21),
        place_name="Ufficio partecipazione",
    )
    booking = InterviewBooking(slot=interview, enrolment=make_enrolment(user))
    db.session.add(booking)
    db.session.commit()
    client.sign_in(user)
    client.submit(PAGE)
    path = address_on(client)
    client.sign_out()
    answer = client.get(path)
    events = events_in(answer)
    assert [str(e["uid"]).split("@")[0] for e in events] == [
        f"colloquio-{booking.id}",
        f"turno-{mine.id}",
    ]
    assert titles(events)[0] == "Colloquio conoscitivo"
    assert user.email not in answer.text
    assert user.display_name not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def address_on(client):
    html = client.get(PAGE).get_data(as_text=True)
    address = html[html.index("http", html.index('class="hash"')) :].split("<")[0]
    return address[address.index("/calendario/") :]


def test_another_address_ends_the_old_one_at_once(client):
    client.sign_in(make_user())
    assert "Crea l’indirizzo" in client.get(PAGE).text
    client.submit(PAGE)
    first = address_on(client)
    assert events_in(client.get(first)) == []
    client.submit(PAGE)
    second = address_on(client)
    assert first != second
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    client.submit(f"{PAGE}/spegni")
    assert client.get(second).status_code == 404
    assert "Crea l’indirizzo" in client.get(PAGE).text
    assert list(db.session.scalars(select(CalendarKey.key))) == []


@pytest.mark.parametrize("key", ["x", "A" * 43, "%00", "..%2f", "é"])
def test_a_key_that_opens_nothing_is_404(client, key):
    assert client.get(f"/calendario/{key}.ics").status_code == 404


def test_mail_of_a_confirmed_place_brings_the_entry_along(database):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        shift, user = make_shift(project=make_project(title="Siepi")), make_user()
        take_place(actor=actor_of(user), shift_id=shift.id)
        db.session.commit()
        mail = db.session.scalars(select(MailMessage)).one()
    (event,) = read(mail.calendar)
    assert str(event["uid"]) == f"turno-{shift.id}@127.0.0.1"
    assert titles([event]) == ["Siepi"]
    assert event.start == to_local(shift.starts_at)
    assert user.email not in mail.calendar
