"""What a proposal says beside its text: needs, theme, neighbourhood, spot; similar ones."""

import re
from datetime import timedelta

import pytest

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.laboratories.models import Proposal
from portal.laboratories.queries import find_similar_proposals, list_authors
from portal.laboratories.queries.neighbourhoods import get_city_map, list_neighbourhoods_of
from portal.laboratories.services import ProposalContent, start_proposal
from portal.laboratories.states import ProposalCategory
from portal.moderation.states import CaseAction
from portal.permissions import Role
from portal.territory.models import Municipality
from portal.territory.queries import CITY_CODE
from tests.client import parse, texts
from tests.factories.laboratories import (
    case_of,
    decide,
    district_id_of,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
)
from tests.factories.people import actor_of, make_user
from tests.factories.proposals import make_listed, make_recorded
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true"}


@pytest.fixture
def laboratory(database):
    return make_laboratory()


@pytest.fixture
def author(client):
    person = make_user(name="Ada Prova")
    client.sign_in(person)
    return person


def said(response) -> str:
    return texts(parse(response.text))


def quarter(code: str = "h"):
    return list_neighbourhoods_of([district_id_of(code)])[0]


def new(laboratory, step: str = "") -> str:
    return f"/laboratori/{laboratory.slug}/proposte/nuova{step}"


def filled(**more: str) -> dict[str, str]:
    return {
        "title": "Una panchina all’ombra",
        "text": "Non ci si siede.",
        "form_key": "a" * 32,
    } | more


def only_proposal() -> Proposal:
    return db.session.scalars(db.select(Proposal)).one()


def test_everything_an_idea_says_is_kept_and_shown(client, author, laboratory):
    here = quarter()
    answer = client.submit(
        new(laboratory),
        filled(
            needs="Chi cammina piano.",
            category="green",
            neighbourhood=str(here.id),
            map_x="120",
            map_y="345",
        ),
    )
    review = client.get(answer.location)
    for words in ("Chi cammina piano.", "Verde e ambiente", here.name, "con un punto sulla mappa"):
        assert words in said(review)
    proposal = only_proposal()
    assert (proposal.category, proposal.map_x, proposal.map_y) == (ProposalCategory.GREEN, 120, 345)
    page = client.get(f"/laboratori/{laboratory.slug}/proposte/{proposal.id}")
    assert "mappa.svg?x=120&amp;y=345" in page.text
    edit = client.get(f"/laboratori/{laboratory.slug}/proposte/{proposal.id}/modifica")
    assert 'name="map_x" value="120"' in edit.text


@pytest.mark.parametrize(
    ("x", "y"), [("abc", "5"), ("5", ""), ("-3", "5"), ("1001", "5"), ("9" * 40, "1"), ("5", "٣")]
)
def test_a_forged_spot_is_none(client, author, laboratory, x, y):
    client.submit(new(laboratory), filled(map_x=x, map_y=y))
    assert (only_proposal().map_x, only_proposal().map_y) == (None, None)


@pytest.mark.parametrize("forged", ["abc", "0", "-1", "9" * 30, "{other}"])
def test_a_neighbourhood_of_elsewhere_is_refused(client, author, laboratory, forged):
    other = quarter("a").id
    answer = client.submit(new(laboratory), filled(neighbourhood=forged.format(other=other)))
    assert answer.status_code == 422
    assert "Questo quartiere non è del laboratorio" in said(answer)
    assert "Non ci si siede." in answer.text
    with pytest.raises(RuleBrokenError):
        start_proposal(
            actor=actor_of(author),
            laboratory_id=laboratory.id,
            form_key="b" * 32,
            content=ProposalContent(title="A", neighbourhood_id=other),
        )


def test_a_forged_theme_is_refused(client, author, laboratory):
    assert client.submit(new(laboratory), filled(category="war")).status_code == 422


