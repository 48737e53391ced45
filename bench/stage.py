"""What is measured stands on this: a database of its own, filled, and the two servers."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy.engine import make_url

from portal import web_server
from portal.app import create_app
from portal.config import PROJECT_ROOT, load_settings
from portal.core import embedded_database
from portal.core.database import db
from portal.core.embedded_database import EmbeddedServer
from portal.core.migrations import upgrade_schema
from portal.demo.registry_demo import seed_registry
from portal.demo.seed import ensure_demo_data
from portal.registry.queries import count_associations

START_SECONDS = 60
STOP_SECONDS = 20
# The list of the 5x1000 names none, and a filter that finds nothing measures nothing.
SECTIONS = """
    UPDATE association SET section = CASE mod(id, 3) WHEN 0 THEN 'aps' ELSE 'odv' END
    WHERE section IS NULL AND state = 'listed' AND mod(id, 3) < 2
"""
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    """A running web server."""

    port: int
    process: subprocess.Popen[bytes]
    started_in: float
    """Seconds from the start of the process to its first answer."""

    def workers(self) -> list[int]:
        """Return the processes that answer requests: the youngest generation."""
        found = _descendants(self.process.pid)
        return found or [self.process.pid]

    def memory_mb(self) -> float:
        """Return the resident memory of the biggest of them."""
        return max(_resident_kb(pid) for pid in self.workers()) / 1024

    def cpu_seconds(self) -> float:
        """Return the processor time all of them have used."""
        return sum(_cpu_seconds(pid) for pid in self.workers())


@dataclass
class Stage:
    """Database, portal and reference."""

    app: Flask
    """The portal in this process, on the same database, to prepare data with."""
    libpq_url: str
    large_url: str
    """Another database, as the first was when it was filled."""
    import_url: str
    """One more of these, to import into."""
    busy_url: str
    """One more, for many shifts."""
    environment: dict[str, str]
    portal: Server
    reference: Server


@contextmanager
def built_stage() -> Iterator[Stage]:
    """Start everything, and stop it at the end."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="portal-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # As root the database runs as somebody else, who has to get in.
        folder.chmod(0o755)
        server = stack.enter_context(embedded_database.running(folder / "data"))
        environment = _environment(server.url, folder)
        app = create_app(
            load_settings(environment),
            database_url=make_url(server.url).set(drivername="postgresql+psycopg"),
        )
        _fill(app)
        _let_go(app)
        large_url = _copy_database(server, "large")
        import_url = _copy_database(server, "imported")
        busy_url = _copy_database(server, "busy")
        portal = stack.enter_context(running_portal(environment))
        reference = stack.enter_context(running_reference(environment))
        yield Stage(
            app, server.url, large_url, import_url, busy_url, environment, portal, reference
        )
        _let_go(app)


@contextmanager
def running_portal(environment: dict[str, str]) -> Iterator[Server]:
    """Run `portal web` as production does."""
    port = _free_port()
    command = [sys.executable, "-m", "portal", "web"]
    with _running(command, environment | {"PORT": str(port)}, port, "/healthz") as server:
        yield server


@contextmanager
def running_reference(environment: dict[str, str]) -> Iterator[Server]:
    """Run the bare page under the same server with the same settings."""
    port = _free_port()
    settings = load_settings(environment | {"PORT": str(port)})
    command = web_server.web_command(settings, application="bench.reference:create_app")
    with _running(command, environment | {"PORT": str(port)}, port, "/") as server:
        yield server


def _let_go(app: Flask) -> None:
    """Close this process' own connections."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _fill(app: Flask) -> None:
    with app.test_request_context():
        upgrade_schema()
        ensure_demo_data()
        if not count_associations():
            seed_registry()
        db.session.connection().exec_driver_sql(SECTIONS)
        db.session.commit()
        db.session.connection().exec_driver_sql("ANALYZE")
        db.session.commit()


def _copy_database(server: EmbeddedServer, name: str) -> str:
    with psycopg.connect(server.database_url("postgres"), autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE portal").format(sql.Identifier(name))
        )
    return server.database_url(name)


def _environment(database_url: str, folder: Path) -> dict[str, str]:
    # Demo mode for its data and for mail that needs no server; throttling is off only where a
    # measurement says so.
    return os.environ | {
        "DATABASE_URL": database_url,
        "SECRET_KEY": secrets.token_hex(32),
        "PORTAL_DEMO": "1",
        "PORTAL_DATA_DIR": str(folder),
        "PYTHONPATH": str(PROJECT_ROOT),
        "HOST": "127.0.0.1",
        "WEB_WORKERS": "1",
    }


@contextmanager
def _running(
    command: list[str], environment: dict[str, str], port: int, path: str
) -> Iterator[Server]:
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        while not _answers(port, path):
            if process.poll() is not None or time.perf_counter() - start > START_SECONDS:
                raise RuntimeError(f"the server did not start: {' '.join(command)}")
            time.sleep(0.01)
        yield Server(port, process, time.perf_counter() - start)
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _descendants(pid: int) -> list[int]:
    """Return the processes below `pid` that have none below themselves (Linux only)."""
    children = [
        int(child)
        for task in Path(f"/proc/{pid}/task").glob("*")
        for child in (task / "children").read_text().split()
        if "resource_tracker" not in Path(f"/proc/{child}/cmdline").read_text()
    ]
    return [leaf for child in children for leaf in (_descendants(child) or [child])]


def _resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
