"""Who tries too often waits; who only reads is never counted."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.core.database import db
from portal.core.extensions import limiter
from portal.laboratories.states import Phase
from portal.permissions import Role
from tests.client import StrictClient
from tests.factories.laboratories import make_laboratory, make_published
from tests.factories.people import actor_of, make_user
from tests.factories.sheets import make_shared_sheet


@pytest.fixture
def limited_client(app, settings, database):
    """A browser on a portal that throttles, which tests otherwise do not."""
    made = create_app(
        replace(settings, is_testing=False), database_url=app.config["SQLALCHEMY_DATABASE_URI"]
    )
    made.test_client_class = StrictClient
    yield made.test_client()
    with made.app_context():
        db.engine.dispose()
    limiter.reset()
    limiter.enabled = False


def test_thirty_wrong_passwords_a_minute_are_enough_for_a_demo(limited_client):
    statuses = [
        limited_client.submit(
            "/accedi", {"email": "ada@example.org", "password": "sbagliata"}
        ).status_code
        for _ in range(32)
    ]
    assert statuses == [422] * 30 + [429] * 2


def test_reading_is_not_counted(limited_client):
    assert {limited_client.get("/privacy").status_code for _ in range(50)} == {200}


def test_twenty_comments_a_minute_are_enough_for_one_person(limited_client):
    proposal = make_published(make_laboratory(), make_user())
    address = f"/laboratori/{proposal.laboratory.slug}/proposte/{proposal.id}/commenta"
    limited_client.sign_in(make_user(roles=(Role.STAFF,)))
    answers = [limited_client.submit(address, {"text": f"Testo {n}"}) for n in range(22)]
    assert [a.status_code for a in answers] == [303] * 20 + [429] * 2
    assert "Sono molti commenti in un minuto" in answers[-1].text
    assert "Testo 21" in answers[-1].text
    limited_client.sign_in(make_user())
    assert limited_client.submit(address, {"text": "Un’altra persona"}).status_code == 303


def test_comments_at_sections_are_counted_as_well(limited_client):
    clerk = make_user(roles=(Role.STAFF,))
    sheet = make_shared_sheet(actor_of(clerk), make_laboratory(phase=Phase.SHARING))
    address = f"/laboratori/{sheet.laboratory.slug}/schede/{sheet.id}/commenta"
    limited_client.sign_in(clerk)
    answers = [
        limited_client.submit(f"{address}/{('tempi', 'azioni')[n % 2]}", {"text": f"Testo {n}"})
        for n in range(22)
    ]
    assert [a.status_code for a in answers] == [303] * 20 + [429] * 2
    assert "Testo 21" in answers[-1].text
