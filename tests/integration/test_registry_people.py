"""The people of an association: who sees them, who changes them, who leaves."""

import threading

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.core.access import Actor
from portal.core.database import db
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.registry.models import Representative
from portal.registry.people import PeopleRefusal
from portal.registry.queries import list_representatives
from portal.registry.services import PeopleRefusedError, hand_over, leave_association
from portal.registry.states import AssociationState, RepresentativeRole
from tests.conftest import sqlalchemy_url
from tests.factories.people import actor_of, make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative
from tests.sql_counter import counted_sql

MANAGER, EDITOR = RepresentativeRole.MANAGER, RepresentativeRole.EDITOR
PEOPLE = "/associazione/circolo-inventato/persone"


@pytest.fixture
def association(database):
    return make_association(
        name="Circolo inventato", slug="circolo-inventato", state=AssociationState.ENROLLED
    )


def join(association, name, role=MANAGER):
    person = make_user(name=name, email=f"{name.split()[0].lower()}@example.org")
    make_representative(person, association, role=role)
    return person


@pytest.fixture
def ada(client, association):
    person = join(association, "Ada Prova")
    client.sign_in(person)
    return person


@pytest.fixture
def ivo(association):
    return join(association, "Ivo Prova", EDITOR)


def roles(association):
    db.session.expire_all()
    return {p.name: p.role for p in list_representatives(association.id)}


def mails_to(email):
    statement = select(MailMessage).where(MailMessage.recipient == email)
    return list(db.session.scalars(statement.order_by(MailMessage.id)))


def steps(association):
    return list_history(subject_kind="association", subject_id=association.id)


def test_representative_sees_people_roles_and_since_when(client, association, ada, ivo):
    page = client.get(PEOPLE).text
    for words in ("Ada Prova", "Responsabile", "Ivo Prova", "Redattore", "gennaio 2026", "tu"):
        assert words in page


def test_stranger_does_not_find_the_page(client, association):
    client.sign_in(make_user())
    assert client.get(PEOPLE).status_code == 404
    for way in ("", "/1/togli", "/1/ruolo/editor", "/passa", "/esci", "/inviti/1/ritira"):
        assert client.submit(PEOPLE + way).status_code == 404, way
    client.sign_out()
    assert client.get(PEOPLE).status_code == 303


def test_editor_sees_the_people_and_changes_none(client, association, ada, ivo):
    client.sign_in(ivo)
    page = client.get(PEOPLE).text
    assert "Ada Prova" in page
    assert "Togli" not in page
    assert 'name="email"' not in page
    assert client.get(f"{PEOPLE}/passa").status_code == 404
    for way in ("", f"/{ada.id}/togli", f"/{ivo.id}/ruolo/manager", "/passa", "/inviti/1/rimanda"):
        assert client.submit(PEOPLE + way, {"email": "x@example.org"}).status_code == 404, way
    assert roles(association) == {"Ada Prova": MANAGER, "Ivo Prova": EDITOR}


def test_manager_of_one_association_changes_no_other(client, association, ada):
    other = make_association(name="Altra", slug="altra")
    eva = join(other, "Eva Prova")
    address = "/associazione/altra/persone"
    assert client.submit(f"{address}/{eva.id}/togli").status_code == 404
    assert client.submit(f"{PEOPLE}/{eva.id}/togli").status_code == 409
    assert roles(other) == {"Eva Prova": MANAGER}


def test_manager_changes_a_role_and_the_person_is_told(client, association, ada, ivo):
    assert client.submit(f"{PEOPLE}/{ivo.id}/ruolo/manager").location == PEOPLE
    assert roles(association)["Ivo Prova"] is MANAGER
    (mail,) = mails_to(ivo.email)
    assert mail.subject == "Il tuo ruolo per Circolo inventato è cambiato"
    assert mails_to(ada.email) == []
    (step,) = steps(association)
    assert (step.action, step.note, step.to_state) == ("change_role", "Ivo Prova", "manager")
    assert step.on_behalf_of == "Circolo inventato"


def test_same_role_again_is_no_change(client, association, ada, ivo):
    assert client.submit(f"{PEOPLE}/{ivo.id}/ruolo/editor").status_code == 303
    assert mails_to(ivo.email) == []
    assert steps(association) == []


def test_unknown_role_is_no_address(client, association, ada, ivo):
    assert client.submit(f"{PEOPLE}/{ivo.id}/ruolo/capo").status_code == 404


def test_manager_removes_somebody_who_is_told_and_finds_nothing_any_more(
    client, association, ada, ivo
):
    assert client.submit(f"{PEOPLE}/{ivo.id}/togli").location == PEOPLE
    assert roles(association) == {"Ada Prova": MANAGER}
    (mail,) = mails_to(ivo.email)
    assert mail.subject == "Non curi più Circolo inventato"
    assert "Ada Prova" in mail.text_body
    # A second tap finds nobody to remove.
    assert client.submit(f"{PEOPLE}/{ivo.id}/togli").status_code == 409
    client.sign_in(ivo)
    assert client.get(PEOPLE).status_code == 404
    assert client.get("/associazione/circolo-inventato/").status_code == 404


