"""The data folder: whose it is, who may enter, who uses it at the moment."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import psycopg

if sys.platform != "win32":
    import fcntl
    import pwd

USERS_FILE = "portal-users.lock"  # shared lock of every `running`; absent after a bare `start`
SUPERUSER = "portal"
UNPRIVILEGED_ACCOUNTS = ("postgres", "nobody")


class Account(NamedTuple):
    """The unprivileged account that runs root's server."""

    name: str
    uid: int
    gid: int


class EmbeddedDatabaseError(Exception):
    """The database cannot be used; the message is one line for the person at the terminal."""


def is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0


def digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


@contextmanager
def errors_in_one_line(data_dir: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, psycopg.Error) as error:
        line = " ".join(str(error).split())
        raise EmbeddedDatabaseError(f"The database in {data_dir} cannot be used: {line}") from error


def prepare_folder(data_dir: Path) -> Account | None:
    """Create the folder if missing, refuse a stranger's; the account to run as (None: ourselves).

    Only folders that did not exist get a mode or an owner, and the empty data folder itself.
    """
    missing = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(mode=0o700, exist_ok=True)
        if is_root() and folder != data_dir:
            folder.chmod(0o755)  # whatever the umask: the account has to pass through
    if sys.platform == "win32":
        return None
    owner = data_dir.stat().st_uid
    account = _choose_account(owner) if is_root() else None
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
    if account is not None and (failure := run_program(enter, account, Path("/"))):
        raise EmbeddedDatabaseError(
            f"The account {account.name}, which runs the database, cannot reach {data_dir}:"
            f" choose a folder outside private homes (PORTAL_DATA_DIR). {failure}"
        )
    return account


def account_can_enter(folder: Path) -> bool:
    """Say whether the account of root's server can get into `folder`, or to where it will be."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    enter = ["/bin/sh", "-c", 'cd "$1"', "sh", str(existing)]
    return not run_program(enter, _choose_account(existing.stat().st_uid), Path("/"))


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
def exclusive(data_dir: Path) -> Iterator[None]:
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


def join_users(data_dir: Path) -> int | None:
    """Share the users' lock; None if the server was brought up by a bare `start`."""
    if sys.platform == "win32":
        return 0 if (data_dir / USERS_FILE).exists() else None
    try:
        descriptor = os.open(data_dir / USERS_FILE, os.O_RDWR | os.O_NOFOLLOW)
    except FileNotFoundError:
        return None
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def leave_users(descriptor: int) -> bool:
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


def run_program(command: Sequence[str | Path], account: Account | None, cwd: Path) -> str:
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
    return telling_line(text) or f"exit status {result.returncode}" if result.returncode else ""


def telling_line(text: str) -> str:
    """The line of a log that names the cause: the last fatal one, otherwise the last one."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    fatal = [line for line in lines if re.search(r"FATAL|PANIC|error:", line)]
    return (fatal or lines or [""])[-1]


def password_file(data_dir: Path) -> Path:
    """Windows, not tried: password and loopback port, made once, beside the data folder."""
    path = data_dir.with_name(f"{data_dir.name}.password")
    with suppress(FileExistsError):
        path.touch(mode=0o600, exist_ok=False)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            path.write_text(f"{secrets.token_urlsafe(24)}\n{probe.getsockname()[1]}\n")
    return path
