"""The office's desk and the figures of a year."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest

from portal.core.access import PORTAL
from portal.core.clock import frozen
from portal.core.database import db
from portal.moderation.states import CaseKind
from portal.permissions import Role
from portal.volunteering.models import Expense, ProjectApplication
from portal.volunteering.queries.office_desk import count_for_office
from portal.volunteering.queries.volunteer_figures import load_volunteer_figures
from portal.volunteering.services import Person, book_interview, enter_occasional, leave_register
from portal.volunteering.states import (
    ApplicationState,
    ExpenseKind,
    ExpenseState,
    HoursState,
    Presence,
    PresenceSource,
    Sector,
    ShiftState,
    TimeKind,
)
from tests.factories.hours import make_hours
from tests.factories.moderation import make_case
from tests.factories.office import make_candidate, make_line, make_slots
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
)
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
DESK, FIGURES = "/gestione/volontariato/", "/gestione/volontariato/cifre"
PAPERS = "/gestione/volontariato/documenti"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def make_presence(shift, presence, **columns):
    return make_sign_up(
        shift, presence=presence, presence_at=NOW, presence_source=PresenceSource.TUTOR, **columns
    )


def make_expense(project, *, cents, state=ExpenseState.APPROVED, on=TODAY):
    db.session.add(
        Expense(
            user_id=make_user().id, project_id=project.id, spent_on=on, amount_cents=cents,
            kind=ExpenseKind.SELF_CERTIFIED, description="Biglietti", state=state,
        )
    )  # fmt: skip
    db.session.commit()


def test_desk_of_an_office_with_nothing_to_do_says_so(client, clerk):
    page = client.get(DESK).text
    assert "data-waiting" not in page
    assert f'href="{DESK}"' in client.get("/gestione/").text


def test_desk_counts_what_waits_and_leads_to_each_page(client, clerk):
    project = make_project()
    make_shift(project=project, in_hours=30)
    make_shift(project=project, in_hours=24 * 8)
    full = make_shift(project=project, in_hours=40, capacity=1)
    make_sign_up(full)
    flexible = make_project(time_kind=TimeKind.OPEN_ENDED)
    db.session.add(ProjectApplication(project_id=flexible.id, user_id=make_user().id))
    db.session.add(
        ProjectApplication(
            project_id=flexible.id, user_id=make_user().id, answered_at=NOW,
            state=ApplicationState.ACCEPTED,
        )
    )  # fmt: skip
    make_case(kind=CaseKind.ENROLMENT, subject_id=1)
    make_case(kind=CaseKind.VOLUNTEERING_PROJECT, subject_id=2)
    make_case(kind=CaseKind.EXPENSE, subject_id=3)
    person = make_user()
    make_hours(person, project, on=TODAY - timedelta(days=8), state=HoursState.TO_VERIFY)
    make_hours(person, project, on=TODAY - timedelta(days=7), state=HoursState.TO_VERIFY)
    make_line(make_user(name="Ada Prova"))
    for until, user in ((30, make_user(name="Bea Prova")), (31, make_user()), (-3, make_user())):
        enrolment, seen_by = make_enrolment(user), clerk.id
        enrolment.permit_until = TODAY + timedelta(days=until)
        enrolment.permit_seen_by_id = seen_by
    db.session.commit()
    (slot,) = make_slots(clerk, starts_at=NOW + timedelta(hours=2))
    book_interview(actor=actor_of(make_candidate()), slot_id=slot)
    db.session.commit()
    counts = count_for_office()
    assert vars(counts) == {
        "short_shifts": 1,
        "applications": 1,
        "enrolments": 1,
        "projects": 1,
        "drafts": 0,
        "expenses": 1,
        "old_hours": 1,
        "papers": 2,
        "interviews_today": 1,
        "interviews_without_outcome": 0,
        "uncovered": 1,
        "calls": 0,
    }
    page = client.get(DESK).text
    assert page.count("data-waiting") == 9
    assert "1 rimborso su cui decidere" in page
    assert 'href="/gestione/coda?tipo=expense"' in page
    assert "A 1 turno dei prossimi sette giorni mancano persone" in page
    assert "Bea Prova" in client.get(PAPERS).text
    with frozen(NOW + timedelta(hours=3)):
        assert count_for_office().interviews_without_outcome == 1
    with counted_sql() as statements:
        client.get(DESK)
    assert len(statements) <= 6


@pytest.fixture
def year(database):
    """Two programmes in 2026, and something of the years around it."""
    school, green = make_programme(), make_programme()
    homework = make_project(title="Compiti", programme=school, sector=Sector.SCHOOL)
    garden = make_project(title="Orti", programme=green, sector=Sector.GREEN)
    held = make_shift(project=homework, starts_at=datetime(2026, 3, 2, 14, tzinfo=UTC), capacity=5)
    make_presence(held, Presence.PRESENT)
    make_presence(held, Presence.ABSENT)
    make_presence(held, Presence.ABSENT, people=2, group_name="Famiglia")
    cancelled = make_shift(project=garden, starts_at=datetime(2026, 4, 2, 14, tzinfo=UTC))
    cancelled.state, cancelled.cancelled_reason = ShiftState.CANCELLED, "Piove."
    # On New Year's night in the city, still the old year for UTC.
    make_shift(project=garden, starts_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC), capacity=7)
    make_shift(project=garden, starts_at=datetime(2025, 12, 31, 22, 30, tzinfo=UTC), capacity=90)
    make_shift(project=garden, in_hours=48, capacity=90)
    person = make_user()
    make_hours(person, homework, on=date(2026, 3, 2), minutes=90)
    make_hours(person, homework, on=date(2026, 10, 5), minutes=30)
    make_hours(person, garden, on=date(2026, 10, 6), minutes=60)
    make_hours(person, garden, on=date(2025, 12, 31), minutes=600)
    make_hours(person, garden, on=date(2026, 5, 1), minutes=600, state=HoursState.TO_VERIFY)
    make_expense(garden, cents=4_50)
    make_expense(garden, cents=9_00, state=ExpenseState.SUBMITTED)
    old, gone, new = make_user(), make_user(), make_user()
    make_line(old, since=date(2025, 6, 1))
    make_line(gone, since=date(2025, 6, 1))
    make_line(new, since=date(2026, 2, 1))
    leave_register(actor=PORTAL, user_id=gone.id, on=date(2026, 6, 30), reason="Lascia.")
    guest = Person("Ospite", born_on=date(1990, 1, 1), birth_place="Parma")
    enter_occasional(actor=PORTAL, person=guest, on=date(2026, 5, 1))
    enter_occasional(actor=PORTAL, person=guest, on=date(2025, 5, 1))
    db.session.commit()
    return school, green


def test_figures_of_a_year_count_what_belongs_to_it(year):
    figures = load_volunteer_figures(2026)
    assert vars(figures.register) == {
        "at_start": 2, "at_end": 2, "entered": 1, "left": 1, "occasional": 1,
    }  # fmt: skip
    assert vars(figures.total) == {
        "shifts": 2, "offered": 12, "taken": 4, "absent": 3, "minutes": 180, "cents": 450,
    }  # fmt: skip
    assert {month: m for month, m in figures.months.items() if m} == {3: 90, 10: 90}
    assert [(p.title, p.tally.minutes) for p in figures.projects] == [
        ("Compiti", 120),
        ("Orti", 60),
    ]
    assert [(s, t.minutes) for s, t in figures.by("sector")] == [
        (Sector.GREEN, 60), (Sector.SCHOOL, 120),
    ]  # fmt: skip


def test_figures_of_one_programme_leave_the_others_out(year):
    school, _green = year
    figures = load_volunteer_figures(2026, programme_id=school.id)
    assert [p.title for p in figures.projects] == ["Compiti"]
    assert sum(figures.months.values()) == 120
    assert figures.register.entered == 1


def test_page_and_file_say_the_same(client, clerk, year):
    school, _green = year
    page = client.get(FIGURES).text
    assert "Volontariato in cifre, 2026" in page
    assert "<option selected>2026</option><option>2025</option>" in page
    rows = csv.reader(StringIO(client.get(f"{FIGURES}.csv").text.lstrip("\ufeff")))
    found = {tuple(row[:3]): row[3] for row in rows}
    assert found["Ore verificate", "Tutto", ""] == "3"
    assert found["Ore verificate", "Mese", "10"] == "1,5"
    assert found["Persone assenti", "Progetto", "Compiti"] == "3"
    assert found["Spese rimborsate, euro", "Programma", _green.name] == "4,5"
    assert found["Volontari occasionali", "Tutto", ""] == "1"
    of_school = client.get(f"{FIGURES}?anno=2026&programma={school.id}").text
    assert "Orti" not in of_school
    assert "nessun turno" in client.get(f"{FIGURES}?anno=2020").text
    assert client.get(f"{FIGURES}?anno=99999&programma=x").status_code == 200


def test_figures_ask_the_database_the_same_however_much_there_is(client, clerk):
    def count():
        with counted_sql() as statements:
            assert client.get(FIGURES).status_code == 200
        return len(statements)

    few = count()
    for _ in range(3):
        project = make_project(programme=make_programme())
        make_presence(
            make_shift(project=project, starts_at=NOW - timedelta(days=3)), Presence.ABSENT
        )
        make_hours(make_user(), project, on=TODAY)
        make_expense(project, cents=100)
    assert count() == few <= 12
