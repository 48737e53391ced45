"""What every layer of tests shares: a real PostgreSQL, the app on it, the strict client."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import URL, make_url

from portal.app import create_app
from portal.config import Settings, load_settings
from portal.core import embedded_database
from portal.core.database import db
from portal.core.embedded_database import EmbeddedServer
from portal.core.migrations import upgrade_schema
from portal.demo.territory import load_demo_territory
from portal.registry.services import load_activity_areas
from tests.client import StrictClient
from tests.emptying import empty_tables


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """A PostgreSQL server of this test process alone."""
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-"))
    # As root the server runs as somebody else, who has to get in.
    folder.chmod(0o755)
    with embedded_database.running(folder / "data", durable=False) as running:
        yield running
    shutil.rmtree(folder, ignore_errors=True)


def sqlalchemy_url(server: EmbeddedServer, name: str) -> URL:
    return make_url(server.database_url(name)).set(drivername="postgresql+psycopg")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings of a demo whose mail stays in its mailbox."""
    loaded = load_settings(
        {
            "PORTAL_DEMO": "1",
            "SECRET_KEY": "test" * 8,
            "PORTAL_DATA_DIR": str(tmp_path_factory.mktemp("data")),
        }
    )
    return Settings(**{**vars(loaded), "is_testing": True})


@pytest.fixture(scope="session")
def app(server: EmbeddedServer, settings: Settings) -> Iterator[Flask]:
    """The portal on a migrated database that knows the city's territory and nothing else."""
    made = create_app(settings, database_url=sqlalchemy_url(server, "portal"))
    made.test_client_class = StrictClient
    with made.app_context():
        upgrade_schema()
        load_demo_territory()
        load_activity_areas()
        db.session.commit()
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def database(app: Flask) -> Iterator[None]:
    """An app context on a database that is emptied afterwards."""
    with app.test_request_context():
        yield
        db.session.rollback()
        db.session.remove()
        with db.engine.begin() as connection:
            empty_tables(connection)


@pytest.fixture
def client(app: Flask, database: None) -> StrictClient:
    """A visitor's browser without JavaScript, that refuses broken HTML."""
    browser = app.test_client()
    assert isinstance(browser, StrictClient)
    return browser


def pytest_configure(config: pytest.Config) -> None:
    os.environ.pop("DATABASE_URL", None)
    os.environ.pop("SMTP_URL", None)
