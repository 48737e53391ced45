"""Web and worker processes, alone or together."""

import os
import signal
import subprocess
import sys
import time
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException
from types import FrameType

import click
from flask import Flask
from procrastinate import PsycopgConnector
from sqlalchemy.engine import URL, make_url

from portal.config import Settings
from portal.core.jobs import build_jobs, libpq_url
from portal.web_server import STOP_SECONDS

QUICK_END_SECONDS = 10
MOST_QUICK_ENDS = 3
WORKER_CONCURRENCY = 2


def run_web_and_worker(settings: Settings, database_url: URL) -> None:
    """Run one web and one worker process until a signal.

    A process that ends by itself is started again; one that ends three times in a row within
    seconds of its start stops everything.
    """
    environment = os.environ | {
        "DATABASE_URL": database_url.render_as_string(hide_password=False),
        "SECRET_KEY": settings.secret_key,
        "PORTAL_DEMO": "1" if settings.is_demo else "0",
        "PORT": str(settings.port),
    }
    stopping = _StopFlag()
    children = [_Child(name, environment) for name in ("web", "worker")]
    is_announced = False
    try:
        while not stopping.is_set:
            time.sleep(0.1)
            if not is_announced and _answers(settings):
                is_announced = True
                _announce(settings)
            for child in children:
                if not stopping.is_set:
                    child.start_again_if_ended()
    finally:
        _stop([child.process for child in children])


class _Child:
    """A process that is kept running."""

    def __init__(self, name: str, environment: dict[str, str]) -> None:
        self.name = name
        self.environment = environment
        self.quick_ends = 0
        self._start()

    def _start(self) -> None:
        self.started_at = time.monotonic()
        # A session of its own: Ctrl-C reaches only the parent, which stops the others in order.
        self.process = subprocess.Popen(
            [sys.executable, "-m", "portal", self.name],
            env=self.environment,
            start_new_session=True,
        )

    def start_again_if_ended(self) -> None:
        if self.process.poll() is None:
            return
        lived = time.monotonic() - self.started_at
        self.quick_ends = self.quick_ends + 1 if lived < QUICK_END_SECONDS else 0
        if self.quick_ends >= MOST_QUICK_ENDS:
            raise SystemExit(f"portal: the {self.name} process keeps ending; see above.")
        click.echo(f"portal: the {self.name} process ended, starting it again", err=True)
        self._start()


def run_worker(app: Flask) -> None:
    """Run jobs until a signal; what is under way is finished first."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    jobs = build_jobs(app, PsycopgConnector(conninfo=libpq_url(url)))
    jobs.run_worker(
        concurrency=WORKER_CONCURRENCY,
        fetch_job_polling_interval=2,
        update_heartbeat_interval=5,
        shutdown_graceful_timeout=STOP_SECONDS - 5,
        delete_jobs="successful",
    )


class _StopFlag:
    """Set by SIGINT or SIGTERM."""

    def __init__(self) -> None:
        self.is_set = False
        signal.signal(signal.SIGINT, self._set)
        signal.signal(signal.SIGTERM, self._set)

    def _set(self, _number: int, _frame: FrameType | None) -> None:
        self.is_set = True


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    deadline = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _answers(settings: Settings) -> bool:
    connection = HTTPConnection("127.0.0.1", settings.port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == HTTPStatus.OK
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _announce(settings: Settings) -> None:
    click.echo(f"\n  The portal is at {settings.base_url} (Ctrl-C stops it)")
    if settings.is_demo:
        from portal.demo.seed import DEMO_ACCOUNTS, DEMO_PASSWORD  # noqa: PLC0415 - demo mode only

        click.echo(f"\n  Demo accounts, password {DEMO_PASSWORD}:")
        for account in DEMO_ACCOUNTS:
            click.echo(f"    {account.email:<28} {account.what}")
    if settings.smtp:
        click.echo(f"\n  Mail goes to {settings.smtp.host}:{settings.smtp.port}")
    elif not settings.is_demo:
        click.echo("\n  Mail waits: set SMTP_URL to let it leave", err=True)
    if settings.is_demo:
        click.echo(f"  Mail is shown at {settings.base_url}/demo/posta")
    click.echo()