def test_a_tap_on_the_map_keeps_everything_typed_and_writes_nothing(client, author, laboratory):
    answer = client.submit(
        new(laboratory, "/punto"), filled(needs="Ombra.", **{"spot.x": "140", "spot.y": "35"})
    )
    assert answer.status_code == 200
    for words in ("Una panchina all’ombra", "Non ci si siede.", "Ombra."):
        assert words in answer.text
    assert 'name="map_x" value="500"' in answer.text
    assert 'name="map_y" value="125"' in answer.text
    assert "Il punto è segnato." in said(answer)
    assert db.session.scalar(db.select(db.func.count(Proposal.id))) == 0


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("abc", "1"),
        ("9" * 50, "1"),
        ("-5", "1"),
        ("1", ""),
        ("\x00", "1"),
        ("1e3", "1"),
        ("1.5", "2"),
    ],
)
def test_a_tap_no_browser_makes_leaves_the_spot_alone(client, author, laboratory, x, y):
    sent = filled(map_x="10", map_y="20", **{"spot.x": x, "spot.y": y})
    answer = client.submit(new(laboratory, "/punto"), sent)
    assert answer.status_code == 200
    assert 'name="map_x" value="10"' in answer.text


def test_buttons_move_the_spot_alone_with_htmx(client, author, laboratory):
    sent = filled(map_x="500", map_y="200", sposta="nord")
    answer = client.submit(new(laboratory, "/punto"), sent, headers=HTMX)
    assert answer.text.lstrip().startswith("<fieldset")
    assert 'name="map_y" value="180"' in answer.text
    away = client.submit(new(laboratory, "/punto"), filled(map_x="5", map_y="2", sposta="togli"))
    assert 'name="map_x" value=""' in away.text
    odd = client.submit(new(laboratory, "/punto"), filled(map_x="5", map_y="2", sposta="lassù"))
    assert 'name="map_x" value="5"' in odd.text


def test_enter_sends_the_form_and_not_the_tap(client, author, laboratory):
    page = client.get(new(laboratory)).text
    form = page[page.index('<form method="post"') :]
    assert form.index('value="riepilogo"') < form.index('type="image"')


def test_a_spot_is_moved_in_a_draft_too(client, author, laboratory):
    draft = make_draft(laboratory, author)
    address = f"/laboratori/{laboratory.slug}/proposte/{draft.id}/modifica/punto"
    answer = client.submit(address, filled(version="1", sposta="est"))
    assert 'name="map_x" value="500"' in answer.text
    assert f"/proposte/{draft.id}/modifica" in answer.text


def test_the_map_is_a_picture_with_what_is_known(client, laboratory):
    answer = client.get(f"/laboratori/{laboratory.slug}/proposte/mappa.svg?x=10&y=20")
    assert answer.mimetype == "image/svg+xml"
    assert "max-age=3600" in answer.headers["Cache-Control"]
    assert "Rubiera" in answer.text
    assert "translate(10 20)" in answer.text


@pytest.mark.parametrize("query", ["x=abc&y=1", "x=1", "x=-5&y=1e9", "x=" + "9" * 400 + "&y=1"])
def test_a_spot_that_is_none_draws_the_map(client, laboratory, query):
    answer = client.get(f"/laboratori/{laboratory.slug}/proposte/mappa.svg?{query}")
    assert answer.status_code == 200


def test_districts_are_drawn_where_their_outline_is_known(client, laboratory):
    district = laboratory.districts[0]
    district.outline = "M200 180l50 0 0 50z"
    db.session.commit()
    try:
        drawn = client.get(f"/laboratori/{laboratory.slug}/proposte/mappa.svg").text
        assert "M200 180l50 0 0 50z" in drawn
        assert district.name in drawn
    finally:
        district.outline = None
        db.session.commit()


def test_without_an_outline_the_list_of_neighbourhoods_is_enough(client, author, laboratory):
    city = db.session.get_one(Municipality, CITY_CODE)
    outline, city.outline = city.outline, None
    db.session.commit()
    try:
        assert get_city_map() is None
        page = client.get(new(laboratory))
        assert 'type="image"' not in page.text
        assert quarter().name in page.text
        assert client.submit(new(laboratory, "/punto"), filled()).status_code == 200
        assert client.get(f"/laboratori/{laboratory.slug}/proposte/mappa").status_code == 200
        assert client.get(f"/laboratori/{laboratory.slug}/proposte/mappa.svg").status_code == 404
    finally:
        city.outline = outline
        db.session.commit()


