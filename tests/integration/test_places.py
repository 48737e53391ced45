"""The list of places and one place."""

from decimal import Decimal

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.history import list_history
from portal.demo.places_demo import seed_places
from portal.places.models import Place
from portal.places.queries import (
    count_places,
    find_place_by_slug,
    list_place_choices,
    search_places,
)
from portal.places.states import PlaceKind
from tests.client import parse, texts
from tests.factories.places import make_place
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true"}


def names(page):
    return [texts(e) for e in parse(page.text).iter("h3") if e.find("a") is not None]


def test_an_empty_list_says_so(client):
    page = client.get("/luoghi/")
    assert page.status_code == 200
    assert 'data-total="0"' in page.text
    assert "Ancora nessun luogo" in page.text


def test_places_stand_by_name_without_case_and_accents(client):
    for name in ("Zeta", "èlite", "Alfa", "beta"):
        make_place(name)
    page = client.get("/luoghi/")
    assert names(page) == ["Alfa", "beta", "èlite", "Zeta"]
    assert 'data-total="4"' in page.text


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("catomes", ["Catomes Tot"]),
        ("CATOMES tot", ["Catomes Tot"]),
        ("catomess", ["Catomes Tot"]),
        ("gataglio", ["Gattaglio"]),
        ("panciroli", ["Catomes Tot"]),
        ("centro sociale gattaglio", ["Gattaglio"]),
        ("liberta", ["Città della Libertà"]),
        ("citta", ["Città della Libertà"]),
        ("casa di quartiere", ["Città della Libertà"]),
        ("circolo inventato", ["Gattaglio"]),
        ("piscina", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_as_people_write(client, typed, found):
    make_place("Catomes Tot", address="Via G. Panciroli 12")
    make_place("Gattaglio", managing_body="Circolo inventato APS")
    make_place("Città della Libertà", kind=PlaceKind.NEIGHBOURHOOD_HOUSE)
    assert names(client.get("/luoghi/", query_string={"q": typed})) == found


def test_filters_by_district_and_kind(client):
    make_place("Coviolo", district_code="c")
    make_place("Rosta Nuova", district_code="d", kind=PlaceKind.OTHER)
    assert names(client.get("/luoghi/?ambito=c")) == ["Coviolo"]
    assert names(client.get("/luoghi/?tipo=other")) == ["Rosta Nuova"]
    assert names(client.get("/luoghi/?ambito=c&tipo=other")) == []
    assert "Mostra tutti i luoghi" in client.get("/luoghi/?ambito=c&tipo=other").text


@pytest.mark.parametrize(
    "query",
    [
        "q=%00", "q=%25", "q='%20OR%201=1--", "q=" + "x" * 5000, "q=%3Cscript%3E", "q=%5C",
        "pagina=9999", "pagina=-1", "ambito=zz", "tipo=zz", "boh=1",
    ],
)  # fmt: skip
def test_whatever_the_address_says_there_is_a_page(client, query):
    make_place()
    page = client.get(f"/luoghi/?{query}")
    assert page.status_code == 200
    assert "data-total" in page.text


def test_htmx_gets_the_results_alone(client):
    make_place()
    part = client.get("/luoghi/", headers=HTMX)
    assert part.text.lstrip().startswith('<div id="results"')
    assert "HX-Request" in part.vary
    assert "HX-Request" in client.get("/luoghi/").vary


def test_list_asks_equally_often_for_3_and_for_300(client):
    def cost():
        with counted_sql() as statements:
            client.get("/luoghi/?q=centro")
        return len(statements)

    for _ in range(3):
        make_place(district_code="c")
    few = cost()
    for _ in range(297):
        make_place(district_code="d")
    assert cost() == few <= 6
    assert names(client.get("/luoghi/?pagina=999")) != []


def test_a_place_shows_what_is_known(client):
    place = make_place(
        "Centro <b>inventato</b>",
        address="Via Prova 1",
        district_code="c",
        managing_body="Amici inventati APS",
        description="Un cortile.\n\nE un forno.",
        accessibility_notes="Ingresso in piano.",
        latitude=Decimal("44.698"),
        longitude=Decimal("10.631"),
    )
    with counted_sql() as statements:
        page = client.get(f"/luoghi/{place.slug}")
    assert len(statements) <= 10
    assert texts(parse(page.text).find(".//h1")) == "Centro <b>inventato</b>"
    for words in (
        "Via Prova 1", "Ambito C", "Amici inventati APS", "<p>E un forno.</p>",
        "Ingresso in piano.", "geo:44.698", "https://www.openstreetmap.org/?mlat=44.698",
    ):  # fmt: skip
        assert words in page.text


def test_a_place_does_not_pretend_to_know_more(client):
    place = make_place("Gattaglio", address="Via Gattaglio 30")
    page = client.get(f"/luoghi/{place.slug}").text
    assert "https://www.openstreetmap.org/search?query=Via%20Gattaglio%2030%2C%20Reggio" in page
    assert "geo:" not in page
    assert "chiedi al centro" in page
    bare = make_place("Biasola")
    assert "query=Biasola%2C%20Reggio%20Emilia" in client.get(f"/luoghi/{bare.slug}").text


@pytest.mark.parametrize("slug", ["boh", "x" * 3000, "%00", "..%2f", "'", "1"])
def test_a_place_that_is_not_there_is_404(client, slug):
    assert client.get(f"/luoghi/{slug}").status_code == 404


def test_the_demo_loads_the_citys_centres_once(client):
    seed_places()
    db.session.commit()
    assert count_places() == 23
    seed_places()
    assert count_places() == 23
    place = find_place_by_slug("catomes-tot")
    assert (place.address, place.district_name) == ("Via G. Panciroli 12", None)
    assert find_place_by_slug("nuovo-villaggio-stranieri").district_name == "Ambito E"
    steps = list_history(subject_kind="place", subject_id=place.id)
    assert [(s.action, s.actor_name) for s in steps] == [("load", "portal")]
    assert len(names(client.get("/luoghi/"))) == 20


def test_what_people_changed_is_not_loaded_over(client):
    place = make_place("Foscato", address="Via nuova 2")
    seed_places()
    assert find_place_by_slug(place.slug).address == "Via nuova 2"


def test_search_across_and_choices(client):
    make_place("Gattaglio")
    make_place("Foscato", address="Via Foscato 15")
    assert [row.name for row in search_places("foscato", limit=5)] == ["Foscato"]
    assert search_places("  ", limit=5) == []
    assert len(search_places("centro", limit=1)) == 1
    assert [choice.name for choice in list_place_choices()] == ["Foscato", "Gattaglio"]


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("ck_place_slug_stands_in_an_address", {"slug": "Con Spazi"}),
        ("ck_place_has_name", {"name": "  "}),
        ("ck_place_coordinates_come_in_pairs", {"latitude": 44}),
        ("ck_place_latitude_is_on_earth", {"latitude": 91, "longitude": 10}),
        ("ck_place_longitude_is_on_earth", {"latitude": 44, "longitude": 181}),
        ("uq_place_slug", {"slug": "gattaglio"}),
        ("fk_place_district_id", {"district_id": 0}),
    ],
)
def test_the_database_refuses_impossible_places(client, constraint, values):
    make_place("Gattaglio")
    facts = {"slug": "altro", "name": "Altro", "kind": PlaceKind.OTHER, **values}
    with pytest.raises(IntegrityError) as refusal:
        db.session.execute(insert(Place).values(**facts))
    assert refusal.value.orig.diag.constraint_name == constraint
    db.session.rollback()
    assert db.session.scalars(select(Place.slug)).all() == ["gattaglio"]
