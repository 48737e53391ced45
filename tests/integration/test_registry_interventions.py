"""The office steps in where the people of an association cannot help themselves."""

import pytest
from sqlalchemy import select

from portal.core.database import db
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.permissions import Role
from portal.registry.models import Invitation
from portal.registry.queries import list_representatives
from portal.registry.states import AssociationState, RepresentativeRole
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR
PEOPLE = "/gestione/registro/circolo-inventato/persone"
WHY = "Il direttivo è cambiato: lo dice il verbale."


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato", slug="circolo-inventato", state=AssociationState.ENROLLED
    )


@pytest.fixture
def ada(association):
    person = make_user(name="Ada Prova", email="ada@example.org")
    make_representative(person, association)
    return person


@pytest.fixture
def clerk(client):
    person = make_user(name="Carla Prova", email="carla@example.org", roles=(Role.STAFF,))
    client.sign_in(person)
    return person


def roles(association):
    db.session.rollback()
    return {p.name: p.role for p in list_representatives(association.id)}


def readers():
    return sorted(db.session.scalars(select(MailMessage.recipient)))


def change(client, person, act, **more):
    data = {"person": str(person.id), "act": act, "why": WHY, **more}
    return client.submit(f"{PEOPLE}/cambia", data)


def add(client, email, **more):
    data = {"email": email, "role": "editor", "capacity": "socia", "reason": WHY, **more}
    return client.submit(f"{PEOPLE}/aggiungi", data)


def test_only_the_office_steps_in(client, association, ada):
    for person in (ada, make_user(), make_user(roles=(Role.ARCHITECT,), district_id=1)):
        client.sign_in(person)
        assert client.get(PEOPLE).status_code == 403
        assert change(client, ada, "remove").status_code == 403
        assert add(client, "x@example.org").status_code == 403
    client.sign_in(make_user(roles=(Role.ADMINISTRATOR,)))
    assert client.get(PEOPLE).status_code == 200
    assert client.get("/gestione/registro/mai-vista/persone").status_code == 404


def test_office_sees_who_is_there_and_how_it_came_about(client, association, ada, clerk):
    page = client.get(PEOPLE).text
    for words in ("Ada Prova", "ada@example.org", "Responsabile", "Ancora niente."):
        assert words in page


def test_person_with_an_account_is_added_at_once(client, association, ada, clerk):
    make_user(name="Eva Prova", email="eva@example.org")
    assert add(client, "Eva@example.org").location == PEOPLE
    assert roles(association) == {"Ada Prova": MANAGER, "Eva Prova": EDITOR}
    assert readers() == ["ada@example.org", "eva@example.org"]
    assert add(client, "eva@example.org").status_code == 422


def test_person_without_an_account_is_invited(client, association, ada, clerk):
    make_user(name="Eda Prova", email="eda@example.org", is_confirmed=False)
    for email in ("eva@example.org", "eda@example.org"):
        assert add(client, email).location == PEOPLE
    assert roles(association) == {"Ada Prova": MANAGER}
    assert len(list(db.session.scalars(select(Invitation)))) == 2
    assert "eva@example.org" in client.get(PEOPLE).text


def test_page_that_nobody_looks_after_gets_a_manager(client, association, clerk):
    make_user(name="Eva Prova", email="eva@example.org")
    assert add(client, "eva@example.org", role="editor").status_code == 409
    assert roles(association) == {}
    assert add(client, "eva@example.org", role="manager").status_code == 303
    assert roles(association) == {"Eva Prova": MANAGER}


@pytest.mark.parametrize("field", ["email", "reason", "role"])
def test_adding_needs_an_address_a_role_and_a_reason(client, association, clerk, field):
    data = {"email": "eva@example.org", "role": "editor", "reason": WHY, field: ""}
    assert client.submit(f"{PEOPLE}/aggiungi", data).status_code == 422


def test_role_changes_with_a_reason_in_mail_and_history(client, association, ada, clerk):
    eva = make_user(name="Eva Prova", email="eva@example.org")
    make_representative(eva, association, role=EDITOR)
    assert change(client, eva, "make_manager").location == PEOPLE
    assert roles(association)["Eva Prova"] is MANAGER
    assert readers() == ["ada@example.org", "eva@example.org"]
    history = list_history(subject_kind="association", subject_id=association.id)
    assert [(s.action, s.actor_name) for s in history] == [
        ("intervene", "Carla Prova"),
        ("change_role", "Carla Prova"),
    ]
    assert history[0].note == WHY
    assert {s.on_behalf_of for s in history} == {None}
    client.sign_in(ada)
    assert WHY in client.get("/associazione/circolo-inventato/").text


def test_last_manager_is_replaced_in_one_act(client, association, ada, clerk):
    ivo = make_user(name="Ivo Prova", email="ivo@example.org")
    make_representative(ivo, association, role=EDITOR)
    refused = change(client, ada, "remove")
    assert refused.status_code == 422
    assert "passa il ruolo" in refused.text
    assert WHY in refused.text
    assert change(client, ada, "make_editor").status_code == 422
    make_user(name="Eva Prova", email="eva@example.org")
    assert change(client, ada, "replace", heir_email="eva@example.org").status_code == 303
    assert roles(association) == {"Ivo Prova": EDITOR, "Eva Prova": MANAGER}
    assert readers() == ["ada@example.org", "eva@example.org", "ivo@example.org"]


def test_editor_takes_the_place_of_the_manager(client, association, ada, clerk):
    ivo = make_user(name="Ivo Prova", email="ivo@example.org")
    make_representative(ivo, association, role=EDITOR)
    assert change(client, ada, "replace", heir_email="ivo@example.org").status_code == 303
    assert roles(association) == {"Ivo Prova": MANAGER}


@pytest.mark.parametrize(
    ("heir", "words"),
    [
        ("", "chi prende il suo posto"),
        ("ada@example.org", "Scegli un’altra persona"),
        ("nessuno@example.org", "ancora un account"),
    ],
)
def test_who_takes_over_has_an_account_of_their_own(client, ada, clerk, heir, words):
    answer = change(client, ada, "replace", heir_email=heir)
    assert answer.status_code == 422
    assert words in answer.text


def test_who_had_no_right_to_the_page_is_removed_even_alone(client, association, ada, clerk):
    assert change(client, ada, "remove").status_code == 303
    assert roles(association) == {}
    assert readers() == ["ada@example.org"]
    assert client.get("/registro/circolo-inventato/rivendica").status_code == 200


def test_clerk_who_represents_it_too_acts_for_the_office(client, association, clerk):
    make_representative(clerk, association)
    make_user(name="Eva Prova", email="eva@example.org")
    assert add(client, "eva@example.org").status_code == 303
    history = list_history(subject_kind="association", subject_id=association.id)
    assert {s.on_behalf_of for s in history} == {None}
    assert readers() == ["eva@example.org"]


def test_page_needs_as_many_queries_for_many_people_as_for_one(client, association, ada, clerk):
    def queries():
        with counted_sql() as statements:
            client.get(PEOPLE)
        return len(statements)

    few = queries()
    for _ in range(4):
        make_representative(make_user(), association)
    assert few == queries() <= 12
