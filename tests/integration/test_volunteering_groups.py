"""A class, a family, a company signs up together (behaviour 15)."""

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import SignUp
from tests.factories.people import make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up

CLASS = {"name": "Classe 2B", "people": "4", "members": "Ada\nUgo"}


def group_shift(**more):
    return make_shift(project=make_project(group_cap=6), in_hours=72, **more)


def path_of(shift):
    return f"/volontariato/turni/{shift.id}/gruppo"


def held():
    db.session.expire_all()
    return db.session.scalar(select(SignUp))


def test_a_class_takes_its_places_with_one_contact(client):
    shift = group_shift(capacity=10)
    client.sign_in(make_user())
    assert "Venite in gruppo" in client.get(f"/volontariato/turni/{shift.id}").get_data(True)
    assert client.submit(path_of(shift), CLASS).status_code == 303
    sign_up = held()
    assert (sign_up.people, sign_up.group_name) == (4, "Classe 2B")
    assert sign_up.group_members == "Ada\nUgo"
    page = client.get(f"/volontariato/turni/{shift.id}").get_data(as_text=True)
    assert "Venite in gruppo" not in page
    assert "posti presi: 4 su 10" in page
    # The same tap again is the same group.
    assert client.submit(path_of(shift), CLASS).status_code == 303
    assert len(list(db.session.scalars(select(SignUp)))) == 1


def test_a_group_waits_where_the_places_are_too_few(client):
    shift = group_shift(capacity=3, waiting_capacity=5)
    client.sign_in(make_user())
    client.submit(path_of(shift), CLASS)
    assert held().state is SignUpState.WAITING


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({**CLASS, "people": "1"}, "Un gruppo ha da 2 a 100 persone."),
        ({**CLASS, "people": "quattro"}, "Scrivi in quanti siete, in cifre."),
        ({**CLASS, "people": ""}, "Scrivi in quanti siete, in cifre."),
        ({**CLASS, "people": "9" * 5000}, "Scrivi in quanti siete, in cifre."),
        ({**CLASS, "name": " "}, "Scrivi un nome: una classe, una famiglia, un’azienda."),
        ({**CLASS, "members": "x" * 8001}, "Questo elenco è troppo lungo"),
    ],
)
def test_what_cannot_be_is_said_beside_the_field_and_kept(client, data, words):
    client.sign_in(make_user())
    answer = client.submit(path_of(group_shift()), data)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert words in page
    assert data["name"].strip() in page
    assert held() is None


def test_a_group_over_the_cap_learns_the_cap(client):
    client.sign_in(make_user())
    answer = client.submit(path_of(group_shift(capacity=20)), {**CLASS, "people": "7"})
    assert answer.status_code == 409
    assert "Gruppi di 6 persone al massimo" in answer.get_data(as_text=True)
    assert held() is None


def test_where_people_come_one_by_one_there_is_no_such_page(client):
    client.sign_in(make_user())
    shift = make_shift()
    assert client.get(path_of(shift)).status_code == 404
    assert client.submit(path_of(shift), CLASS).status_code == 404


def test_a_place_less_than_the_group_needs_is_open_for_one(client):
    shift = group_shift(capacity=5)
    make_sign_up(shift, people=4, group_name="Famiglia")
    client.sign_in(make_user())
    page = client.get(f"/volontariato/turni/{shift.id}").get_data(as_text=True)
    assert "Manca 1 persona" in page
