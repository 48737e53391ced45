"""The public pages of the registry."""

from datetime import date

import pytest
from sqlalchemy import text

from portal.core.database import db
from portal.demo.registry_demo import seed_registry
from portal.registry.queries import list_recent, search_associations
from portal.registry.states import AssociationKind, AssociationState
from portal.territory.models import District
from tests.client import parse, texts
from tests.factories.registry import make_association
from tests.sql_counter import counted_sql

CORREGGIO = "035020"
HTMX = {"HX-Request": "true"}


def results(client, **query):
    response = client.get("/registro/", query_string=query)
    assert response.status_code == 200
    return parse(response.get_data(as_text=True))


def names(page):
    return [texts(next(e.iter("h3"))) for e in page.iter("li") if e.get("data-id")]


def total(page):
    return next(int(e.get("data-total")) for e in page.iter() if e.get("data-total"))


def found(client, **query):
    return names(results(client, **query))


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("citta", "Città Migrante"),
        ("CITTÀ", "Città Migrante"),
        ("associazione sport", "Le associazioni sportive della valle"),
        ("associaz", "Le associazioni sportive della valle"),
        ("A.S.D.", "ASD Virtus"),
        ("asd", "A.S.D. Falchi"),
        ("asd virtus", "A.S.D. VIRTUS"),
        ("martino", "Circolo S.Martino"),
        ("noi", "NOI"),
        ("orsa", "Teatro dell'Orsa"),
        ("dell'orsa teatro", "Teatro dell’Orsa"),
        ("1909", "1909"),
        ("cori", "Coro dei prati"),
        ("teatro correggio", "Teatro piccolo"),
        # One typing error: a letter too many, missing, wrong, swapped.
        ("teattro", "Teatro piccolo"),
        ("tetro", "Teatro piccolo"),
        ("teatri", "Teatro piccolo"),
        ("taetro", "Teatro piccolo"),
        ("taetro picolo", "Teatro piccolo"),
        ("bibiloteca", "Amici della biblioteca"),
    ],
)
def test_search_finds_as_people_write(client, typed, name):
    make_association(name="Tutt'altra cosa", kind=AssociationKind.OTHER)
    make_association(name=name, kind=AssociationKind.OTHER, municipality_code=CORREGGIO)
    assert found(client, q=typed) == [name]


def test_search_finds_descriptions_acronyms_kinds_and_places(client):
    make_association(name="Uno", description="Insegniamo l’italiano", kind=AssociationKind.OTHER)
    make_association(name="Due", acronym="C.A.I.", kind=AssociationKind.OTHER)
    make_association(name="Tre", kind=AssociationKind.ASD)
    make_association(name="Quattro", municipality_code=CORREGGIO, kind=AssociationKind.OTHER)
    assert found(client, q="italiano") == ["Uno"]
    assert found(client, q="cai") == ["Due"]
    assert found(client, q="associazione sportiva") == ["Tre"]
    assert found(client, q="correggio") == ["Quattro"]


def test_the_very_name_or_acronym_comes_first(client):
    make_association(name="Amici del coro", description="Coro coro coro coro")
    make_association(name="Coro")
    make_association(name="Società corale", acronym="CORO")
    make_association(name="Coro alpino")
    assert found(client, q="coro") == ["Coro", "Società corale", "Coro alpino", "Amici del coro"]
    assert found(client, q="coro", ordina="nome")[0] == "Amici del coro"


def test_a_corrected_word_is_said(client):
    make_association(name="Teatro piccolo")
    page = texts(results(client, q="taetro"))
    assert "Forse cercavi «teatro»" in page
    assert "1 associazione per «teatro»" in page


def test_an_empty_result_says_what_to_change(client):
    make_association(name="Teatro piccolo")
    page = results(client, q="qwertyuiop")
    assert total(page) == 0
    assert "Nessuna associazione per «qwertyuiop»" in texts(page)
    page = results(client, q="teatro", comune=CORREGGIO)
    assert total(page) == 0
    assert "Senza filtri ce n’è una" in texts(page)
    assert "/registro/?q=teatro" in {a.get("href") for a in page.iter("a")}


def test_an_empty_registry_is_a_page(client):
    assert "Il registro è ancora vuoto" in texts(results(client))


