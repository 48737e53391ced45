"""Staff redraws districts from a day on; what was there before stays to be read."""

from datetime import date, timedelta

import pytest

from portal.core.clock import local_today
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.permissions import Role
from portal.territory import queries
from portal.territory.models import District, Neighbourhood
from portal.territory.services import (
    DistrictTakenError,
    add_district,
    add_neighbourhood,
    end_district,
    end_neighbourhood,
    move_neighbourhood,
)
from tests.client import parse, texts
from tests.factories.laboratories import district_id_of
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

DESK = "/gestione/territorio/"


def said(response) -> str:
    return texts(parse(response.text))


@pytest.fixture(autouse=True)
def _own_districts(database):
    """Two invented districts: the city's own are there for all tests, and stay as they are."""
    for code in ("prova1", "prova2"):
        db.session.add(District(code=code, name=f"Ambito {code}", valid_from=date(2023, 1, 1)))
    db.session.commit()
    yield
    db.session.rollback()
    invented = db.select(District.id).where(District.code.like("prova%"))
    db.session.execute(db.delete(Neighbourhood).where(Neighbourhood.district_id.in_(invented)))
    db.session.execute(db.delete(District).where(District.code.like("prova%")))
    db.session.commit()


@pytest.fixture
def clerk(client):
    user = make_user(roles=(Role.STAFF,))
    client.sign_in(user)
    return user


def names_of(code: str, day: date) -> set[str]:
    [district] = [d for d in queries.list_territory(day) if d.code == code]
    return {n.name for n in district.neighbourhoods}


def make_neighbourhood(clerk, code="prova1", name="Borgo della Prova"):
    row = add_neighbourhood(
        actor=actor_of(clerk),
        district_id=district_id_of(code),
        name=name,
        valid_from=date(2024, 1, 1),
    )
    db.session.commit()
    return row


def test_a_neighbourhood_moves_from_a_day_on_and_its_past_stays(client, clerk):
    row = make_neighbourhood(clerk)
    day = local_today() + timedelta(days=10)
    moved = client.submit(
        f"{DESK}quartieri/{row.id}/sposta",
        {"district_id": str(district_id_of("prova2")), "day": day.isoformat()},
    )
    assert moved.status_code == 303
    before = day - timedelta(days=1)
    assert row.name in names_of("prova1", before)
    assert row.name not in names_of("prova2", before)
    assert row.name not in names_of("prova1", day)
    assert row.name in names_of("prova2", day)


def test_the_page_shows_any_day(client, clerk):
    row = make_neighbourhood(clerk)
    end_neighbourhood(actor=actor_of(clerk), neighbourhood_id=row.id, valid_until=date(2025, 1, 1))
    db.session.commit()
    assert row.name not in said(client.get(DESK))
    assert row.name in said(client.get(f"{DESK}?giorno=2024-06-01"))
    assert client.get(f"{DESK}?giorno=ieri").status_code == 200


def test_a_code_is_one_districts_at_a_time(client, clerk):
    new = {"name": "Ambito della Prova", "code": "prova1", "day": "2027-01-01"}
    taken = client.submit(f"{DESK}nuovo", new)
    assert taken.status_code == 422
    assert "un altro ambito ha questo codice" in said(taken)
    end_district(
        actor=actor_of(clerk), district_id=district_id_of("prova1"), valid_until=date(2027, 1, 1)
    )
    db.session.commit()
    assert client.submit(f"{DESK}nuovo", new).status_code == 303
    with pytest.raises(DistrictTakenError):
        add_district(
            actor=actor_of(clerk), code="prova1", name="Un altro", valid_from=date(2027, 6, 1)
        )


def test_a_district_ends_with_its_neighbourhoods(clerk):
    row = make_neighbourhood(clerk)
    end_district(actor=actor_of(clerk), district_id=row.district_id, valid_until=date(2027, 1, 1))
    assert row.valid_until == date(2027, 1, 1)
    with pytest.raises(ForbiddenStepError):
        end_district(
            actor=actor_of(clerk), district_id=row.district_id, valid_until=date(2028, 1, 1)
        )
    with pytest.raises(ForbiddenStepError):
        move_neighbourhood(
            actor=actor_of(clerk),
            neighbourhood_id=row.id,
            district_id=district_id_of("prova2"),
            on=date(2026, 12, 1),
        )


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2020, 1, 1)])
def test_nothing_ends_before_it_began(clerk, day):
    row = make_neighbourhood(clerk)
    with pytest.raises(RuleBrokenError):
        end_neighbourhood(actor=actor_of(clerk), neighbourhood_id=row.id, valid_until=day)


def test_a_neighbourhood_is_written_only_while_its_district_exists(clerk):
    with pytest.raises(RuleBrokenError):
        add_neighbourhood(
            actor=actor_of(clerk),
            district_id=district_id_of("prova1"),
            name="Troppo presto",
            valid_from=date(1999, 1, 1),
        )


def test_it_cannot_move_to_where_it_is(client, clerk):
    row = make_neighbourhood(clerk)
    refused = client.submit(
        f"{DESK}quartieri/{row.id}/sposta",
        {"district_id": str(row.district_id), "day": "2027-01-01"},
    )
    assert refused.status_code == 422
    assert db.session.scalars(db.select(Neighbourhood).where(Neighbourhood.name == row.name)).one()


def test_a_name_is_corrected_and_what_is_wrong_is_said_beside_its_field(client, clerk):
    assert clerk.id
    district_id = district_id_of("prova1")
    empty = client.submit(f"{DESK}{district_id}/nome", {"name": " "})
    assert empty.status_code == 422
    assert "Scrivi il nome." in said(empty)
    assert client.submit(f"{DESK}{district_id}/nome", {"name": "Santa Croce"}).status_code == 303
    assert db.session.get_one(District, district_id).name == "Santa Croce"


@pytest.mark.usefixtures("clerk")
@pytest.mark.parametrize("code", ["A/1", "à", "x" * 11, ""])
def test_a_code_that_fits_no_address_is_refused(client, code):
    refused = client.submit(f"{DESK}nuovo", {"name": "A", "code": code, "day": "2027-01-01"})
    assert refused.status_code == 422


@pytest.mark.usefixtures("clerk")
def test_the_territory_takes_few_statements(client):
    with counted_sql() as sql:
        client.get(DESK)
    assert len(sql) <= 12


def test_days_before_and_after_are_said_as_such(client, clerk):
    empty = said(client.get(f"{DESK}?giorno=1990-01-01"))
    assert "Gli ambiti com’erano lunedì 1 gennaio 1990." in empty
    assert "Quel giorno non c’era nessun ambito" in empty
    assert "Gli ambiti come saranno" in said(client.get(f"{DESK}?giorno=2999-01-01"))
