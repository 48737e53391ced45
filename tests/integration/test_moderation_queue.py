"""The list of what waits."""

from datetime import timedelta

import pytest

from portal.core.clock import local_today
from portal.core.database import db
from portal.moderation.services import take_case
from portal.moderation.states import CaseKind
from portal.permissions import Role
from portal.territory.queries import list_districts
from tests.client import parse, texts
from tests.factories.moderation import decided_case, known_kinds, make_case
from tests.factories.people import actor_of, make_user
from tests.sql_counter import counted_sql

HTMX = {"HX-Request": "true"}


@pytest.fixture
def clerk(client):
    user = make_user(name="Carla Prova", roles=(Role.STAFF,))
    client.sign_in(user)
    return user


def titles(page):
    return [texts(e) for e in parse(page.text).iter("h3") if e.find("a") is not None]


def figures(page):
    return {
        texts(pair.find("dt")): int(texts(pair.find("dd")))
        for dl in parse(page.text).iter("dl")
        for pair in dl
    }


def test_visitors_sign_in_first_and_citizens_stay_out(client):
    assert client.get("/gestione/coda").location.startswith("/accedi?next=/gestione/coda")
    client.sign_in(make_user())
    assert client.get("/gestione/coda").status_code == 403
    assert client.get("/gestione/").status_code == 403


def test_desk_leads_to_the_queue(client, clerk):
    assert 'href="/gestione/coda"' in client.get("/gestione/").text


def test_nothing_waits_says_so(client, clerk):
    page = client.get("/gestione/coda")
    assert 'data-total="0"' in page.text
    assert "Niente in attesa" in page.text


def test_queue_lists_what_waits_by_time_left(client, clerk):
    make_case(title="Con calma", days_left=20)
    make_case(title="Tardi", days_left=-2)
    make_case(title="Di oggi", days_left=0)
    make_case(title="Domani", days_left=1)
    make_case(title="Ieri", days_left=-1)
    page = client.get("/gestione/coda")
    assert titles(page) == ["Tardi", "Ieri", "Di oggi", "Domani", "Con calma"]
    assert 'data-total="5"' in page.text
    for words in (
        "In ritardo di 2 giorni", "In ritardo di 1 giorno", "Scade oggi", "Resta 1 giorno",
        "Restano 20 giorni",
    ):  # fmt: skip
        assert words in page.text


def test_head_says_how_much_waits_and_how_old_it_is(client, clerk):
    make_case(days_left=-2)
    make_case(days_left=0)
    make_case(days_left=10)
    decided_case(clerk)
    assert figures(client.get("/gestione/coda")) == {
        "aspettano": 3, "in ritardo": 1, "scade oggi": 1, "giorni, la più vecchia": 32,
    }  # fmt: skip


def test_views_show_mine_nobodys_late_and_decided(client, clerk):
    mine = make_case(title="Mia", days_left=5)
    take_case(actor=actor_of(clerk), case_id=mine.id, version=mine.version)
    other = make_case(title="Di altri", days_left=6)
    colleague = make_user(name="Dario Prova", roles=(Role.STAFF,))
    take_case(actor=actor_of(colleague), case_id=other.id, version=other.version)
    make_case(title="Tardi", days_left=-1)
    decided_case(colleague, title="Fatta")
    db.session.commit()
    assert titles(client.get("/gestione/coda")) == ["Tardi", "Mia", "Di altri"]
    assert titles(client.get("/gestione/coda?vista=mie")) == ["Mia"]
    assert titles(client.get("/gestione/coda?vista=di-nessuno")) == ["Tardi"]
    assert titles(client.get("/gestione/coda?vista=in-ritardo")) == ["Tardi"]
    assert titles(client.get("/gestione/coda?vista=decise")) == ["Fatta"]
    assert "Di Dario Prova" in client.get("/gestione/coda").text


def test_what_was_decided_long_ago_is_no_longer_recent(client, clerk):
    case = decided_case(clerk)
    case.decided_at -= timedelta(days=31)
    db.session.commit()
    assert titles(client.get("/gestione/coda?vista=decise")) == []
    assert titles(client.get("/gestione/coda?stato=accepted")) == [case.title]


def test_filters_by_kind_state_and_words(client, clerk):
    gina = make_user(name="Gina Così")
    make_case(title="Città verde", kind=CaseKind.PROPOSAL, applicant=gina)
    make_case(title="Orti", kind=CaseKind.CLAIM, on_behalf_of="Amici dell’Orto ODV")
    assert titles(client.get("/gestione/coda?tipo=claim")) == ["Orti"]
    assert titles(client.get("/gestione/coda?stato=in_charge")) == []
    assert titles(client.get("/gestione/coda?q=citta")) == ["Città verde"]
    assert titles(client.get("/gestione/coda?q=verde+GINA+cosi")) == ["Città verde"]
    assert titles(client.get("/gestione/coda?q=amici")) == ["Orti"]
    assert titles(client.get("/gestione/coda?q=verde+orti")) == []
    assert "Nessuna richiesta corrisponde" in client.get("/gestione/coda?q=verde+orti").text


