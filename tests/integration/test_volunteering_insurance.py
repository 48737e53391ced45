"""Insurance: policies, who is not covered, and the insurer's file of a day."""

import csv
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from sqlalchemy import insert, select

from portal.accounts.models import User
from portal.core.access import PORTAL
from portal.core.clock import frozen
from portal.core.database import db
from portal.permissions import Role
from portal.volunteering.models import InsurancePeriod, InsurancePolicy, RegisterEntry
from portal.volunteering.queries.insurance import PolicyRow, find_end_of_cover, list_insured
from portal.volunteering.services import (
    Person,
    correct_register,
    cover_person,
    end_cover,
    enter_occasional,
    leave_register,
)
from portal.volunteering.states import RegisterKind, RegisterSection
from tests.factories.office import make_line, make_policy
from tests.factories.people import make_user
from tests.sql_counter import counted_sql

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
PAGE = "/gestione/volontariato/assicurazione"
YEAR = {"first": date(2026, 1, 1), "last": date(2026, 12, 31)}
TAX_CODE = "RSSMRA80A01H223V"


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def rows_of(client, day):
    text = client.get(f"{PAGE}/{day}.csv").text.lstrip("\ufeff")
    return list(csv.DictReader(StringIO(text)))


def names_of(client, day):
    return [row["Nome"] for row in rows_of(client, day)]


def cover(user, first):
    cover_person(user_id=user.id, from_on=first)
    db.session.commit()


def test_file_holds_who_is_covered_from_the_day_of_entering(client, clerk):
    make_policy(clerk, **YEAR)
    ada = make_user(name="Ada Prova")
    make_line(ada, since=date(2026, 11, 10))
    cover(ada, date(2026, 11, 10))
    assert names_of(client, "2026-11-09") == []
    (row,) = rows_of(client, "2026-11-10")
    assert list(row.values()) == [
        "ordinario", "1", "Ada Prova", "", "1990-05-17", "Reggio Emilia", "2026-11-10",
        "2026-12-31", "P-1",
    ]  # fmt: skip
    assert names_of(client, "2026-12-31") == ["Ada Prova"]
    assert names_of(client, "2027-01-01") == []


def test_file_holds_who_left_up_to_the_last_day(client, clerk):
    make_policy(clerk, **YEAR)
    ada = make_user(name="Ada Prova")
    make_line(ada, since=date(2026, 3, 1))
    cover(ada, date(2026, 3, 1))
    leave_register(actor=PORTAL, user_id=ada.id, on=date(2026, 11, 20), reason="Si trasferisce.")
    end_cover(user_id=ada.id, on=date(2026, 11, 20))
    db.session.commit()
    assert names_of(client, "2026-11-19") == ["Ada Prova"]
    assert rows_of(client, "2026-11-20")[0]["Copertura fino al"] == "2026-11-20"
    assert names_of(client, "2026-11-21") == []


def test_file_says_who_somebody_is_by_the_last_line(client, clerk):
    make_policy(clerk, **YEAR)
    ada = make_user(name="Ada Prova")
    line = make_line(ada, since=date(2026, 3, 1))
    cover(ada, date(2026, 3, 1))
    person = Person("=Ada Prova Rossi", tax_code=TAX_CODE)
    correct_register(actor=PORTAL, entry_id=line.id, person=person, reason="Cognome intero.")
    db.session.commit()
    (row,) = rows_of(client, "2026-03-01")
    assert (row["Nome"], row["Codice fiscale"]) == ("'=Ada Prova Rossi", TAX_CODE)


def test_who_left_and_came_back_has_the_number_of_the_day(client, clerk):
    make_policy(clerk, **YEAR)
    ada = make_user(name="Ada Prova")
    make_line(ada, since=date(2026, 3, 1))
    cover(ada, date(2026, 3, 1))
    leave_register(actor=PORTAL, user_id=ada.id, on=date(2026, 5, 31), reason="Lascia.")
    end_cover(user_id=ada.id, on=date(2026, 5, 31))
    db.session.add(
        RegisterEntry(
            section=RegisterSection.REGULAR, number=2, kind=RegisterKind.ENTRY, user_id=ada.id,
            full_name="Ada Verdi", tax_code=TAX_CODE, starts_on=date(2026, 9, 1),
            recorded_by_name="Carla Prova",
        )
    )  # fmt: skip
    db.session.commit()
    cover(ada, date(2026, 9, 1))
    assert [(r["Numero"], r["Nome"]) for r in rows_of(client, "2026-05-31")] == [("1", "Ada Prova")]
    assert names_of(client, "2026-07-01") == []
    assert [(r["Numero"], r["Nome"]) for r in rows_of(client, "2026-09-01")] == [("2", "Ada Verdi")]


def test_occasional_volunteers_are_in_the_file_of_their_day(client, clerk):
    make_policy(clerk, **YEAR)
    person = Person("Ospite Prova", born_on=date(1979, 6, 2), birth_place="Parma")
    enter_occasional(actor=PORTAL, person=person, on=TODAY)
    db.session.commit()
    assert names_of(client, TODAY - timedelta(days=1)) == []
    (row,) = rows_of(client, TODAY)
    assert list(row.values()) == [
        "occasionale", "1", "Ospite Prova", "", "1979-06-02", "Parma", "2026-11-30",
        "2026-11-30", "P-1",
    ]  # fmt: skip
    assert names_of(client, TODAY + timedelta(days=1)) == []


