"""The running server: where it listens, how it is launched, whether it answers."""

from __future__ import annotations

import os
import re
import shlex
import stat
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import psycopg

from portal.core.embedded_database.folder import (
    SUPERUSER,
    Account,
    EmbeddedDatabaseError,
    digest,
    password_file,
    run_program,
    telling_line,
)

PORT = 5432  # of the socket file's name; no TCP port is opened
SOCKET_PATH_BYTES = 103  # macOS allows 103, Linux 107
START_SECONDS = 60  # recovery after a crash included
ANSWER_SECONDS = 5
LOG_FILE = "server.log"
PRIVATE_FOLDER = stat.S_IFDIR | 0o700


@dataclass(frozen=True)
class EmbeddedServer:
    """A server that answered: its data folder and the libpq URL of the portal's database."""

    data_dir: Path
    url: str

    def database_url(self, name: str) -> str:
        """The URL of another database, `name`, on the same server."""
        return urlsplit(self.url)._replace(path="/" + quote(name, safe="")).geturl()


def launch(
    server: EmbeddedServer, binaries: Path, account: Account | None, *, durable: bool
) -> None:
    settings = {"cluster_name": "portal", "max_connections": "200", "shared_buffers": "128MB"}
    settings |= {"timezone": "UTC", "log_timezone": "UTC", "log_checkpoints": "off"}
    if not durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    if sys.platform == "win32":
        settings |= {"listen_addresses": "127.0.0.1", "port": str(urlsplit(server.url).port)}
    else:
        folder = str(socket_folder(server.data_dir, account))
        settings |= {"listen_addresses": "''", "port": str(PORT)}
        settings |= {"unix_socket_directories": shlex.quote(folder)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    # Folder and log by PGDATA and a relative name: pg_ctl does not quote them for its shell.
    command: list[str | Path] = [binaries / "pg_ctl", "-w", "-t", str(START_SECONDS)]
    command += ["-l", LOG_FILE, "-o", options, "start"]
    log = server.data_dir / LOG_FILE
    known = log.stat().st_size if log.exists() else 0
    deadline = time.monotonic() + 15
    while run_program(command, account, server.data_dir):
        with log.open("rb") as stream:
            stream.seek(known)
            cause = telling_line(stream.read().decode(errors="replace"))
        # After kill -9 of the server its children need a moment to notice and leave.
        if "still in use" not in cause or time.monotonic() > deadline:
            raise EmbeddedDatabaseError(
                f"The database in {server.data_dir} does not start: {cause} (more in {log})"
            )
        time.sleep(0.2)


def answers(server: EmbeddedServer) -> bool:
    """Whether this very server answers a query, whatever its files say."""
    url = server.database_url("postgres")
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_SECONDS) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]) == server.data_dir


def wait_for_busy_server(server: EmbeddedServer) -> bool:
    """Wait for a server that is starting or stopping; False once there is none.

    What a dead one left is cleared: its number may be a zombie's or somebody else's today, and
    PostgreSQL would believe in it.
    """
    deadline = time.monotonic() + START_SECONDS
    while pid := find_postmaster(server.data_dir):
        if answers(server):
            return True
        if time.monotonic() > deadline:
            raise EmbeddedDatabaseError(
                f"The server of {server.data_dir} (process {pid}) runs but does not answer."
            )
        time.sleep(0.2)
    (server.data_dir / "postmaster.pid").unlink(missing_ok=True)
    for folder in parse_qs(urlsplit(server.url).query).get("host", []):
        Path(folder, f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    return False


def find_postmaster(data_dir: Path) -> int | None:
    """The process of `postmaster.pid` if it is alive, no zombie, and PostgreSQL on this folder."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    if sys.platform == "win32":
        return None  # the query of `answers` has to do
    if not Path("/proc/self/stat").exists():
        shown = subprocess.run(
            ["ps", "-o", "state=,comm=", "-p", str(pid)],
            check=False,
            capture_output=True,
            text=True,
        ).stdout
        return pid if "postgres" in shown and not shown.startswith("Z") else None
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        is_alive = "(postgres) " in status and "(postgres) Z" not in status
        return pid if is_alive and Path(f"/proc/{pid}/cwd").readlink() == data_dir else None
    except PermissionError:
        return pid  # a container's root may not look: better a wait than two servers
    except (FileNotFoundError, ProcessLookupError):
        return None


def connection_url(data_dir: Path, account: Account | None, database: str) -> str:
    if sys.platform == "win32":
        password, port = password_file(data_dir).read_text().split()
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{quote(database, safe='')}"
    folder = quote(str(socket_folder(data_dir, account)))
    # With the port, because PGPORT in somebody's environment would change it.
    return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={folder}&port={PORT}"


def socket_folder(data_dir: Path, account: Account | None) -> Path:
    """The folder of mode 0700 that holds the socket: in the data folder, or a short one in /tmp."""
    folder = data_dir / "socket"
    length = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
    # A comma or a quote would make a list of it, for the server or for the client.
    if length > SOCKET_PATH_BYTES or re.search(r"[,\"']", str(folder)):
        folder = Path("/tmp", f"portal-{digest(data_dir)}")  # noqa: S108 - checked below
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if account is not None and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    found = folder.lstat()
    owner = os.geteuid() if account is None else account.uid
    if found.st_uid != owner or found.st_mode != PRIVATE_FOLDER:
        raise EmbeddedDatabaseError(f"{folder} is not a private folder of the database: remove it.")
    return folder