def test_a_number_finds_its_case(client, clerk):
    make_case(title="Un’altra")
    case = make_case(title="Questa")
    assert titles(client.get(f"/gestione/coda?q={case.case_number}")) == ["Questa"]
    assert titles(client.get(f"/gestione/coda?q=n. {case.case_number}")) == ["Questa"]


def test_queue_can_be_sorted(client, clerk):
    make_case(title="Zeta", days_left=1)
    older = make_case(title="àncora", days_left=9)
    older.received_on = local_today() - timedelta(days=60)
    db.session.commit()
    assert titles(client.get("/gestione/coda")) == ["Zeta", "àncora"]
    assert titles(client.get("/gestione/coda?ordina=titolo")) == ["àncora", "Zeta"]
    assert titles(client.get("/gestione/coda?ordina=arrivo")) == ["àncora", "Zeta"]


@pytest.mark.parametrize(
    "query",
    [
        "q=%25", "q=_", "q=%5C", "q=%00", "q='%20OR%201=1--", "q=%E2%80%AEx", "q=" + "x" * 5000,
        "q=2026-99999999999999999999999", "q=2026-999999999999999999", "q=%3Cscript%3E",
        "pagina=9999", "pagina=-1", "pagina=uno", "pagina=99999999999999999999",
        "tipo=boh", "stato=boh", "vista=boh", "ordina=boh", "boh=1", "tipo=claim&tipo=proposal",
    ],
)  # fmt: skip
def test_whatever_the_address_says_there_is_a_page(client, clerk, query):
    make_case()
    page = client.get(f"/gestione/coda?{query}")
    assert page.status_code == 200
    assert "data-total" in page.text


def test_wildcards_mean_themselves(client, clerk):
    make_case(title="Al 100% insieme")
    make_case(title="Nome_strano")
    assert titles(client.get("/gestione/coda?q=%25")) == ["Al 100% insieme"]
    assert titles(client.get("/gestione/coda?q=_")) == ["Nome_strano"]


def test_strange_names_are_shown_as_they_are(client, clerk):
    make_case(title="+39 <b>&\"'", applicant=make_user(name="-Ada <i>Prova</i>"))
    page = client.get("/gestione/coda")
    assert titles(page) == ["+39 <b>&\"'"]
    assert "<i>Prova" not in page.text


def test_a_page_past_the_end_is_the_last_one(client, clerk):
    for number in range(21):
        make_case(title=f"Richiesta {number:02}", days_left=number)
    assert titles(client.get("/gestione/coda?pagina=7")) == ["Richiesta 20"]
    assert titles(client.get("/gestione/coda?pagina=2")) == ["Richiesta 20"]


def test_htmx_gets_the_results_alone(client, clerk):
    make_case()
    part = client.get("/gestione/coda", headers=HTMX)
    assert part.text.lstrip().startswith('<div id="results"')
    assert "HX-Request" in part.vary
    assert part.headers["Cache-Control"] == "no-store"
    whole = client.get("/gestione/coda", headers={**HTMX, "HX-Request-Type": "full"})
    assert whole.text.startswith("<!doctype")
    assert "HX-Request" in whole.vary


def test_a_kind_without_a_row_in_the_table_does_not_break_the_queue(client, clerk):
    with known_kinds():
        case = make_case(kind=CaseKind.CLAIM)
        assert titles(client.get("/gestione/coda")) == [case.title]
        page = client.get(f"/gestione/coda/{case.id}")
        assert "non si possono ancora decidere qui" in page.text


def test_an_architect_sees_the_cases_of_her_districts_only(client):
    hers, others = list_districts()[:2]
    architect = make_user(roles=(Role.ARCHITECT,), district_id=hers.id)
    client.sign_in(architect)
    seen = make_case(title="Sua", district_id=hers.id, days_left=-1)
    hidden = make_case(title="Di un altro ambito", district_id=others.id)
    nowhere = make_case(title="Senza ambito")
    page = client.get("/gestione/coda")
    assert titles(page) == ["Sua"]
    assert figures(page)["aspettano"] == 1
    assert client.get(f"/gestione/coda/{seen.id}").status_code == 200
    for case in (hidden, nowhere):
        assert client.get(f"/gestione/coda/{case.id}").status_code == 404
        for step in ("prendi", "lascia", "decidi"):
            answer = client.submit(f"/gestione/coda/{case.id}/{step}", {"version": 1})
            assert answer.status_code == 404


def test_queue_asks_the_database_equally_often_for_3_and_for_300(client, clerk):
    def cost(path):
        with counted_sql() as statements:
            assert client.get(path).status_code == 200
        return len(statements)

    with known_kinds(CaseKind.PROPOSAL):
        case = make_case(days_left=0)
        for number in range(2):
            make_case(days_left=number)
        few = cost("/gestione/coda"), cost(f"/gestione/coda/{case.id}")
        for number in range(297):
            make_case(days_left=number % 40, title=f"Richiesta {number}")
        many = cost("/gestione/coda"), cost(f"/gestione/coda/{case.id}")
    assert few == many
    assert max(many) <= 12
