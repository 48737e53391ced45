"""Who tries too often waits; who only reads is never counted."""

from dataclasses import replace

import pytest

from portal.app import create_app
from portal.core.database import db
from portal.core.extensions import limiter
from tests.client import StrictClient


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
