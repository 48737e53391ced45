"""The `portal` command."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError

from portal import supervisor
from portal.app import create_app
from portal.config import SettingError, Settings, load_settings
from portal.core import embedded_database
from portal.core.embedded_database import EmbeddedDatabaseError

EXIT_WRONG_START = 1


@contextmanager
def database_of(settings: Settings) -> Iterator[URL]:
    """Give the address of the database to use, starting the embedded one if none is named."""
    if settings.database_url is not None:
        yield settings.database_url
        return
    data_dir = embedded_database.default_data_dir(settings.data_dir)
    with embedded_database.running(data_dir) as server:
        yield make_url(server.url).set(drivername="postgresql+psycopg")


@contextmanager
def app_of(settings: Settings) -> Iterator[Flask]:
    """Give the app inside its context, on a migrated or still empty database."""
    with database_of(settings) as url:
        app = create_app(settings, database_url=url)
        with app.test_request_context(base_url=settings.base_url):
            yield app


@click.group()
def commands() -> None:
    """Portal of a collaborative city."""


@commands.command()
def run() -> None:
    """Run everything: database, migrations, demo data, web and worker."""
    settings = load_settings()
    with database_of(settings) as url:
        app = create_app(settings, database_url=url)
        with app.test_request_context(base_url=settings.base_url):
            upgrade()
            if settings.is_demo:
                from portal.demo.seed import ensure_demo_data  # noqa: PLC0415 - demo mode only

                ensure_demo_data()
        supervisor.run_web_and_worker(settings, url)


@commands.command()
def web() -> None:
    """Run the web process alone (DATABASE_URL names the database)."""
    settings = load_settings()
    create_app(settings)  # a wrong setting stops here, with its line
    supervisor.become_web(settings)


@commands.command()
def worker() -> None:
    """Run the worker alone (DATABASE_URL names the database)."""
    supervisor.run_worker(create_app())


@commands.command()
def migrate() -> None:
    """Bring the database to the present schema."""
    with app_of(load_settings()):
        upgrade()


def main() -> None:
    """Run the command line; what stops a start is one clear line, never a traceback."""
    try:
        commands(standalone_mode=True)
    except (SettingError, EmbeddedDatabaseError) as error:
        _stop_with(str(error))
    except OperationalError as error:
        first_line = str(error.orig).strip().splitlines()[0]
        _stop_with(f"The database cannot be reached: {first_line}")


def _stop_with(line: str) -> None:
    click.echo(f"portal: {line}", err=True)
    sys.exit(EXIT_WRONG_START)


if __name__ == "__main__":
    main()