def test_last_manager_cannot_leave_and_reads_why(client, association, ada, ivo):
    assert 'data-reason="last_manager"' in client.get(PEOPLE).text
    answer = client.submit(f"{PEOPLE}/esci")
    assert answer.status_code == 409
    assert "passa il ruolo" in answer.text
    assert client.submit(f"{PEOPLE}/{ada.id}/ruolo/editor").status_code == 409
    assert client.submit(f"{PEOPLE}/{ada.id}/togli").status_code == 409
    assert roles(association)["Ada Prova"] is MANAGER


def test_who_is_alone_is_told_to_invite_somebody(client, association, ada):
    page = client.get(PEOPLE).text
    assert 'data-reason="last_person"' in page
    assert "Nessun altro cura ancora" in client.get(f"{PEOPLE}/passa").text
    assert client.submit(f"{PEOPLE}/esci").status_code == 409


def test_editor_leaves_and_the_managers_are_told(client, association, ada, ivo):
    client.sign_in(ivo)
    assert "Lascio l’associazione" in client.get(PEOPLE).text
    assert client.submit(f"{PEOPLE}/esci").location == "/area-personale/"
    assert roles(association) == {"Ada Prova": MANAGER}
    assert [m.subject for m in mails_to(ada.email)] == ["Ivo Prova non cura più Circolo inventato"]
    assert mails_to(ivo.email) == []
    assert client.get(PEOPLE).status_code == 404


def test_role_is_handed_over_and_the_giver_stays_as_editor(client, association, ada, ivo):
    assert "Ivo Prova" in client.get(f"{PEOPLE}/passa").text
    answer = client.submit(f"{PEOPLE}/passa", {"person": str(ivo.id), "then": "resto"})
    assert answer.location == PEOPLE
    assert roles(association) == {"Ada Prova": EDITOR, "Ivo Prova": MANAGER}
    (mail,) = mails_to(ivo.email)
    assert mail.subject == "Ora sei responsabile di Circolo inventato"
    assert mails_to(ada.email) == []
    assert [s.action for s in steps(association)] == ["hand_over"]


def test_role_is_handed_over_and_the_giver_leaves(client, association, ada, ivo):
    answer = client.submit(f"{PEOPLE}/passa", {"person": str(ivo.id), "then": "esco"})
    assert answer.location == "/area-personale/"
    assert roles(association) == {"Ivo Prova": MANAGER}
    assert client.get(PEOPLE).status_code == 404


@pytest.mark.parametrize("data", [{}, {"person": "999", "then": "resto"}, {"then": "resto"}])
def test_role_is_handed_to_nobody_who_is_not_there(client, association, ada, ivo, data):
    assert client.submit(f"{PEOPLE}/passa", data).status_code == 422
    assert roles(association)["Ada Prova"] is MANAGER


def test_colleague_who_left_meanwhile_does_not_get_the_role(association, ada, ivo):
    leave_association(actor=actor_of(ivo), association_id=association.id)
    with pytest.raises(PeopleRefusedError) as refused:
        hand_over(
            actor=actor_of(ada), association_id=association.id, to_user_id=ivo.id, is_leaving=False
        )
    assert refused.value.refusal is PeopleRefusal.NOT_HERE


def test_all_managers_hear_of_a_hand_over(client, association, ada, ivo):
    eva = join(association, "Eva Prova")
    client.submit(f"{PEOPLE}/passa", {"person": str(ivo.id), "then": "resto"})
    assert [m.subject for m in mails_to(eva.email)] == [
        "Ora è Ivo Prova responsabile di Circolo inventato"
    ]


def test_page_needs_as_many_queries_for_many_people_as_for_one(client, association, ada):
    def queries():
        with counted_sql() as statements:
            client.get(PEOPLE)
        return len(statements)

    join(association, "Ivo Prova")
    few = queries()
    for name in ("Eva Prova", "Edo Prova", "Pia Prova"):
        join(association, name)
    assert few == queries() <= 10


def test_of_two_managers_who_leave_at_once_one_stays(app, server, settings, association):
    people = [join(association, "Ada Prova"), join(association, "Eva Prova")]
    apps = [create_app(settings, database_url=sqlalchemy_url(server, "portal")) for _ in people]
    gate, outcomes = threading.Barrier(2), []

    def leave(web, actor: Actor):
        with web.test_request_context():
            gate.wait()
            try:
                leave_association(actor=actor, association_id=association.id)
                db.session.commit()
                outcomes.append("left")
            except PeopleRefusedError as error:
                outcomes.append(error.refusal)
            finally:
                db.session.remove()
                db.engine.dispose()

    threads = [
        threading.Thread(target=leave, args=(web, actor_of(person)))
        for web, person in zip(apps, people, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert sorted(map(str, outcomes)) == ["last_person", "left"]
    assert len(roles(association)) == 1


def test_database_refuses_people_without_a_manager_whoever_writes(client, association, ada, ivo):
    """`ck_association_representative_has_manager`, a trigger, at the end of the transaction."""
    from flask import Response

    from portal.core.unit_of_work import writes

    @writes
    def careless_view():
        row = db.session.scalars(
            select(Representative).where(Representative.user_id == ada.id)
        ).one()
        row.role = EDITOR
        return Response("done")

    with (
        client.application.test_request_context(method="POST"),
        pytest.raises(RuleBrokenError) as refused,
    ):
        careless_view()
    assert "responsabile" in str(refused.value.sentence)
