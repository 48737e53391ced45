"""The front page: four doors with true numbers."""

import pytest

from portal.registry.states import AssociationState
from tests.client import parse, texts
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.volunteering import make_project, make_shift
from tests.sql_counter import counted_sql

MOST_QUERIES = 8


def page_of(client):
    answer = client.get("/")
    assert answer.status_code == 200
    return parse(answer.get_data(as_text=True))


def doors_of(page):
    return [texts(a) for a in page.iter("a") if a.get("class") == "door"]


def section(page, heading):
    return next(
        s for s in page.iter("section")
        if any(texts(h) == heading for h in s.iter("h2"))
    )  # fmt: skip


def test_empty_portal_says_so_without_zeros(client):
    page = page_of(client)
    assert doors_of(page) == [
        "Dai una mano guarda i prossimi turni",
        "Laboratori e accordi guarda a che punto sono",
        "Associazioni il registro della provincia",
        "Luoghi dove ci si incontra",
    ]
    assert "nessun turno in programma" in texts(section(page, "Serve aiuto adesso"))
    assert "nessun laboratorio raccoglie" in texts(section(page, "Si decide ora"))


def test_doors_say_true_numbers_in_the_right_grammar(client):
    make_shift()
    for _i in range(2):
        make_association()
    make_laboratory()
    make_place()
    assert doors_of(page_of(client)) == [
        "Dai una mano 1 turno cerca mani questa settimana",
        "Laboratori e accordi 1 laboratorio aperto alle tue proposte",
        "Associazioni 2 associazioni della provincia",
        "Luoghi 1 luogo dove incontrarsi",
    ]


def test_the_next_three_shifts_that_lack_people_are_offered(client):
    for hours in (72, 24, 48, 96):
        make_shift(project=make_project(title=f"Turno tra {hours}"), in_hours=hours)
    offered = section(page_of(client), "Serve aiuto adesso")
    assert [texts(h) for h in offered.iter("h3")] == [
        "Turno tra 24", "Turno tra 48", "Turno tra 72",
    ]  # fmt: skip
    assert "Tutti i 4 turni" in texts(offered)


def test_open_laboratories_say_until_when(client):
    make_laboratory(title="Parco della Prova")
    make_laboratory(title="Chiuso da ieri", opens_in=-9, closes_in=-1)
    decided = section(page_of(client), "Si decide ora")
    assert "Parco della Prova" in texts(decided)
    assert "Puoi proporre un’idea fino a" in texts(decided)
    assert "Chiuso da ieri" not in texts(decided)


def test_lately_mixes_proposals_and_associations_without_names(client):
    author = make_user(name="Ada Segreta")
    make_published(make_laboratory(), author, title="Una panchina")
    make_association(name="Nuova di zecca", state=AssociationState.ENROLLED)
    make_association(name="Solo in elenco")
    lately = texts(section(page_of(client), "Da poco"))
    assert "Una panchina" in lately
    assert "Nuova di zecca" in lately
    assert "Solo in elenco" not in lately
    assert "Segreta" not in lately


def test_front_page_sets_no_cookie(client):
    assert "Set-Cookie" not in client.get("/").headers


@pytest.mark.parametrize("many", [1, 6])
def test_front_page_asks_the_same_few_questions_however_much_there_is(client, many):
    author = make_user()
    laboratory = make_laboratory()
    for _i in range(many):
        make_shift()
        make_place()
        make_association(state=AssociationState.ENROLLED)
        make_published(laboratory, author)
    with counted_sql() as statements:
        client.get("/")
    assert len(statements) <= MOST_QUERIES
