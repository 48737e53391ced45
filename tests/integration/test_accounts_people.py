"""The administrator's page: who holds which role."""

import pytest
from sqlalchemy import event, select

from portal.accounts import queries, services
from portal.accounts.models import RoleAssignment
from portal.accounts.services.roles import LastAdministratorError
from portal.core.access import PORTAL
from portal.core.database import db
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.history import list_history
from portal.permissions import Role
from portal.territory.queries import list_districts
from tests.client import parse
from tests.factories.people import make_user


@pytest.fixture
def admin(client):
    user = make_user(email="capo@example.org", name="Elio Capo", roles=(Role.ADMINISTRATOR,))
    client.sign_in(user)
    return user


def roles_of(user):
    return set(db.session.scalars(
        select(RoleAssignment.role).where(RoleAssignment.user_id == user.id)
    ))  # fmt: skip


@pytest.mark.parametrize("roles", [(), (Role.STAFF,)])
def test_only_the_administrator_gets_in(client, database, roles):
    client.sign_in(make_user(roles=roles))
    other = make_user()
    assert client.get("/gestione/persone").status_code == 403
    assert client.get(f"/gestione/persone/{other.id}").status_code == 403
    assert (
        client.submit(f"/gestione/persone/{other.id}/ruoli", {"role": "staff"}).status_code == 403
    )
    assert roles_of(other) == set()


def test_visitor_is_led_to_sign_in(client):
    assert client.get("/gestione/persone").headers["Location"].startswith("/accedi?next=")


def test_list_shows_who_holds_a_role_and_finds_everybody(client, admin):
    make_user(email="bea@example.org", name="Bea 100%_Nome")
    page = parse(client.get("/gestione/persone").text)
    results = next(e for e in page.iter() if e.get("id") == "results")
    assert results.get("data-total") == "1"
    for text in ("bea", "100%_", "BEA@example"):
        answer = client.get("/gestione/persone", query_string={"q": text})
        assert 'data-total="1"' in answer.text
        assert "Bea 100%_Nome" in answer.text
    assert 'data-total="0"' in client.get("/gestione/persone?q=%25%25").text
    assert client.get("/gestione/persone?q=%00&pagina=99999&altro=x").status_code == 200
    partial = client.get("/gestione/persone?q=bea", headers={"HX-Request": "true"})
    assert partial.text.lstrip().startswith('<div id="results"')


def test_role_is_given_and_taken_with_its_history(client, admin):
    bea = make_user(name="Bea")
    address = f"/gestione/persone/{bea.id}"
    assert client.submit(f"{address}/ruoli", {"role": "staff", "district": ""}).status_code == 303
    assert client.submit(f"{address}/ruoli", {"role": "staff", "district": ""}).status_code == 303
    assert roles_of(bea) == {Role.STAFF}
    assert client.submit(f"{address}/ruoli/togli", {"role": "staff"}).status_code == 303
    assert client.submit(f"{address}/ruoli/togli", {"role": "staff"}).status_code == 303
    assert roles_of(bea) == set()
    steps = list_history(subject_kind="user_account", subject_id=bea.id)
    assert [(s.action, s.from_state, s.to_state, s.actor_name) for s in steps] == [
        ("revoke_role", "staff", None, "Elio Capo"),
        ("grant_role", None, "staff", "Elio Capo"),
    ]
    assert "Elio Capo" in client.get(address).text


def test_architect_gets_one_district_at_a_time(client, admin):
    bea = make_user()
    first, second = list_districts()[:2]
    for district in (first, second):
        client.submit(f"/gestione/persone/{bea.id}/ruoli",
                      {"role": "architect", "district": str(district.id)})  # fmt: skip
    person = queries.get_person(bea.id)
    assert [held.district for held in person.roles] == [first.name, second.name]
    client.submit(f"/gestione/persone/{bea.id}/ruoli/togli",
                  {"role": "architect", "district": str(first.id)})  # fmt: skip
    assert [held.district for held in queries.get_person(bea.id).roles] == [second.name]


