"""How often one may try. The limits are off in other tests: here is an app that has them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from portal.accounts import services
from portal.app import create_app
from portal.core.access import PORTAL
from portal.core.database import db
from portal.core.extensions import limiter
from tests.client import StrictClient
from tests.conftest import sqlalchemy_url

PASSWORD = "cavallo-batteria-graffetta"
WRONG = "sbagliata del tutto"


@pytest.fixture
def limited(app, database, server, settings, request) -> Iterator[Flask]:
    """An app like in production, or like a demo where the test asks for one."""
    is_demo = getattr(request, "param", False)
    made = create_app(
        replace(settings, is_testing=False, is_demo=is_demo),
        database_url=sqlalchemy_url(server, "portal"),
    )
    made.test_client_class = StrictClient
    limiter.reset()
    services.create_account(
        actor=PORTAL, email="ada@example.org", name="Ada Prova", password=PASSWORD
    )
    db.session.commit()
    yield made
    limiter.reset()
    # The limiter is shared by all apps of a process.
    limiter.enabled = limiter.initialized = False
    with made.app_context():
        db.engine.dispose()


def browser(app: Flask, address: str = "198.51.100.7") -> StrictClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def try_password(client, password=WRONG, email="ada@example.org"):
    return client.submit("/accedi", {"email": email, "password": password}).status_code


@pytest.mark.parametrize("email", ["ada@example.org", "nessuno@example.org"])
def test_ten_wrong_passwords_pause_the_account_from_everywhere(limited, email):
    client = browser(limited)
    assert [try_password(client, email=email) for _ in range(10)] == [422] * 10
    assert try_password(client, email=email.upper()) == 429
    assert try_password(browser(limited, "203.0.113.9"), PASSWORD, email) == 429
    # Others behind the same address are not disturbed.
    assert try_password(client, email="altra@example.org") == 422


def test_right_passwords_and_empty_forms_are_not_counted(limited):
    client = browser(limited)
    for _number in range(12):
        assert try_password(client, PASSWORD) == 303
        client.submit("/esci")
    assert [try_password(client, "") for _ in range(12)] == [422] * 12
    assert try_password(client, PASSWORD) == 303


def test_five_wrong_codes_pause_the_account(limited):
    client = browser(limited)
    client.submit("/accedi/nuovo-codice", {"email": "ada@example.org"})
    wrong = [client.submit("/accedi/codice", {"code": "000000"}).status_code for _ in range(6)]
    assert wrong == [422] * 5 + [429]
    elsewhere = browser(limited, "203.0.113.9")
    elsewhere.submit("/accedi/nuovo-codice", {"email": "ada@example.org"})
    assert elsewhere.submit("/accedi/codice", {"code": "000000"}).status_code == 429
    # The way back: the password, or its recovery.
    assert try_password(client, PASSWORD) == 303


def test_five_mails_to_one_address_are_enough(limited):
    client = browser(limited)
    answers = [
        client.submit("/accedi/nuovo-codice", {"email": "ada@example.org"}).status_code,
        client.submit("/recupera", {"email": "Ada@example.org"}).status_code,
        *(client.submit("/accedi/nuovo-codice", {"email": "ada@example.org"}).status_code
          for _ in range(3)),
    ]  # fmt: skip
    assert answers == [303] * 5
    assert client.submit("/recupera", {"email": "ada@example.org"}).status_code == 429
    assert client.submit("/recupera", {"email": "bea@example.org"}).status_code == 303


@pytest.mark.parametrize("limited", [True], indirect=True)
def test_demo_disturbs_nobody_who_clicks_around(limited):
    client = browser(limited)
    assert [try_password(client) for _ in range(25)] == [422] * 25
    assert try_password(client, PASSWORD) == 303


def test_too_many_tries_is_a_page_that_says_when_to_come_back(limited):
    client = browser(limited)
    for _number in range(10):
        try_password(client)
    response = client.submit("/accedi", {"email": "ada@example.org", "password": "ancora no"})
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) <= 15 * 60
    assert "<h1" in response.text
