"""Search across: every door at once."""

import pytest

from tests.client import parse, texts
from tests.factories.laboratories import make_draft, make_laboratory, make_published
from tests.factories.people import make_user
from tests.factories.places import make_place
from tests.factories.registry import make_association
from tests.factories.volunteering import make_project, make_shift
from tests.sql_counter import counted_sql

MOST_QUERIES = 8
MOST_QUERIES_WITH_CORRECTION = 10
"""The registry looks for what was meant and asks once more."""


def results_of(answer):
    assert answer.status_code == 200
    page = parse(answer.get_data(as_text=True))
    return next(e for e in page.iter() if e.get("id") == "results")


def plant_everywhere(word: str = "Ortica", number: int = 0) -> None:
    make_shift(project=make_project(title=f"{word}: cura degli orti {number}"))
    laboratory = make_laboratory(title=f"Laboratorio {word}")
    make_published(laboratory, make_user(), title=f"{word} per tutti")
    make_draft(laboratory, make_user(), title=f"{word} segreta")
    make_association(name=f"Amici dell’{word}")
    make_place(f"Centro {word}")


def test_without_words_it_says_what_can_be_found(client):
    results = results_of(client.get("/cerca"))
    assert "Che cosa puoi cercare" in texts(results)
    assert results.get("data-total") == "0"


def test_one_word_finds_behind_every_door(client):
    plant_everywhere()
    results = results_of(client.get("/cerca?q=ortica"))
    assert [texts(h) for h in results.iter("h2")] == [
        "Turni che cercano mani: 1",
        "Laboratori: 1",
        "Proposte: 1",
        "Associazioni: 1",
        "Luoghi: 1",
    ]
    assert results.get("data-total") == "5"
    assert "segreta" not in texts(results)
    for link in results.iter("a"):
        assert client.get(link.get("href")).status_code == 200


def test_the_whole_list_is_one_tap_away_when_there_is_more(client):
    for number in range(7):
        make_place(f"Centro Ortica {number}")
    results = results_of(client.get("/cerca?q=ortica"))
    assert len(list(results.iter("li"))) == 5
    more = next(a for a in results.iter("a") if a.get("class") == "more")
    assert more.get("href") == "/luoghi/?q=ortica"
    assert "Luoghi: 7" in texts(results)


def test_typing_error_is_forgiven_and_said(client):
    make_association(name="Filarmonica Ottoni")
    results = texts(results_of(client.get("/cerca?q=filarmonika")))
    assert "Filarmonica Ottoni" in results
    assert "ecco che cosa abbiamo trovato per «filarmonica»" in results


def test_nothing_found_says_what_to_try(client):
    results = texts(results_of(client.get("/cerca?q=zzzqqq")))
    assert "Per «zzzqqq», per ora, niente" in results
    assert "una parola in meno" in results


@pytest.mark.parametrize(
    "words",
    ["%", "'", '"', "\\", "&|!():*<->", "<script>alert(1)</script>", "x" * 5_000, "%00", "🙂", "  ",
     "a OR 1=1", "%ff", "﷽" * 50, "-+~"],
)  # fmt: skip
def test_whatever_is_typed_gets_a_page(client, words):
    make_place("Centro Prova")
    answer = client.get("/cerca", query_string={"q": words})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.get_data(as_text=True)


def test_htmx_gets_the_results_alone(client):
    answer = client.get("/cerca?q=x", headers={"HX-Request": "true"})
    assert answer.get_data(as_text=True).lstrip().startswith("<div")
    assert "HX-Request" in answer.headers["Vary"]


def test_search_sets_no_cookie_and_shows_no_people(client):
    make_published(make_laboratory(), make_user(name="Zenobia Rarissima"))
    answer = client.get("/cerca?q=Zenobia")
    assert "Set-Cookie" not in answer.headers
    assert "Rarissima" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("many", [1, 8])
def test_search_asks_the_same_few_questions(client, many):
    for number in range(many):
        plant_everywhere(number=number)
    with counted_sql() as statements:
        client.get("/cerca?q=ortica")
    assert len(statements) <= MOST_QUERIES
    with counted_sql() as statements:
        client.get("/cerca?q=orticca")
    assert len(statements) <= MOST_QUERIES_WITH_CORRECTION
