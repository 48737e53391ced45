"""Hours a person declares, and what they add up to (behaviour 11)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.history import list_history
from portal.volunteering.models import HoursEntry
from portal.volunteering.queries.hours import (
    list_declarable_projects,
    list_hours_totals,
    sum_hours,
)
from portal.volunteering.states import HoursState
from tests.factories.hours import make_hours, make_member
from tests.factories.people import make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
PAGE = "/area-personale/ore"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def member(client, **columns):
    person, project = make_user(), make_project(title="Orti in città", **columns)
    make_member(project, person)
    client.sign_in(person)
    return person, project


def answers(project_, **changed):
    given = {
        "project": str(project_.id), "worked_on": "27/11/2026", "time": "2:30", "note": "Semina",
    }  # fmt: skip
    return {**given, **changed}


def entries():
    db.session.expire_all()
    return list(db.session.scalars(select(HoursEntry).order_by(HoursEntry.id)))


def test_declared_hours_wait_for_the_tutor(client):
    person, project = member(client)
    assert client.submit(PAGE, answers(project)).status_code == 303
    (entry,) = entries()
    assert (entry.minutes, entry.worked_on) == (150, date(2026, 11, 27))
    assert entry.state is HoursState.TO_VERIFY
    page = client.get(PAGE).get_data(as_text=True)
    assert "2 ore 30 minuti da confermare" in page
    assert "Semina" in page
    total = sum_hours(list_hours_totals(person.id), 2026)
    assert (total.verified, total.to_verify) == (0, 150)
    step = list_history(subject_kind="hours_entry", subject_id=entry.id)[0]
    assert (step.action, step.actor_name) == ("declare", "Ada Prova")


def test_the_same_tap_twice_is_one_entry(client):
    _, project = member(client)
    client.submit(PAGE, answers(project))
    client.submit(PAGE, answers(project))
    assert len(entries()) == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"worked_on": "1/12/2026"}, "Questo giorno deve ancora venire"),
        ({"worked_on": "1/9/2026"}, "Quel giorno non eri ancora in questo progetto"),
        ({"worked_on": "31/02/2026"}, "Scrivi giorno, mese e anno"),
        ({"time": "0:00"}, "Scrivi tra un minuto e 24 ore."),
        ({"time": "24:01"}, "Scrivi tra un minuto e 24 ore."),
        ({"time": "2:75"}, "Scrivi ore e minuti, per esempio 2:30."),
        ({"time": "due ore"}, "Scrivi ore e minuti, per esempio 2:30."),
        ({"time": "9" * 13}, "per esempio 2:30"),
        ({"project": "999999"}, "Scegli un progetto in cui hai un posto"),
        ({"project": "x"}, "Scegli un progetto"),
        ({"note": "x" * 301}, "Questa nota è troppo lunga"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(client, changed, words):
    _, project = member(client)
    data = answers(project, **changed)
    answer = client.submit(PAGE, data)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert data["worked_on"] in page
    assert entries() == []


@pytest.mark.parametrize("time", ["2:30", "2.30", "2,30", "2h30", " 2:30 "])
def test_people_write_a_time_as_they_like(client, time):
    _, project = member(client)
    client.submit(PAGE, answers(project, time=time))
    assert entries()[0].minutes == 150


def test_a_day_has_no_more_than_24_hours(client):
    person, project = member(client)
    make_hours(person, project, on=date(2026, 11, 27), minutes=22 * 60)
    answer = client.submit(PAGE, answers(project))
    assert "questo giorno avrebbe più di 24 ore" in answer.get_data(as_text=True)
    # What was refused leaves room.
    make_hours(person, project, on=date(2026, 11, 26), minutes=1440, state=HoursState.REFUSED)
    assert client.submit(PAGE, answers(project, worked_on="26/11/2026")).status_code == 303


def test_after_the_end_of_a_project_there_are_no_more_hours(client):
    _, project = member(client, starts_on=date(2026, 1, 1), ends_on=date(2026, 11, 20))
    assert client.submit(PAGE, answers(project)).status_code == 422
    assert client.submit(PAGE, answers(project, worked_on="20/11/2026")).status_code == 303


def test_who_takes_part_in_nothing_declares_nothing(client):
    client.sign_in(make_user())
    project = make_project()
    assert "Appena partecipi a un progetto" in client.get(PAGE).get_data(as_text=True)
    assert client.submit(PAGE, answers(project)).status_code == 422


def test_a_place_in_a_shift_is_taking_part_too(database):
    person, project = make_user(), make_project()
    make_sign_up(make_shift(project=project, in_hours=-48), person)
    make_sign_up(make_shift(project=project, in_hours=-24), person)
    (found,) = list_declarable_projects(person.id)
    assert (found.id, found.since_on) == (project.id, date(2026, 11, 28))


def test_hours_can_be_taken_back_until_somebody_verified_them(client):
    person, project = member(client)
    mine = make_hours(person, project, on=date(2026, 11, 1), state=HoursState.TO_VERIFY)
    verified = make_hours(person, project, on=date(2026, 11, 2))
    theirs = make_hours(make_user(), project, on=date(2026, 11, 1), state=HoursState.TO_VERIFY)
    assert client.submit(f"{PAGE}/{mine.id}/togli").status_code == 303
    assert client.submit(f"{PAGE}/{verified.id}/togli").status_code == 409
    assert client.submit(f"{PAGE}/{theirs.id}/togli").status_code == 404
    assert [e.state for e in entries()] == [
        HoursState.REFUSED,
        HoursState.VERIFIED,
        HoursState.TO_VERIFY,
    ]


def test_totals_are_by_year_and_project_and_count_what_is_verified(database):
    person = make_user()
    orti, corsi = make_project(title="Orti"), make_project(title="Corsi")
    corsi.programme.points_per_hour = 1
    db.session.commit()
    make_hours(person, orti, on=date(2026, 3, 1), minutes=90)
    make_hours(person, corsi, on=date(2026, 3, 2), minutes=100)
    make_hours(person, corsi, on=date(2026, 3, 3), minutes=50, state=HoursState.TO_VERIFY)
    make_hours(person, corsi, on=date(2026, 3, 4), minutes=70, state=HoursState.REFUSED)
    make_hours(person, corsi, on=date(2025, 3, 3), minutes=60)
    make_hours(make_user(), corsi, on=date(2026, 3, 3), minutes=600)
    totals = list_hours_totals(person.id)
    assert [(t.year, t.title, t.verified, t.to_verify) for t in totals] == [
        (2026, "Corsi", 100, 50),
        (2026, "Orti", 90, 0),
        (2025, "Corsi", 60, 0),
    ]
    assert sum_hours(totals, 2026).points == 1  # an hour and forty minutes: one whole point
    assert sum_hours(totals, 2024).minutes == 0


def test_the_year_is_chosen_by_the_address_and_nonsense_is_this_year(client):
    person = make_user()
    client.sign_in(person)
    make_hours(person, on=date(2025, 3, 3), minutes=60)
    assert "L’anno 2025" in client.get(f"{PAGE}?anno=2025").get_data(as_text=True)
    for nonsense in ("2099", "-1", "abc", "9" * 50):
        assert "L’anno 2026" in client.get(f"{PAGE}?anno={nonsense}").get_data(as_text=True)


def test_the_personal_area_shows_this_year(client):
    person = make_user()
    client.sign_in(person)
    for day in (1, 2):
        make_hours(person, on=date(2026, 3, day), minutes=19 * 60)
    make_hours(person, on=date(2026, 3, 4), minutes=360, state=HoursState.TO_VERIFY)
    page = client.get("/area-personale/").get_data(as_text=True)
    assert "44 ore quest’anno" in page
    assert "38 ore confermate" in page
    assert "6 ore da confermare" in page


def test_a_verified_day_in_the_past_is_there_after_new_year(database):
    person = make_user()
    make_hours(person, on=date(2026, 12, 31) - timedelta(days=1), minutes=60)
    with frozen(datetime(2027, 1, 2, 9, tzinfo=UTC)):
        assert sum_hours(list_hours_totals(person.id), 2027).minutes == 0
        assert sum_hours(list_hours_totals(person.id), 2026).minutes == 60
