"""Pages of meetings: what everybody reads, registering, the desk, calendars, budgets."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar

from portal.accounts.services import renew_calendar_key
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.laboratories.models import Meeting, MeetingSignUp
from portal.permissions import Role
from tests.factories.laboratories import district_id_of, make_laboratory
from tests.factories.meetings import plan, register_user, states
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.volunteering import make_shift, make_sign_up
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def architect(database):
    return make_user(name="Dina Prova", roles=(Role.ARCHITECT,), district_id=district_id_of("h"))


def page_of(meeting):
    return f"/laboratori/{meeting.laboratory.slug}/incontri/{meeting.id}"


def desk_of(meeting):
    return f"/gestione/laboratori/{meeting.laboratory.slug}/incontri/{meeting.id}"


def form(**given):
    return {
        "title": "Secondo incontro",
        "kind": "open",
        "day": "2026-12-10",
        "starts_time": "18:00",
        "ends_time": "20:00",
        "place": "",
        "place_name": "Palestra",
        "has_registration": "y",
        "capacity": "20",
        "waiting_capacity": "5",
        "closes_hours_before": "0",
        "form_key": "b" * 32,
        **given,
    }


# --- what everybody reads


def test_page_says_when_where_and_what_about(client, database):
    place = make_place(name="Casa inventata")
    meeting = plan(
        title="Le idee in ordine", place_id=place.id, agenda="Chi c’è\nChe cosa manca", capacity=14
    )
    html = client.get(page_of(meeting)).text
    for words in ("Le idee in ordine", "Chi c’è", "Che cosa manca", "14 posti liberi"):
        assert words in html
    assert f"/luoghi/{place.slug}" in html
    assert 'data-reason="not_signed_in"' in html
    assert f"/accedi?next={page_of(meeting)}" in html


def test_reason_stands_in_place_of_the_button(client, database):
    user = make_user()
    client.sign_in(user)
    for given, reason in (
        ({"has_registration": False}, "no_registration"),
        ({"opens_at": NOW + timedelta(hours=5)}, "not_open_yet"),
        ({"closes_at": NOW - timedelta(hours=1)}, "closed"),
        ({"in_hours": -1}, "in_the_past"),
    ):
        meeting = plan(**given)
        html = client.get(page_of(meeting)).text
        assert f'data-reason="{reason}"' in html, reason
        answer = client.submit(f"{page_of(meeting)}/partecipo", {"people": "1"})
        assert answer.status_code == 409
        assert f'data-reason="{reason}"' in answer.text


def test_registering_waiting_and_leaving_without_a_script(client, database):
    meeting = plan(capacity=3, waiting_capacity=2)
    first, second = make_user(), make_user()
    client.sign_in(first)
    assert client.submit(f"{page_of(meeting)}/partecipo", {"people": "99"}).status_code == 422
    assert client.submit(f"{page_of(meeting)}/partecipo", {"people": "3"}).status_code == 303
    html = client.get(page_of(meeting)).text
    assert "Hai un posto" in html
    assert "Per 3 persone." in html
    assert client.get(f"{page_of(meeting)}/partecipo").status_code == 303

    client.sign_in(second)
    assert (
        "Mi metto in lista" in client.get(page_of(meeting)).text
        or "lista" in client.get(page_of(meeting)).text
    )
    client.submit(f"{page_of(meeting)}/partecipo", {"people": "1"})
    assert "numero 1" in client.get(page_of(meeting)).text

    client.sign_in(first)
    client.submit(f"{page_of(meeting)}/lascio")
    assert states(meeting) == [SignUpState.LEFT, SignUpState.OFFERED]
    client.sign_in(second)
    area = client.get("/area-personale/").text
    assert "Si è liberato un posto per te" in area
    client.submit(f"{page_of(meeting)}/partecipo")
    assert states(meeting) == [SignUpState.LEFT, SignUpState.CONFIRMED]
    assert "Incontro di prova" in client.get("/area-personale/").text


def test_more_people_than_places_is_said(client, database):
    meeting = plan(capacity=2, waiting_capacity=0)
    client.sign_in(make_user())
    answer = client.submit(f"{page_of(meeting)}/partecipo", {"people": "3"})
    assert answer.status_code == 409
    assert 'data-reason="full_waiting_list_full"' in answer.text


def test_overlap_with_a_shift_is_named_on_the_page(client, database):
    user, shift = make_user(), make_shift(in_hours=72)
    make_sign_up(shift, user)
    meeting = plan(in_hours=73)
    client.sign_in(user)
    html = client.get(page_of(meeting)).text
    assert 'data-reason="overlaps"' in html
    assert f"/volontariato/turni/{shift.id}" in html


def test_part_of_the_page_is_sent_to_a_script(client, database):
    meeting = plan()
    client.sign_in(make_user())
    answer = client.submit(
        f"{page_of(meeting)}/partecipo", {"people": "2"}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith("<aside")
    assert 'data-announce="Hai un posto"' in answer.text


def test_laboratory_shows_the_next_meeting_and_the_others(client, database):
    laboratory = make_laboratory()
    empty = client.get(f"/laboratori/{laboratory.slug}").text
    assert "Per ora non ci sono incontri in programma" in empty
    plan(laboratory, in_hours=-90, title="Il primo")
    plan(laboratory, in_hours=90, title="Il secondo", agenda="Una\nDue")
    html = client.get(f"/laboratori/{laboratory.slug}").text
    assert "Prossimo incontro" in html
    assert "Il secondo" in html
    assert "Una; Due" in html
    assert "Il primo" in html


# --- calendars


def test_calendar_of_a_meeting_and_of_a_laboratory(client, database):
    laboratory = make_laboratory(title="Parco")
    coming = plan(laboratory, title="Il secondo")
    gone = plan(laboratory, title="Annullato")
    register_user(coming, make_user(name="Marta Nascosta"))
    db.session.execute(
        db.update(Meeting)
        .where(Meeting.id == gone.id)
        .values(state="cancelled", cancelled_reason="Neve.")
    )
    one = client.get(f"{page_of(coming)}.ics")
    assert one.mimetype == "text/calendar"
    [entry] = Calendar.from_ical(one.text).walk("VEVENT")
    assert str(entry["SUMMARY"]) == "Il secondo"
    assert str(entry["UID"]).startswith(f"incontro-{coming.id}@")
    feed = client.get(f"/laboratori/{laboratory.slug}/calendario.ics").text
    entries = Calendar.from_ical(feed).walk("VEVENT")
    assert [str(e["STATUS"]) for e in entries] == ["CONFIRMED", "CANCELLED"]
    assert "Nascosta" not in feed
    assert "Marta" not in feed


def test_own_calendar_holds_meetings_beside_shifts(client, database):
    user = make_user()
    make_sign_up(make_shift(in_hours=20), user)
    meeting = plan(title="Il secondo", capacity=1)
    register_user(meeting, user)
    full = plan(in_hours=200, capacity=1, title="Pieno")
    register_user(full)
    register_user(full, user)
    key = renew_calendar_key(actor=actor_of(user))
    db.session.commit()
    entries = Calendar.from_ical(client.get(f"/calendario/{key}.ics").text).walk("VEVENT")
    assert [str(e["UID"]).split("-")[0] for e in entries] == ["turno", "incontro"]


# --- the desk


def test_architect_plans_changes_and_cancels(client, architect):
    laboratory = make_laboratory()
    desk = f"/gestione/laboratori/{laboratory.slug}/incontri/"
    client.sign_in(architect)
    assert client.get(desk).status_code == 200
    made = client.submit(f"{desk}nuovo", form())
    assert made.status_code == 303
    assert client.submit(f"{desk}nuovo", form()).headers["Location"] == made.headers["Location"]
    meeting = db.session.scalars(db.select(Meeting)).one()
    assert meeting.starts_at == datetime(2026, 12, 10, 17, 0, tzinfo=UTC)
    assert meeting.place_name == "Palestra"

    shown = client.get(f"{desk_of(meeting)}/modifica").text
    assert 'value="Palestra"' in shown
    person = register_user(meeting)
    saved = client.submit(
        f"{desk_of(meeting)}/modifica", form(starts_time="17:00", version=str(meeting.version))
    )
    assert saved.status_code == 303
    assert "abbiamo scritto a una persona" in client.get(saved.headers["Location"]).text
    stale = client.submit(f"{desk_of(meeting)}/modifica", form(title="Tardi", version="1"))
    assert stale.status_code == 409
    assert 'value="Tardi"' in stale.text

    assert client.submit(f"{desk_of(meeting)}/annulla").status_code == 422
    db.session.refresh(meeting)
    gone = client.submit(
        f"{desk_of(meeting)}/annulla",
        {"reason": "Neve.", "version": str(meeting.version)},
    )
    assert gone.status_code == 303
    client.sign_in(person)
    html = client.get(page_of(meeting)).text
    assert "Questo incontro è annullato" in html
    assert "Neve." in html
    assert "Annullato: non venire" in client.get("/area-personale/").text


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_time": "17:00"}, "ends_time"),
        ({"place_name": ""}, "place_name"),
        ({"capacity": "0"}, "capacity"),
        ({"day": ""}, "day"),
        ({"place": "999999"}, "place"),
        ({"opens_on": "2026-12-11"}, "opens_on"),
        ({"kind": "festa"}, "kind"),
    ],
)
def test_wrong_input_is_said_beside_its_field(client, architect, given, field):
    laboratory = make_laboratory()
    client.sign_in(architect)
    answer = client.submit(f"/gestione/laboratori/{laboratory.slug}/incontri/nuovo", form(**given))
    assert answer.status_code == 422
    assert f'id="{field}-errore"' in answer.text
    assert 'value="Secondo incontro"' in answer.text


def test_office_finds_people_by_the_whole_name_or_address_only(client, architect):
    meeting = plan()
    person = make_user(name="Ivana Telefono", email="ivana.telefono@example.org")
    client.sign_in(architect)
    for text in ("ivana", "telefono", "example.org", "%"):
        assert "ivana.telefono@" not in client.get(f"{desk_of(meeting)}?q={text}").text, text
    for text in ("ivana telefono", "IVANA.TELEFONO@example.org"):
        found = client.get(desk_of(meeting), query_string={"q": text}).text
        assert "ivana.telefono@example.org" in found, text
    client.submit(f"{desk_of(meeting)}/iscrivi", {"user_id": str(person.id), "people": "2"})
    sign_up = db.session.scalars(db.select(MeetingSignUp)).one()
    assert (sign_up.user_id, sign_up.people) == (person.id, 2)
    assert sign_up.recorded_by_id == architect.id
    assert "iscrizione fatta dall’ufficio" in client.get(desk_of(meeting)).text
    client.submit(f"{desk_of(meeting)}/iscritti/{person.id}/togli")
    assert states(meeting) == [SignUpState.LEFT]


def test_office_is_told_why_somebody_cannot_be_registered(client, architect):
    meeting, person = plan(capacity=1, waiting_capacity=0), make_user()
    register_user(meeting)
    client.sign_in(architect)
    answer = client.submit(
        f"{desk_of(meeting)}/iscrivi", {"user_id": str(person.id), "people": "1"}
    )
    assert answer.status_code == 409
    assert 'data-reason="full_waiting_list_full"' in answer.text
    forged = client.submit(f"{desk_of(meeting)}/iscrivi", {"user_id": "x", "people": "1"})
    assert forged.status_code == 404


# --- budgets


def test_pages_ask_the_database_as_often_with_many_as_with_one(client, architect):
    laboratory = make_laboratory()
    meeting = plan(laboratory, capacity=50)
    register_user(meeting)
    reader = make_user()

    def counts():
        found = []
        for user, path, most in (
            (None, page_of(meeting), 10),
            (reader, page_of(meeting), 10),
            (None, f"/laboratori/{laboratory.slug}", 10),
            (None, f"/laboratori/{laboratory.slug}/calendario.ics", 6),
            (architect, f"/gestione/laboratori/{laboratory.slug}/incontri/", 12),
            (architect, desk_of(meeting), 12),
            (architect, f"{desk_of(meeting)}/presenze", 12),
        ):
            client.sign_out()
            if user is not None:
                client.sign_in(user)
            client.get(path)
            with counted_sql() as statements:
                assert client.get(path).status_code == 200, path
            assert len(statements) <= most, (path, len(statements), statements)
            found.append(len(statements))
        return found

    once = counts()
    for hours in (80, -20):
        plan(laboratory, in_hours=hours)
    for _ in range(2):
        register_user(meeting)
    assert counts() == once