def test_filters_narrow_and_are_shown(client):
    district = db.session.query(District).filter_by(code="b").one()
    make_association(name="A", areas=("sport",), kind=AssociationKind.ASD, district_id=district.id)
    make_association(name="B", areas=("sport", "cultura"), municipality_code=CORREGGIO)
    make_association(name="C", areas=("cultura",))
    assert found(client) == ["A", "B", "C"]
    assert found(client, area="sport") == ["A", "B"]
    assert found(client, area="cultura", comune=CORREGGIO) == ["B"]
    assert found(client, tipo="asd") == ["A"]
    assert found(client, ambito="b") == ["A"]
    page = results(client, area="cultura", comune=CORREGGIO)
    off = {a.get("href") for a in page.iter("a") if "chip-on" in (a.get("class") or "")}
    assert off == {"/registro/?area=cultura", f"/registro/?comune={CORREGGIO}"}


def test_choices_say_how_many_they_would_find(client):
    make_association(name="Uno", areas=("sport",))
    make_association(name="Due", areas=("sport", "cultura"), municipality_code=CORREGGIO)
    for query in ({}, {"q": "aps"}):
        page = results(client, comune=CORREGGIO, **query)
        options = [texts(o) for o in page.iter("option")]
        assert "Correggio (1)" in options
        assert "Reggio nell'Emilia (1)" in options
        labels = [texts(e) for e in page.iter("label")]
        assert {"Sport e tempo libero 1", "Cultura e ricerca 1", "APS 1"} <= set(labels)


def test_removed_associations_are_nowhere(client):
    gone = make_association(name="Sciolta", state=AssociationState.REMOVED)
    assert found(client) == found(client, q="sciolta") == []
    assert client.get(f"/registro/{gone.slug}").status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        {"q": "\0"},
        {"q": "a & b | !c <-> (d:*"},
        {"q": "'; DROP TABLE association; --"},
        {"q": "%s %(x)s \\ ''"},
        {"q": "di e il"},
        {"q": "???"},
        {"q": "ª º ½ 日本語 \u202e"},
        {"q": "x" * 5000},
        {"q": "a b c d e f g h i j k l m"},
        {"comune": "999999", "area": "niente", "tipo": "boh", "ambito": "z", "ordina": "x"},
        {"comune": "'", "pagina": "-1"},
        {"pagina": "99999999999999999999"},
        {"pagina": "abc", "altro": "parametro"},
        {"area": "sport", "ordina": "recenti", "pagina": "7"},
    ],
)
def test_anything_in_the_address_gives_a_page(client, query):
    make_association()
    results(client, **query)
    assert client.get("/registro/", query_string=query, headers=HTMX).status_code == 200


def test_values_that_do_not_exist_ask_for_nothing(client):
    make_association(name="Uno")
    assert found(client, comune="999999", tipo="boh") == ["Uno"]


def test_pages_of_twenty_in_the_order_of_names(client):
    for number in range(45):
        make_association(name=f'"Circolo {number:02}"')
    make_association(name="Àncora")
    assert found(client)[:2] == ["Àncora", '"Circolo 00"']
    assert [len(found(client, pagina=n)) for n in (1, 2, 3)] == [20, 20, 6]
    assert found(client, pagina=99) == found(client, pagina=3)
    assert found(client, pagina=3, q="circolo")[-1] == '"Circolo 44"'


def test_lately_updated_ones_can_come_first(client):
    make_association(name="A", profile_updated_on=date(2026, 1, 1))
    make_association(name="B", profile_updated_on=date(2026, 3, 1))
    make_association(name="C")
    assert found(client, ordina="recenti") == ["B", "A", "C"]
    assert "aggiornata a marzo 2026" in texts(results(client))


def test_htmx_gets_the_results_alone(client):
    make_association(name="Uno")
    response = client.get("/registro/?q=uno", headers=HTMX)
    html = response.get_data(as_text=True)
    assert html.lstrip().startswith('<div id="results"')
    assert 'data-total="1"' in html
    assert "HX-Request" in response.headers["Vary"]


def test_markup_in_a_name_is_shown_as_it_is(client):
    made = make_association(name='<script>alert("x")</script> & figli')
    for path in ("/registro/", f"/registro/{made.slug}"):
        html = client.get(path).get_data(as_text=True)
        assert "<script>alert" not in html
        assert "&lt;script&gt;" in html