@pytest.mark.parametrize(
    "wrong",
    [{}, {"role": "citizen"}, {"role": "representative"}, {"role": "architect"},
     {"role": "architect", "district": "9" * 30}, {"role": "architect", "district": "x"},
     {"role": "staff", "district": "1"}],
)  # fmt: skip
def test_impossible_role_is_refused_in_words(client, admin, wrong):
    bea = make_user()
    response = client.submit(f"/gestione/persone/{bea.id}/ruoli", wrong)
    assert response.status_code == 422
    assert "error-summary" in response.text
    assert roles_of(bea) == set()


def test_last_administrator_stays(client, admin):
    address = f"/gestione/persone/{admin.id}/ruoli/togli"
    assert client.submit(address, {"role": "administrator"}).status_code == 409
    assert roles_of(admin) == {Role.ADMINISTRATOR}
    make_user(roles=(Role.ADMINISTRATOR,))
    assert client.submit(address, {"role": "administrator"}).status_code == 303
    assert client.get("/gestione/persone").status_code == 403


def test_service_refuses_what_the_page_does_not_offer(database):
    admin = make_user(roles=(Role.ADMINISTRATOR,))
    with pytest.raises(RuleBrokenError):
        services.grant_role(actor=PORTAL, user_id=admin.id, role=Role.CITIZEN)
    with pytest.raises(NotFoundError):
        services.grant_role(actor=PORTAL, user_id=10**12, role=Role.STAFF)
    with pytest.raises(LastAdministratorError):
        services.revoke_role(actor=PORTAL, user_id=admin.id, role=Role.ADMINISTRATOR)


def test_nobody_there_is_a_page_and_not_an_error(client, admin):
    assert client.get("/gestione/persone/999999").status_code == 404
    assert client.get(f"/gestione/persone/{10**30}").status_code == 404
    assert client.submit("/gestione/persone/999999/ruoli", {"role": "staff"}).status_code == 404


def test_list_asks_the_same_number_of_queries_for_3_and_for_300(client, admin):
    def count():
        asked = []
        listen = lambda *args: asked.append(args[2])  # noqa: E731 - a listener
        event.listen(db.engine, "before_cursor_execute", listen)
        client.get("/gestione/persone")
        event.remove(db.engine, "before_cursor_execute", listen)
        return len(asked)

    for _number in range(3):
        make_user(roles=(Role.STAFF,))
    few = count()
    for _number in range(30):
        make_user(roles=(Role.STAFF, Role.ADMINISTRATOR))
    assert count() == few <= 8


def test_recipients_are_found_together(database):
    ada, bea = make_user(name="Ada"), make_user(name="Bea", locale="en")
    found = queries.recipients_of([ada.id, bea.id, 10**9])
    assert {key: (r.name, r.locale) for key, r in found.items()} == {
        ada.id: ("Ada", "it"), bea.id: ("Bea", "en"),
    }  # fmt: skip
    assert queries.get_recipient(ada.id).email == ada.email
    with pytest.raises(NotFoundError):
        queries.get_recipient(10**9)


def test_staff_are_listed_with_their_roles(database):
    make_user(name="Cittadina")
    clerk = make_user(name="Operatrice", roles=(Role.STAFF,))
    assert [(p.id, [h.role for h in p.roles]) for p in queries.list_staff()] == [
        (clerk.id, [Role.STAFF])
    ]


def test_person_and_roles_are_loaded_by_one_query(database):
    user = make_user(roles=(Role.STAFF,))
    db.session.expunge_all()
    asked = []
    listen = lambda *args: asked.append(args[2])  # noqa: E731 - a listener
    event.listen(db.engine, "before_cursor_execute", listen)
    actor = queries.find_account_facts(queries.find_user_of_session(user.fs_uniquifier))
    event.remove(db.engine, "before_cursor_execute", listen)
    assert Role.STAFF in actor.roles
    assert len(asked) == 1
    assert queries.find_user_of_session("") is None