@pytest.mark.parametrize("day", ["ieri", "2026-02-30", "20261130", "2026-W48-1", "26-11-30"])
def test_what_is_no_day_is_not_found(client, clerk, day):
    assert client.get(f"{PAGE}/{day}.csv").status_code == 404


def test_day_is_chosen_in_a_form(client, clerk):
    answer = client.get(f"{PAGE}/elenco?giorno=2026-11-30")
    assert answer.location == f"{PAGE}/2026-11-30.csv"
    answer = client.get(f"{PAGE}/elenco?giorno=mai")
    assert answer.status_code == 422
    assert "Scegli un giorno dal calendario" in answer.text


def test_new_policy_covers_who_is_in_the_register(client, clerk):
    make_line(make_user(name="Ada Prova"))
    page = client.get(PAGE).text
    assert "Oggi non vale nessuna polizza." in page
    assert 'data-uncovered="1"' in page
    words = {
        "insurer": "Mutua Inventata", "number": "P-9", "starts_on": "2026-11-01",
        "ends_on": "2027-10-31",
    }  # fmt: skip
    assert client.submit(PAGE, words).status_code == 303
    page = client.get(PAGE).text
    assert "Copertura fino al 31 ottobre 2027." in page
    assert "data-uncovered" not in page
    assert "copre 1 persona" in page
    again = client.submit(PAGE, words)
    assert again.status_code == 422
    assert "con questo numero" in again.text
    for changes, said in (
        ({"number": "P-10", "ends_on": "2026-10-31"}, "finisce prima"),
        ({"number": "P-10", "ends_on": "9999-12-31"}, "Controlla l’anno"),
        ({"number": "P-10", "insurer": ""}, "Scrivi chi assicura"),
    ):
        answer = client.submit(PAGE, words | changes)
        assert answer.status_code == 422
        assert said in answer.text
    assert len(db.session.scalars(select(InsurancePolicy)).all()) == 1


def test_policy_noted_late_covers_nobody_before_they_entered(client, clerk):
    ada = make_user(name="Ada Prova")
    make_line(ada, since=date(2026, 11, 10))
    make_policy(clerk, **YEAR)
    assert names_of(client, "2026-11-09") == []
    assert names_of(client, "2026-11-10") == ["Ada Prova"]


def test_office_is_warned_sixty_days_before_the_end(client, clerk):
    make_policy(clerk, first=date(2026, 1, 1), last=TODAY + timedelta(days=61))
    assert "La polizza scade" not in client.get(PAGE).text
    with frozen(NOW + timedelta(days=1)):
        client.sign_in(clerk)
        assert "La polizza scade il 30 gennaio 2027" in client.get(PAGE).text
        make_policy(
            clerk, number="P-2", first=TODAY + timedelta(days=62), last=TODAY + timedelta(days=400)
        )
        assert "La polizza scade" not in client.get(PAGE).text, "the next one follows"


def test_end_of_cover_stops_at_a_gap():
    def policy(first, last):
        return PolicyRow(1, "Mutua", "P", date(2026, *first), date(2026, *last), 0)

    year = policy((1, 1), (3, 31)), policy((4, 1), (6, 30)), policy((7, 2), (12, 31))
    assert find_end_of_cover(list(year), date(2026, 2, 1)) == date(2026, 6, 30)
    assert find_end_of_cover(list(year), date(2026, 7, 1)) is None
    assert find_end_of_cover(list(year), date(2026, 7, 2)) == date(2026, 12, 31)
    assert find_end_of_cover([], date(2026, 7, 2)) is None


def test_file_of_two_thousand_people_takes_two_statements(client, clerk):
    make_policy(clerk, **YEAR)
    (policy_id,) = db.session.scalars(select(InsurancePolicy.id)).all()
    people = range(2_000)
    ids = db.session.scalars(
        insert(User).returning(User.id),
        [
            {
                "email": f"tanti{n}@example.org", "display_name": f"Persona {n}", "locale": "it",
                "active": True, "fs_uniquifier": f"tanti-{n}",
            }
            for n in people
        ],
    ).all()  # fmt: skip
    line = {
        "section": RegisterSection.REGULAR, "kind": RegisterKind.ENTRY, "tax_code": TAX_CODE,
        "starts_on": date(2026, 2, 1), "recorded_by_name": "Carla Prova",
    }  # fmt: skip
    db.session.execute(
        insert(RegisterEntry),
        [
            line | {"number": n + 1, "user_id": i, "full_name": f"Persona {n}"}
            for n, i in enumerate(ids)
        ],
    )
    cover_of = {
        "policy_id": policy_id, "starts_on": date(2026, 2, 1), "ends_on": date(2026, 12, 31)
    }  # fmt: skip
    db.session.execute(insert(InsurancePeriod), [cover_of | {"user_id": i} for i in ids])
    db.session.commit()
    with counted_sql() as statements:
        insured = list_insured(TODAY)
    assert len(statements) == 2
    assert [row.number for row in insured] == list(range(1, 2_001))
    with counted_sql() as statements:
        assert len(rows_of(client, TODAY)) == 2_000
    assert len(statements) <= 6
