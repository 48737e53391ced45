"""Points of the youth card: who has them in a year, on the page and in the file of the region."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import pytest

from portal.core.clock import frozen
from portal.core.database import db
from portal.permissions import Role
from portal.volunteering.states import HoursState
from tests.client import parse, texts
from tests.factories.hours import make_hours
from tests.factories.people import make_user
from tests.factories.volunteering import make_enrolment, make_programme, make_project
from tests.sql_counter import counted_sql

POINTS = "/gestione/volontariato/punti"
DAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _one_moment(database):
    with frozen(datetime(2026, 11, 30, 9, tzinfo=UTC)):
        yield


@pytest.fixture(autouse=True)
def _clerk(client, database):
    client.sign_in(make_user(name="Carla Prova", roles=(Role.STAFF,)))


def project_with(points, **facts):
    """Return a project whose programme gives `points` an hour."""
    programme = make_programme()
    programme.points_per_hour = Decimal(points)
    db.session.commit()
    return make_project(programme=programme, **facts)


def rows_of(client, query=""):
    text = client.get(f"{POINTS}.csv{query}").text.lstrip("\ufeff")
    header, *rows = csv.reader(StringIO(text))
    assert header == ["Persona", "Programma", "Minuti verificati", "Punti"]
    return rows


def test_points_come_from_verified_hours_alone(client):
    young, ada = project_with("1"), make_user(name="Ada Prova")
    make_hours(ada, young, on=DAY, minutes=100)
    make_hours(ada, young, on=date(2026, 3, 2), minutes=50)
    make_hours(ada, young, on=DAY, minutes=600, state=HoursState.TO_VERIFY)
    make_hours(ada, young, on=DAY, minutes=600, state=HoursState.REFUSED)
    # A programme that gives none, and too little for one point.
    make_hours(ada, project_with("0"), on=DAY, minutes=600)
    make_hours(make_user(), young, on=DAY, minutes=59)
    assert rows_of(client) == [["Ada Prova", young.programme.name, "150", "2"]]
    (table,) = parse(client.get(POINTS).text).iter("tbody")
    (row,) = table.iter("tr")
    cells = ["Ada Prova", young.programme.name, "2 ore 30 minuti", "2"]
    assert [texts(cell) for cell in row] == cells


def test_each_programme_and_each_year_has_its_points(client):
    ada = make_user(name="Ada Prova")
    one, half = project_with("1"), project_with("0.5")
    for project in (one, half):
        make_hours(ada, project, on=DAY, minutes=180)
    make_hours(ada, one, on=date(2025, 12, 31), minutes=60)
    assert [row[2:] for row in rows_of(client)] == [["180", "3"], ["180", "1"]]
    assert [row[2:] for row in rows_of(client, "?anno=2025")] == [["60", "1"]]
    page = client.get(f"{POINTS}?anno=2025").text
    assert f'href="{POINTS}?anno=2026"' in page
    assert f'href="{POINTS}.csv?anno=2025"' in page


def test_namesakes_are_two_people(client):
    project = project_with("1")
    for _ in range(2):
        make_hours(make_user(name="Ada Prova"), project, on=DAY, minutes=60)
    assert len(rows_of(client)) == 2


def test_name_is_the_one_of_the_enrolment_and_no_formula(client):
    project, ada = project_with("1"), make_user(name="ada")
    make_enrolment(ada).full_name = "=Ada Prova"
    db.session.commit()
    make_hours(ada, project, on=DAY, minutes=60)
    (row,) = rows_of(client)
    assert row[0] == "'=Ada Prova"


def test_year_without_points_says_where_they_come_from(client):
    assert "I punti vengono dalle ore confermate" in client.get(POINTS).text
    assert rows_of(client) == []


@pytest.mark.parametrize("year", ["", "abc", "-1", "0", "2027", "9" * 30, "%00", "2026'"])
def test_odd_year_is_this_year(client, year):
    make_hours(make_user(), project_with("1"), on=DAY, minutes=60)
    assert rows_of(client, f"?anno={year}") == rows_of(client, "?anno=2026")
    assert client.get(f"{POINTS}?anno={year}").status_code == 200


def test_list_costs_the_same_with_one_and_with_three(client):
    project = project_with("1")
    costs = []
    for number in (1, 2):
        for _ in range(number):
            make_hours(make_user(), project, on=DAY, minutes=60)
        with counted_sql() as sql:
            client.get(POINTS)
        costs.append(len(sql))
    assert costs[0] == costs[1] <= 12
