"""Signing in by password, signing out, where one lands."""

import pytest
from sqlalchemy import select

from portal.accounts import services
from portal.accounts.models import User
from portal.accounts.sign_in import ARGON2
from portal.core.access import ANONYMOUS, PORTAL
from portal.core.addresses import local_address
from portal.core.database import db
from portal.demo.people_demo import DEMO_PASSWORD, seed_people
from portal.permissions import Role
from tests.client import parse, texts
from tests.factories.people import make_user
from tests.factories.registry import make_association
from tests.factories.registry_requests import make_representative

PASSWORD = "cavallo-batteria-graffetta"


@pytest.fixture
def ada(database):
    actor = services.create_account(
        actor=PORTAL, email="Ada@Example.org", name="Ada Prova", password=PASSWORD
    )
    db.session.commit()
    return actor


def sign_in(client, email="ada@example.org", password=PASSWORD, **more):
    return client.submit("/accedi", {"email": email, "password": password, **more})


def summary_of(response):
    divs = parse(response.text).iter("div")
    return texts(next(d for d in divs if "error-summary" in (d.get("class") or "")))


def is_signed_in(client):
    return client.get("/area-personale/dati").status_code == 200


def test_password_opens_the_personal_area(client, ada):
    response = sign_in(client)
    assert response.status_code == 303
    assert response.headers["Location"] == "/area-personale/"
    assert is_signed_in(client)


def test_address_is_read_without_regard_to_case_and_spaces(client, ada):
    assert sign_in(client, email="  ADA@example.ORG ").status_code == 303


def test_form_with_the_password_holds_the_address_and_a_button(client):
    page = parse(client.get("/accedi").text)
    forms = [f for f in page.iter("form") if "password" in {e.get("name") for e in f.iter()}]
    assert len(forms) == 1
    assert forms[0].get("action") == "/accedi"
    assert forms[0].get("method") == "post"
    assert "email" in {e.get("name") for e in forms[0].iter()}
    assert "submit" in {b.get("type") for b in forms[0].iter("button")}


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMINISTRATOR, Role.ARCHITECT])
def test_office_lands_on_the_queue(client, database, role):
    services.create_account(
        actor=PORTAL, email="ufficio@example.org", name="Ufficio", password=PASSWORD,
        roles=[role], district_codes=["d"],
    )  # fmt: skip
    db.session.commit()
    response = sign_in(client, email="ufficio@example.org")
    assert response.headers["Location"] == "/gestione/coda"


def test_representative_lands_on_the_desk_of_the_association(client, ada):
    association = make_association(name="Associazione di prova")
    make_representative(db.session.get(User, ada.id), association)
    assert sign_in(client).headers["Location"] == f"/associazione/{association.slug}/"
    assert client.get("/accedi").headers["Location"] == f"/associazione/{association.slug}/"


def test_signed_in_person_is_led_on_from_the_sign_in_page(client, ada):
    sign_in(client)
    assert client.get("/accedi").headers["Location"] == "/area-personale/"
    assert client.get("/accedi?next=/registro/").headers["Location"] == "/registro/"
    assert client.get("/registrati").status_code == 302
    assert sign_in(client).headers["Location"] == "/area-personale/"


def test_wrong_password_unknown_address_and_unconfirmed_account_get_one_answer(client, ada):
    services.register_account(
        actor=ANONYMOUS, email="nuova@example.org", name="Nuova", password=PASSWORD, locale="it"
    )
    make_user(email="senza@example.org")  # enters by code only
    answers = [
        sign_in(client, password="sbagliata del tutto"),
        sign_in(client, email="nessuno@example.org"),
        sign_in(client, email="nuova@example.org"),
        sign_in(client, email="senza@example.org"),
    ]
    assert {a.status_code for a in answers} == {422}
    assert len({summary_of(answer) for answer in answers}) == 1
    assert not is_signed_in(client)


def test_refused_sign_in_keeps_the_address_but_not_the_password(client, ada):
    page = sign_in(client, password="sbagliata del tutto").text
    assert 'value="ada@example.org"' in page
    assert "sbagliata" not in page
    assert sign_in(client, email="non un indirizzo").status_code == 422
    assert sign_in(client, email="", password="").status_code == 422
    assert sign_in(client, email="a\x00@example.org").status_code == 422
    assert sign_in(client, password="x" * 10_000).status_code == 422