def test_the_map_of_a_laboratory_says_the_same_as_its_list(client, laboratory):
    person = make_user()
    for n, spot in enumerate([(10, 20), (10, 20), None]):
        proposal = make_published(laboratory, person, title=f"Idea {n}")
        proposal.place_words = "al parco"
        if spot:
            proposal.map_x, proposal.map_y = spot
    make_published(laboratory, person, title="Senza dove")
    hidden = make_submitted(laboratory, person, title="Non ancora")
    hidden.map_x, hidden.map_y = 5, 5
    db.session.commit()
    page = client.get(f"/laboratori/{laboratory.slug}/proposte/mappa")
    assert re.findall(r'aria-label="(\d\. [^"]+)"', page.text) == ["1. Idea 0", "2. Idea 1"]
    assert "1. Idea 0" in said(page)
    assert "Senza punto, con un luogo" in said(page)
    for absent in ("Senza dove", "Non ancora"):
        assert absent not in page.text


def test_the_map_asks_the_same_with_one_and_three(client, laboratory):
    path = f"/laboratori/{laboratory.slug}/proposte/mappa"
    counts = []
    for rows in (1, 2):
        for _ in range(rows):
            make_published(laboratory, make_user()).map_x = None
        db.session.commit()
        with counted_sql() as sent:
            client.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 6


def test_an_empty_map_says_so(client, laboratory):
    assert "Nessuna proposta dice dove" in said(
        client.get(f"/laboratori/{laboratory.slug}/proposte/mappa")
    )


def test_one_neighbourhood_that_has_ended_is_no_longer_offered(database):
    rows = list_neighbourhoods_of([district_id_of("h")])
    assert rows
    with frozen(utc_now() - timedelta(days=365 * 10)):
        assert list_neighbourhoods_of([district_id_of("h")]) == []
    assert len(list_neighbourhoods_of([])) > len(rows)


# --- similar ones


def titles(laboratory, title: str, **more) -> list[str]:
    found = find_similar_proposals(laboratory_id=laboratory.id, title=title, **more)
    return [row.title for row in found]


@pytest.fixture
def bench_published(laboratory):
    return make_published(laboratory, make_user(), title="Panchine all’ombra nel parco")


def test_similar_titles_are_found_despite_accents_and_slips(laboratory, bench_published):
    for typed in (
        "panchine all'ombra nel parco",
        "PANCHINE ALL'OMBRA",
        "Pancine all’ombra nel parko",
    ):
        assert titles(laboratory, typed) == ["Panchine all’ombra nel parco"], typed


def test_two_words_of_the_text_are_enough_one_is_not(laboratory):
    make_published(
        laboratory, make_user(), title="Sedersi", text="Servono panchine vicino alla fontana."
    )
    assert titles(laboratory, "Una panchina davanti alle fontane") == ["Sedersi"]
    assert titles(laboratory, "Una panchina per la scuola") == []


def test_neither_drafts_nor_ones_own_are_similar(laboratory, bench_published):
    make_draft(laboratory, make_user(), title="Panchine all’ombra nel parco nuovo")
    same = "Panchine all’ombra nel parco"
    assert titles(laboratory, same) == [same]
    assert titles(laboratory, same, except_id=bench_published.id) == []


def test_neighbours_come_before_the_rest_of_the_city(laboratory, bench_published):
    elsewhere = make_laboratory(title="Altrove", districts=("a",))
    make_published(elsewhere, make_user(), title="Panchine all’ombra nel parco")
    found = find_similar_proposals(laboratory_id=elsewhere.id, title="Panchine all’ombra nel parco")
    assert [row.is_of_same_laboratory for row in found] == [True, False]


@pytest.mark.parametrize(
    "typed", ["", "   ", "abc", "%%%%%%%%", "' OR 1=1 --", "& | ! ( ) : *", "a" * 5000]
)
def test_whatever_is_typed_finds_nothing_or_something(client, laboratory, typed):
    answer = client.get(
        f"/laboratori/{laboratory.slug}/proposte/simili", query_string={"title": typed}
    )
    assert answer.status_code == 200


def test_similar_ones_are_shown_while_typing_and_before_sending(
    client, author, laboratory, bench_published
):
    address = f"/laboratori/{laboratory.slug}/proposte/simili?title=Panchine+all%27ombra"
    alone = client.get(address, headers=HTMX)
    assert alone.text.lstrip().startswith('<div id="similar"')
    assert "C’è una proposta simile" in said(client.get(address))
    draft = make_draft(laboratory, author, title="Panchine all’ombra nel parco")
    review = client.get(f"/laboratori/{laboratory.slug}/proposte/{draft.id}/riepilogo")
    assert "C’è una proposta simile" in said(review)


# --- projects to adopt


