"""The commands that work with the portal itself; `portal.cli` finds them here."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click
from flask import Flask
from sqlalchemy import inspect
from sqlalchemy.engine import URL

from portal import supervisor
from portal.accounts.services import create_staff
from portal.app import create_app
from portal.config import Settings, load_settings
from portal.core import embedded_database
from portal.core.access import PORTAL
from portal.core.database import db, psycopg_url
from portal.core.errors import RuleBrokenError
from portal.core.migrations import upgrade_schema
from portal.demo.territory import load_demo_aliases, load_demo_territory
from portal.permissions import GRANTED_ROLES, Role
from portal.registry.import_file import UnreadableFileError, read_import_file
from portal.registry.services import (
    ImportReport,
    RowOutcome,
    describe_report,
    import_associations,
    report_unreadable,
)
from portal.territory.queries import has_municipality_aliases, list_municipalities
from portal.web_server import refuse_taken_port

EXIT_WRONG_START = 1
EXIT_NOTHING_READ = 1
EXIT_SOME_REJECTED = 2


class StopError(click.ClickException):
    """Ends a command with one line."""

    def show(self, file: IO[str] | None = None) -> None:
        click.echo(f"portal: {self.message}", file=file, err=True)


@contextmanager
def database_of(settings: Settings) -> Iterator[URL]:
    """Give the address of the database to use, starting the embedded one if none is named."""
    if settings.database_url is not None:
        yield psycopg_url(settings.database_url)
        return
    data_dir = embedded_database.default_data_dir(settings.data_dir)
    with embedded_database.running(data_dir) as server:
        yield psycopg_url(server.url)


@contextmanager
def app_of(settings: Settings) -> Iterator[Flask]:
    """Give the app inside its context, on a migrated or still empty database."""
    with database_of(settings) as url:
        app = create_app(settings, database_url=url)
        with app.test_request_context(base_url=settings.base_url):
            try:
                yield app
            finally:
                db.session.remove()
                db.engine.dispose()


@click.group()
def commands() -> None:
    """Portal of a collaborative city."""


@commands.command()
def run() -> None:
    """Run everything: database, migrations, demo data, web and worker."""
    settings = load_settings()
    refuse_taken_port(settings)
    # From here on a SIGTERM unwinds, so that the embedded database is stopped too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(EXIT_WRONG_START))
    with database_of(settings) as url:
        app = create_app(settings, database_url=url)
        with app.test_request_context(base_url=settings.base_url):
            upgrade_schema()
            if settings.is_demo:
                from portal.demo.seed import ensure_demo_data  # noqa: PLC0415 - demo mode only

                ensure_demo_data()
        supervisor.run_web_and_worker(settings, url)


@commands.command()
def worker() -> None:
    """Run the worker alone (DATABASE_URL names the database)."""
    supervisor.run_worker(create_app())


@commands.command()
def migrate() -> None:
    """Bring the database to the present schema."""
    with app_of(load_settings()):
        upgrade_schema()


@commands.command("import-associations")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--apply", "is_applied", is_flag=True, help="Write; without it nothing changes.")
@click.option("--report", "report_path", type=click.Path(path_type=Path), help="JSON, row by row.")
def import_associations_command(file: Path, *, is_applied: bool, report_path: Path | None) -> None:
    """Bring the registry up to date with a list of associations, CSV or XLSX.

    Three lists are recognised by their header: the national register (RUNTS) as the ministry
    publishes it, the yearly list of the 5x1000, and the one that everybody can download from
    this portal. The day or year in the name of FILE says which list is the newer one.

    Exit code 0: done. 2: done but for some rows (public bodies, wrong tax codes, …), which the
    report names. 1: the file could not be read, nothing was changed.
    """
    with app_of(load_settings()):
        _prepare_registry()
        _check_writable(report_path)
        try:
            report = import_associations(
                actor=PORTAL, file=read_import_file(file), is_applied=is_applied
            )
        except UnreadableFileError as error:
            report, code = report_unreadable(error), EXIT_NOTHING_READ
        else:
            code = EXIT_SOME_REJECTED if report.count(RowOutcome.REJECTED) else 0
        is_applied = is_applied and code != EXIT_NOTHING_READ
        _write_report(report_path, report.as_dict())
        if is_applied:
            db.session.commit()
        _say_report(report, is_applied=is_applied)
    sys.exit(code)


@commands.command("create-staff")
@click.argument("email")
@click.option("--name", required=True, help="Name and surname, as colleagues know the person.")
@click.option("--role", type=click.Choice([r.value for r in GRANTED_ROLES]), default="staff")
@click.option("--district", "districts", multiple=True, help="Code of an architect's district.")
def create_staff_command(email: str, name: str, role: str, districts: tuple[str, ...]) -> None:
    """Give a colleague an account, mail the link to choose a password, and print it."""
    with app_of(load_settings()):
        if not inspect(db.engine).has_table("user_account"):
            upgrade_schema()
        try:
            link = create_staff(
                actor=PORTAL, email=email, name=name, role=Role(role), district_codes=districts
            )
        except RuleBrokenError as error:
            raise StopError(str(error.sentence)) from None
        except ValueError as error:
            raise StopError(f"{error} is no e-mail address and no district of today.") from None
        db.session.commit()
        click.echo(f"{email} is {role} now. To choose a password, within a day:\n  {link}")


def _prepare_registry() -> None:
    """Give an empty database its schema and the municipalities that rows are checked against."""
    if not inspect(db.engine).has_table("association"):
        upgrade_schema()
    if not list_municipalities():
        load_demo_territory()
    if not has_municipality_aliases():
        load_demo_aliases()


def _check_writable(path: Path | None) -> None:
    """Stop before anything is done when the report could not be written afterwards."""
    try:
        if path is not None:
            path.open("a", encoding="utf-8").close()
    except OSError as error:
        raise StopError(f"The report cannot be written to {path}: {error.strerror}") from None


def _write_report(path: Path | None, content: dict[str, object]) -> None:
    if path is not None:
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _say_report(report: ImportReport, *, is_applied: bool) -> None:
    for line in describe_report(report, is_applied=is_applied):
        click.echo(line)
