"""Signing in by password, signing out, where one lands."""

import pytest

from portal.accounts.services import create_account
from portal.accounts.sign_in import ARGON2
from portal.core.access import PORTAL
from portal.core.database import db
from portal.demo.people_demo import seed_people
from portal.demo.seed import DEMO_PASSWORD
from portal.permissions import Role
from tests.client import parse

PASSWORD = "cavallo-batteria-graffetta"


@pytest.fixture
def ada(database):
    actor = create_account(
        actor=PORTAL, email="Ada@Example.org", name="Ada Prova", password=PASSWORD
    )
    db.session.commit()
    return actor


def sign_in(client, email="ada@example.org", password=PASSWORD, **more):
    return client.submit("/accedi", {"email": email, "password": password, **more})


def test_password_opens_the_personal_area(client, ada):
    response = sign_in(client)
    assert response.status_code == 303
    assert response.headers["Location"] == "/area-personale/"
    assert client.get("/accedi").headers["Location"] == "/area-personale/"


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
    create_account(
        actor=PORTAL, email="ufficio@example.org", name="Ufficio", password=PASSWORD,
        roles=[role], district_codes=["d"],
    )  # fmt: skip
    db.session.commit()
    response = sign_in(client, email="ufficio@example.org")
    assert response.headers["Location"] == "/gestione/coda"


def test_demo_accounts_sign_in_with_the_demo_password(client, database):
    people = seed_people()
    db.session.commit()
    assert set(people["architetta@example.org"].roles) == {Role.CITIZEN, Role.ARCHITECT}
    assert len(people["architetta@example.org"].district_ids) == 2
    for email in people:
        assert sign_in(client, email, DEMO_PASSWORD).status_code == 303
        client.submit("/esci")


def test_production_hashes_cost_what_owasp_asks():
    assert ARGON2 == {"time_cost": 2, "memory_cost": 19456, "parallelism": 1}
