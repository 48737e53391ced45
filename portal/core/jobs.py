"""Background jobs on the same PostgreSQL, deferred in the transaction of the change (D2)."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import procrastinate
from flask import Flask, current_app
from procrastinate import BaseConnector, RetryStrategy, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy.engine import URL

from portal.core.database import driver_connection, session
from portal.core.unit_of_work import job_writes

JobFunction = Callable[..., None]

RETRIES = RetryStrategy(max_attempts=8, wait=2, exponential_wait=4)
"""After 6 s, 18 s, 66 s … about a day in all: a mail server may be away for a night."""


@dataclass(frozen=True)
class Job:
    """A job as its feature declares it."""

    name: str
    run: JobFunction
    retries: RetryStrategy | None
    cron: str | None


_JOBS: dict[str, Job] = {}


def job(
    name: str, *, retries: RetryStrategy | None = RETRIES, cron: str | None = None
) -> Callable[[JobFunction], JobFunction]:
    """Declare a job. It runs with the app's context and commits at its end (`job_writes`).

    Jobs must bear being run twice: after a kill they are taken up again. `cron` makes it
    periodic; a periodic job takes the timestamp of its turn.
    """

    def declare(function: JobFunction) -> JobFunction:
        committing = job_writes(function)
        _JOBS[name] = Job(name, committing, retries, cron)
        return committing

    return declare


def defer(
    name: str,
    *,
    lock: str | None = None,
    queueing_lock: str | None = None,
    is_first: bool = False,
    **arguments: Any,  # noqa: ANN401 - whatever JSON the job takes
) -> None:
    """Queue job `name` in the present transaction: it exists exactly if the change commits.

    With `queueing_lock` a second one is not queued while the first still waits. `is_first`: no
    other job can have that lock yet, so nothing has to be saved against its being taken.
    """
    jobs: procrastinate.App = current_app.extensions["portal_jobs"]
    try:
        # A queueing lock that is taken aborts the transaction, unless it is in a savepoint
        # (which SQLAlchemy sets when the connection is asked for inside).
        with nullcontext() if is_first else session().begin_nested():
            jobs.configure_task(
                name, lock=lock, queueing_lock=queueing_lock, connection=driver_connection()
            ).defer(**arguments)
    except AlreadyEnqueued:
        return


def build_jobs(app: Flask, connector: BaseConnector) -> procrastinate.App:
    """Return the queue over `connector`, with every declared job run in `app`'s context."""
    jobs = procrastinate.App(connector=connector)
    for declared in _JOBS.values():
        task = jobs.task(name=declared.name, retry=declared.retries or False, pass_context=False)(
            _in_context(app, declared.run)
        )
        if declared.cron:
            jobs.periodic(cron=declared.cron, periodic_id=declared.name)(task)
    return jobs


def install_jobs(app: Flask, database_url: URL) -> None:
    """Give `app` the queue it defers to. It never opens a connection of its own for that."""
    connector = SyncPsycopgConnector(conninfo=libpq_url(database_url))
    app.extensions["portal_jobs"] = build_jobs(app, connector)


def libpq_url(url: URL) -> str:
    """Return `url` as psycopg itself reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)


def _in_context(app: Flask, run: JobFunction) -> JobFunction:
    def run_in_context(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        # A request context, so that addresses and languages work as on a page.
        with app.test_request_context(base_url=app.extensions["portal_settings"].base_url):
            run(*args, **kwargs)

    return run_in_context


@job("rescue_stalled_jobs", cron="* * * * *", retries=None)
def rescue_stalled_jobs(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Take up again what a killed worker left in the middle.

    A worker writes a heartbeat every five seconds; jobs of a silent one go back to the queue.
    """
    session().connection().exec_driver_sql(
        """
        UPDATE procrastinate_jobs SET status = 'todo', worker_id = NULL
        WHERE status = 'doing' AND (worker_id IS NULL OR worker_id NOT IN (
            SELECT id FROM procrastinate_workers
            WHERE last_heartbeat > now() - interval '30 seconds'
        ))
        """
    )