def test_closed_account_cannot_enter_and_its_sessions_have_ended(client, ada):
    sign_in(client)
    user = db.session.get(User, ada.id)
    user.active = False
    db.session.commit()
    assert not is_signed_in(client)
    assert sign_in(client).status_code == 422


def test_page_left_open_until_the_session_ended_works_at_the_second_press(client, ada):
    client.get("/accedi")
    client.sign_out()
    stale = client.post(
        "/accedi", data={"csrf_token": "old", "email": "ada@example.org", "password": PASSWORD}
    )
    assert stale.status_code == 422
    assert 'value="ada@example.org"' in stale.text
    token = next(e.get("value") for e in parse(stale.text).iter("input")
                 if e.get("name") == "csrf_token")  # fmt: skip
    again = client.post(
        "/accedi", data={"csrf_token": token, "email": "ada@example.org", "password": PASSWORD}
    )
    assert again.status_code == 303


def test_entering_without_any_token_is_refused(client, ada):
    answer = client.post("/accedi", data={"email": "ada@example.org", "password": PASSWORD})
    assert answer.status_code == 422
    assert not is_signed_in(client)


def test_signing_in_begins_a_new_session_and_keeps_the_language(client, ada):
    with client.session_transaction() as session:
        session["locale"] = "en"
        session["code_for"] = "other@example.org"
        session["planted"] = "by somebody else"
    before = client.csrf_token()
    sign_in(client)
    with client.session_transaction() as session:
        assert session["locale"] == "en"
        assert "planted" not in session
        assert "code_for" not in session
    assert client.csrf_token() != before


def test_only_the_button_signs_out(client, ada):
    sign_in(client)
    assert client.get("/esci").status_code == 200
    assert is_signed_in(client)
    assert client.submit("/esci").status_code == 303
    assert not is_signed_in(client)


def test_sign_in_returns_to_the_page_it_was_asked_from(client, ada):
    page = parse(client.get("/accedi?next=/volontariato/turni/7").text)
    values = [e.get("value") for e in page.iter("input") if e.get("name") == "next"]
    assert values == ["/volontariato/turni/7"] * 2
    response = sign_in(client, next="/volontariato/turni/7?da=lista")
    assert response.headers["Location"] == "/volontariato/turni/7?da=lista"


ELSEWHERE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "https://evil.example", "javascript:alert(1)", "/\t/evil.example",
    "/\n/evil.example",
    "\x00//evil.example", " //evil.example", "evil.example", "http:///evil.example", "/a\r\nX: y",
    "/\x7f/evil.example", "//[", "/" + "a" * 3_000,
]  # fmt: skip


@pytest.mark.parametrize("address", ELSEWHERE)
def test_next_never_leads_out_of_the_portal(client, ada, address):
    assert local_address(address, "") == ""
    response = sign_in(client, next=address)
    assert response.headers["Location"] == "/area-personale/"


def test_demo_accounts_sign_in_with_the_demo_password(client, database):
    people = seed_people()
    db.session.commit()
    assert set(people["architetta@example.org"].roles) == {Role.CITIZEN, Role.ARCHITECT}
    assert len(people["architetta@example.org"].district_ids) == 4
    for email in people:
        assert sign_in(client, email, DEMO_PASSWORD).status_code == 303
        client.submit("/esci")


def test_production_hashes_cost_what_owasp_asks():
    assert ARGON2 == {"time_cost": 2, "memory_cost": 19456, "parallelism": 1}


def test_unknown_address_spends_the_time_of_a_password(client, ada, monkeypatch):
    from portal.accounts.services import signing_in

    checked = []
    monkeypatch.setattr(signing_in, "verify_password", lambda *args: checked.append(args))
    sign_in(client, email="nessuno@example.org")
    assert len(checked) == 1


def test_passwords_are_stored_as_argon2(database, ada):
    stored = db.session.scalar(select(User.password).where(User.id == ada.id))
    assert stored.startswith("$argon2id$")


def test_token_in_a_header_or_address_signs_nobody_in(client, ada):
    token = db.session.get(User, ada.id).get_auth_token()
    assert client.get(f"/area-personale/dati?auth_token={token}").status_code == 303
    answer = client.get("/area-personale/dati", headers={"Authentication-Token": token})
    assert answer.status_code == 303