def test_a_listed_project_is_adopted_by_a_proposal(client, author, laboratory):
    clerk = make_user(roles=(Role.STAFF,))
    project = make_listed(laboratory, clerk)
    page = client.get(f"/laboratori/{laboratory.slug}/progetti/")
    assert "Il chiosco del parco" in said(page)
    form = client.get(new(laboratory, f"?progetto={project.id}"))
    assert "Adotti: Il chiosco del parco" in said(form)
    client.submit(new(laboratory), filled(listed_project=str(project.id)))
    proposal = only_proposal()
    assert proposal.listed_project_id == project.id
    review = client.get(f"/laboratori/{laboratory.slug}/proposte/{proposal.id}/riepilogo")
    assert "Progetto da adottare" in said(review)


@pytest.mark.parametrize("what", ["over", "withdrawn", "elsewhere", "9" * 17])
def test_what_cannot_be_adopted_is_refused_with_the_text_kept(client, author, laboratory, what):
    clerk = make_user(roles=(Role.STAFF,))
    other = make_laboratory(title="Altrove") if what == "elsewhere" else laboratory
    project = make_listed(other, clerk, ends_in=-1 if what == "over" else 3)
    if what == "withdrawn":
        client.sign_in(clerk)
        client.submit(f"/gestione/laboratori/{laboratory.slug}/progetti/{project.id}/ritira")
        client.sign_in(author)
    sent = what if what.isdigit() else str(project.id)
    answer = client.submit(new(laboratory), filled(listed_project=sent))
    assert answer.status_code == 422
    assert "Questo progetto non si può più adottare." in said(answer)
    assert "Non ci si siede." in answer.text


@pytest.mark.parametrize("forged", ["abc", "-1", "٣"])
def test_a_project_the_page_did_not_name_is_none(client, author, laboratory, forged):
    client.submit(new(laboratory), filled(listed_project=forged))
    assert only_proposal().listed_project_id is None
    assert client.get(new(laboratory, f"?progetto={forged}")).status_code == 200


def test_the_desk_lists_a_project_once_and_takes_it_off(client, laboratory):
    clerk = make_user(roles=(Role.STAFF,))
    client.sign_in(clerk)
    desk = f"/gestione/laboratori/{laboratory.slug}/progetti/"
    sent = {
        "title": "Chiosco",
        "text": "È vuoto.",
        "adopt_until": "2099-01-01",
        "form_key": "c" * 32,
    }
    assert client.submit(desk, sent | {"title": ""}).status_code == 422
    late = client.submit(desk, sent | {"adopt_until": "2020-01-01"})
    assert late.status_code == 422
    assert "Questo giorno è passato" in said(late)
    for _ in range(2):
        assert client.submit(desk, sent).status_code == 303
    public = f"/laboratori/{laboratory.slug}/progetti/"
    assert client.get(public).text.count('<h2 class="as-h3"') == 1
    for _ in range(2):
        assert client.submit(f"{desk}1/ritira").status_code == 303
    assert "Chiosco" not in client.get(public).text
    assert "Fuori elenco" in said(client.get(desk))
    assert client.submit(f"{desk}{2**63 - 1}/ritira").status_code == 404


def test_a_list_says_why_nothing_can_be_adopted_today(client):
    laboratory = make_laboratory(opens_in=-9, closes_in=-1)
    clerk = make_user(roles=(Role.STAFF,))
    make_listed(laboratory, clerk)
    page = client.get(f"/laboratori/{laboratory.slug}/progetti/")
    assert 'data-reason="closed"' in page.text
    assert "progetto=" not in page.text


# --- who wrote it


def test_a_proposal_without_an_account_stands_in_every_list(client, laboratory):
    clerk = make_user(name="Carla Ufficio", roles=(Role.STAFF,))
    told = make_recorded(laboratory, clerk)
    decide(told, CaseAction.ACCEPT)
    db.session.commit()
    for path in (
        f"/laboratori/{laboratory.slug}",
        f"/laboratori/{laboratory.slug}/proposte/",
        f"/laboratori/{laboratory.slug}/proposte/{told.id}",
        "/cerca?q=fontanella",
        "/",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert "Una fontanella" in page.text, path
        assert "Carta" not in page.text, path
        assert "0522 111 222" not in page.text, path
    assert [(a.user_id, a.public_name) for a in list_authors(told.id)] == [(None, "Bruno C.")]
    assert case_of(told).on_behalf_of == "Bruno Carta"
