"""The personal area: what waits for me first."""

import pytest

from portal.core.sign_ups import SignUpState
from portal.moderation.states import CaseAction
from portal.permissions import Role
from portal.volunteering.states import EnrolmentState
from tests.client import parse, texts
from tests.factories.laboratories import (
    decide,
    district_id_of,
    make_draft,
    make_laboratory,
    make_published,
    make_submitted,
)
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_draft as make_request_draft
from tests.factories.registry_requests import make_representative
from tests.factories.volunteering import make_enrolment, make_project, make_shift, make_sign_up
from tests.sql_counter import counted_sql

MOST_QUERIES = 14
"""Who is asking (3), and what each feature has of them."""


@pytest.fixture
def ada(client):
    person = make_user(name="Ada Prova")
    client.sign_in(person)
    return person


def main_of(client):
    answer = client.get("/area-personale/")
    assert answer.status_code == 200
    return next(parse(answer.get_data(as_text=True)).iter("main"))


def section(main, name):
    return next((s for s in main.iter("section") if s.get("aria-labelledby") == name), None)


def test_visitor_is_sent_to_sign_in_and_back(client):
    answer = client.get("/area-personale/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/accedi?next=/area-personale/"


def test_empty_area_says_what_can_be_done(client, ada):
    main = main_of(client)
    assert "Ciao Ada" in texts(main)
    assert "niente aspetta una tua risposta" in texts(main)
    assert section(main, "attende") is None
    assert "iscriverti ai volontari" in texts(section(main, "richieste"))
    assert client.get("/area-personale/").headers["Cache-Control"] == "no-store"


def test_places_taken_and_waited_for_stand_in_order(client, ada):
    make_sign_up(make_shift(project=make_project(title="Dopo"), in_hours=72), ada)
    full = make_shift(project=make_project(title="Prima"), in_hours=24, capacity=1)
    make_sign_up(full)
    make_sign_up(full, ada, SignUpState.WAITING)
    make_sign_up(make_shift(project=make_project(title="Lasciato")), ada, SignUpState.LEFT)
    make_sign_up(make_shift(project=make_project(title="Di altri")))
    dates = section(main_of(client), "date")
    assert [texts(a) for a in dates.iter("a")] == ["Prima", "Dopo"]


def test_what_was_sent_back_waits_for_me_with_its_reason(client, ada):
    proposal = make_submitted(make_laboratory(), ada, title="Una panchina")
    decide(proposal, CaseAction.RETURN, reason="Manca dove.")
    main = main_of(client)
    waiting = section(main, "attende")
    assert "Una cosa aspetta una tua risposta" in texts(main)
    assert "Da completare" in texts(waiting)
    assert "Manca dove." in texts(waiting)
    for link in waiting.iter("a"):
        assert client.get(link.get("href")).status_code == 200


def test_drafts_wait_for_me(client, ada):
    make_draft(make_laboratory(), ada, title="Idea a metà")
    make_enrolment(ada, EnrolmentState.DRAFT)
    waiting = section(main_of(client), "attende")
    assert "Idea a metà" in texts(waiting)
    assert "La tua iscrizione ai volontari non è finita" in texts(waiting)
    for link in waiting.iter("a"):
        assert client.get(link.get("href")).status_code in {200, 303}


def test_requests_show_state_and_dates_and_lead_to_their_page(client, ada):
    laboratory = make_laboratory()
    make_submitted(laboratory, ada, title="In attesa")
    make_published(laboratory, ada, title="Pubblicata")
    requests = section(main_of(client), "richieste")
    words = texts(requests)
    assert words.index("Pubblicata") < words.index("In attesa"), "newest first"
    assert "risposta entro il" in words
    assert "risposta del" in words
    for link in requests.iter("a"):
        assert client.get(link.get("href")).status_code == 200


def test_unfinished_request_for_an_association_waits_for_me(client, ada):
    make_request_draft(ada, name="Amici della Prova")
    waiting = section(main_of(client), "attende")
    assert "Amici della Prova" in texts(waiting)
    for link in waiting.iter("a"):
        assert client.get(link.get("href")).status_code in {200, 303}


def test_my_associations_lead_to_their_desks(client, ada):
    make_representative(ada, make_association(name="Circolo della Prova"))
    mine = section(main_of(client), "associazioni")
    assert "Circolo della Prova" in texts(mine)
    for link in mine.iter("a"):
        assert client.get(link.get("href")).status_code == 200


def test_each_lands_where_the_work_is(client):
    representative = make_user()
    association = make_association()
    make_representative(representative, association)
    district = district_id_of("e")
    for person, address in (
        (make_user(), "/area-personale/"),
        (representative, f"/associazione/{association.slug}/"),
        (make_user(roles=(Role.STAFF,)), "/gestione/coda"),
        (make_user(roles=(Role.ARCHITECT,), district_id=district), "/gestione/coda"),
        (make_user(roles=(Role.ADMINISTRATOR,)), "/gestione/coda"),
    ):
        client.sign_out()
        client.sign_in(person)
        answer = client.get("/accedi")
        assert answer.status_code in {302, 303}
        assert answer.headers["Location"] == address


def test_nothing_of_others_is_shown(client, ada):
    other = make_user(name="Bruno Altri")
    laboratory = make_laboratory()
    make_draft(laboratory, other, title="Bozza di Bruno")
    make_submitted(laboratory, other, title="Proposta di Bruno")
    make_enrolment(other, EnrolmentState.DRAFT)
    assert "Bruno" not in texts(main_of(client))
    assert section(main_of(client), "attende") is None


@pytest.mark.parametrize("name", ["-Ada", "Ada " + "Lunghissima" * 8, "<b>Ada</b>", "ʼEmǝ"])
def test_any_name_is_greeted(client, name):
    client.sign_in(make_user(name=name))
    assert main_of(client) is not None


@pytest.mark.parametrize("many", [1, 4])
def test_area_asks_the_same_few_questions_however_much_there_is(client, ada, many):
    laboratory = make_laboratory()
    for _i in range(many):
        make_sign_up(make_shift(), ada)
        make_draft(laboratory, ada)
        make_submitted(laboratory, ada)
    with counted_sql() as statements:
        client.get("/area-personale/")
    assert len(statements) <= MOST_QUERIES