def statements(client, path):
    client.get(path)
    with counted_sql() as sent:
        assert client.get(path).status_code == 200
    return len(sent)


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/registro/", 4),
        ("/registro/?q=circolo", 4),
        ("/registro/?q=cirolo", 6),
        ("/registro/?area=sport&tipo=aps&comune=035033", 4),
        ("/registro/circolo-0", 10),
    ],
)
def test_three_and_three_hundred_cost_the_same_statements(client, path, most):
    for number in range(3):
        make_association(name=f"Circolo {number}", slug=f"circolo-{number}", areas=("sport",))
    few = statements(client, path)
    db.session.execute(
        text(
            "INSERT INTO association"
            " (slug, name, tax_code, municipality_code, kind, state, version)"
            " SELECT 'altro-' || n, 'Circolo ' || n, lpad(n::text, 11, '0'), '035033', 'aps',"
            " 'listed', 1 FROM generate_series(1, 300) AS n"
        )
    )
    db.session.execute(
        text(
            "INSERT INTO association_activity_area SELECT id, 'sport' FROM association"
            " WHERE slug LIKE 'altro-%'"
        )
    )
    db.session.commit()
    assert statements(client, path) == few <= most


def test_more_than_five_hundred_hits_are_not_counted(client):
    db.session.execute(
        text(
            "INSERT INTO association"
            " (slug, name, tax_code, municipality_code, kind, state, version)"
            " SELECT 'altro-' || n, 'Circolo ' || n, lpad(n::text, 11, '0'),"
            " CASE WHEN n % 2 = 0 THEN '035033' ELSE '035020' END, 'aps',"
            " 'listed', 1 FROM generate_series(1, 600) AS n"
        )
    )
    db.session.commit()
    page = results(client, q="circolo", pagina=25)
    assert "Più di 500 associazioni" in texts(page)
    assert len(names(page)) == 20
    page = results(client, q="circolo", comune=CORREGGIO)
    assert total(page) == 300
    assert total(results(client)) == 600


def test_a_listed_profile_says_where_it_comes_from_and_can_be_claimed(client):
    seed_registry()
    db.session.commit()
    row = search_associations("fondazione grade", limit=1)[0]
    html = client.get(f"/registro/{row.slug}").get_data(as_text=True)
    page = texts(parse(html))
    assert "dall’elenco pubblico del 5x1000 2022" in page
    assert f'href="/registro/{row.slug}/rivendica"' in html
    assert 'itemtype="https://schema.org/NGO"' in html
    assert "91075680354" in page


def test_an_enrolled_profile_shows_what_the_association_chose(client):
    made = make_association(
        name="Coro dei prati",
        state=AssociationState.ENROLLED,
        description="Cantiamo.\n\nOgni giovedì.",
        email="coro@example.org",
        phone="0522 000 000",
        website="https://coro.example.org/",
        address="via dei Prati 1",
        areas=("cultura", "sociale"),
        profile_updated_on=date(2026, 11, 12),
    )
    html = client.get(f"/registro/{made.slug}").get_data(as_text=True)
    page = texts(parse(html))
    for words in (
        "Cantiamo.", "coro@example.org", "0522 000 000", "coro.example.org",
        "via dei Prati 1, Reggio nell'Emilia", "Cultura e ricerca", "dal 4 maggio 2026",
        "Aggiornato il 12 novembre 2026", "Associazione di promozione sociale (APS)",
    ):  # fmt: skip
        assert words in page
    assert "rivendica" not in html
    assert 'href="tel:0522000000"' in html


@pytest.mark.parametrize("slug", ["non-esiste", "%00", "a" * 3000, "..", "Coro"])
def test_a_profile_that_does_not_exist_is_not_found(client, slug):
    assert client.get(f"/registro/{slug}").status_code == 404


def test_other_pages_can_ask_for_a_few(client):
    make_association(name="Coro", profile_updated_on=date(2026, 1, 1))
    make_association(name="Coro alpino", profile_updated_on=date(2026, 2, 1))
    make_association(name="Banda")
    assert [r.name for r in search_associations("coor", limit=1)] == ["Coro"]
    assert search_associations("", limit=5) == []
    assert [r.name for r in list_recent(5)] == ["Coro alpino", "Coro"]
