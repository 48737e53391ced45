"""Searching the registry as people write, over names as real lists hold them."""

import pytest
from sqlalchemy import Text

from portal.core.database import db
from portal.registry.queries.search import joined_letters, text_query
from portal.registry.states import AssociationKind, RuntsSection
from tests.client import parse
from tests.factories.registry import make_association
from tests.integration.test_registry_pages import found, names, results, total
from tests.sql_counter import counted_sql


def make(name: str, **fields):
    return make_association(name=name, kind=AssociationKind.OTHER, **fields)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        # Lost accents and apostrophes, as they stand in the tax agency's list.
        ("val d'enza", "PRO LOCO VAL D?ENZA"),
        ("val d’enza", "PRO LOCO VAL D?ENZA"),
        ("val denza", "PRO LOCO VAL D?ENZA"),
        ("VAL D?ENZA", "PRO LOCO VAL D?ENZA"),
        ("val denza", "Pro loco Val d’Enza"),
        ("le età attive", "TUTTE LE ET? ATTIVE"),
        ("le eta attive", "TUTTE LE ET? ATTIVE"),
        ("solidarietà", "TUTTI PER LA SOLIDARIET?"),
        ("libertà", "CIRCOLO LIBERTA'"),
        ("dellarte", "Amici dell’arte"),
        # Signs that a list puts around names, and names that are numbers.
        ("+ insieme", "+ INSIEME"),
        ("insieme", "- INSIEME -"),
        ('"la quercia"', '""LA QUERCIA""'),
        ("quercia", '""LA QUERCIA""'),
        ("1909", "1909"),
        ("5", "5"),
        # Letters of an acronym, with dots, spaces, both, or neither.
        ("a.s.d. falchi", "ASD FALCHI"),
        ("a. s. d. falchi", "ASD FALCHI"),
        ("a s d falchi", "A.S.D. FALCHI"),
        ("asd falchi", "A S D FALCHI"),
    ],
)
def test_names_are_found_whatever_a_list_made_of_them(client, typed, name):
    make("Tutt’altra cosa")
    make(name)
    assert found(client, q=typed) == [name]


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("le età attive", "LE ET? ATTIVE"),
        ("solidarietà", "TUTTI PER LA SOLIDARIET?"),
        ("val denza", "PRO LOCO VAL D?ENZA"),
    ],
)
def test_a_lost_letter_is_no_typing_error_of_who_searches(client, typed, name):
    """Also where another name holds the word as it should be."""
    make("Solidarietà, Val Denza: le età attive")
    make(name)
    assert name in found(client, q=typed)
    assert "Forse cercavi" not in str(client.get("/registro/", query_string={"q": typed}).data)


@pytest.mark.parametrize(
    ("typed", "joined"),
    [
        ("A.S.D. Falchi", "ASD Falchi"),
        ("a. s. d. falchi", "asd falchi"),
        ("a s d falchi", "asd falchi"),
        ("noi e i ragazzi", "noi e i ragazzi"),
        ("circolo s. martino", "circolo s. martino"),
        ("c.a.i.", "cai"),
        ("", ""),
    ],
)
def test_letters_of_an_acronym_are_one_word(typed, joined):
    assert " ".join(joined_letters(typed).split()) == joined


@pytest.mark.parametrize(
    ("terms", "asked"),
    [
        ("sport:*", "'sport':*"),
        ("sportiva:*", "'sport':* | 'sportiva':*"),
        ("croce:* & rossa:*", "'croc':* & 'ross':* | 'croce':* & 'rossa':*"),
    ],
)
def test_a_word_is_asked_as_typed_and_by_its_stem_if_that_is_another(database, terms, asked):
    assert db.session.scalar(db.select(text_query(terms).cast(Text))) == asked


def test_a_name_exactly_as_typed_comes_before_longer_ones_and_the_acronym_too(client):
    make("Gruppo CAI Reggio", description="CAI CAI CAI")
    make("Club alpino", acronym="C.A.I.")
    make("CAI")
    assert found(client, q="cai") == ["CAI", "Club alpino", "Gruppo CAI Reggio"]
    assert found(client, q="C.A.I.")[:2] == ["CAI", "Club alpino"]


def test_fifty_one_bodies_of_one_name_are_each_on_one_page(client):
    made = {make("AVIS COMUNALE").id for _ in range(51)}
    for query in ({"q": "avis comunale"}, {}):
        seen: list[int] = []
        for number in (1, 2, 3):
            page = results(client, pagina=number, **query)
            assert total(page) == 51
            seen.extend(int(e.get("data-id")) for e in page.iter("li") if e.get("data-id"))
        assert len(seen) == 51
        assert set(seen) == made


def test_a_name_of_two_hundred_characters_is_shown_whole(client):
    name = "Associazione " + "per la valorizzazione delle tradizioni " * 5
    made = make(name[:200].strip())
    assert found(client) == [made.name]
    assert made.name in client.get(f"/registro/{made.slug}").get_data(as_text=True)


def test_the_section_of_the_national_register_narrows_and_is_counted(client):
    make("Uno", section=RuntsSection.ODV)
    make("Due", section=RuntsSection.APS, municipality_code="035020")
    make("Tre", section=RuntsSection.APS)
    make("Quattro")
    assert found(client, sezione="aps") == ["Due", "Tre"]
    assert found(client, sezione="aps", comune="035020") == ["Due"]
    assert found(client, sezione="boh") == ["Due", "Quattro", "Tre", "Uno"]
    for query in ({}, {"q": "reggio"}):
        page = results(client, comune="035033", **query)
        options = {"".join(o.itertext()) for o in page.iter("option")}
        assert {
            "Organizzazioni di volontariato (ODV) (1)",
            "Associazioni di promozione sociale (APS) (1)",
        } <= options
        assert not any("Enti filantropici" in option for option in options)
    page = results(client, sezione="odv")
    off = [a.get("href") for a in page.iter("a") if "chip-on" in (a.get("class") or "")]
    assert off == ["/registro/"]


def test_a_section_that_changes_moves_in_the_counts(client):
    made = make("Uno", section=RuntsSection.ODV)
    make("Due", section=RuntsSection.ODV)
    made.section = RuntsSection.APS
    db.session.commit()
    options = {"".join(o.itertext()) for o in results(client).iter("option")}
    assert "Organizzazioni di volontariato (ODV) (1)" in options
    assert "Associazioni di promozione sociale (APS) (1)" in options


def test_all_filters_at_once_cost_no_query_more(client):
    make("Uno", section=RuntsSection.ODV, areas=("sport",))
    path = "/registro/?q=uno&comune=035033&area=sport&tipo=other&sezione=odv&ordina=recenti"
    with counted_sql() as statements:
        response = client.get(path)
    assert names(parse(response.get_data(as_text=True))) == ["Uno"]
    assert len(statements) <= 6
