"""The processes of a running portal, and its database."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from flask import Flask

from portal.commands import app_of
from portal.config import load_settings
from tests.journeys.conftest import Portal


def children_of(pid: int) -> dict[int, str]:
    """Return the living descendants of a process with their command lines."""
    parents: dict[int, int] = {}
    commands: dict[int, str] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            commands[int(folder.name)] = (
                (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            )
        except OSError:
            continue
        if fields[0] != "Z":
            parents[int(folder.name)] = int(fields[1])
    found: dict[int, str] = {}
    border = {pid}
    while border:
        border = {child for child, parent in parents.items() if parent in border} - found.keys()
        found |= {child: commands[child] for child in border}
    return found


def processes_named(portal: Portal, word: str) -> list[int]:
    """Return the portal's processes whose command line holds `word`."""
    return [pid for pid, line in children_of(portal.process.pid).items() if word in line]


def wait_until(condition: Callable[[], bool], *, seconds: float = 30, what: str = "") -> None:
    """Wait for `condition`; fails with `what` when it does not come true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, what or "it did not happen in time"
        time.sleep(0.05)


@contextmanager
def app_on(portal: Portal) -> Iterator[Flask]:
    """Give an app on the running portal's own database, to prepare and to look."""
    settings = load_settings(
        {
            "PORTAL_DEMO": "1",
            "PORTAL_DATA_DIR": str(portal.folder / "instance"),
            "BASE_URL": portal.url,
        }
    )
    with app_of(replace(settings, is_testing=True)) as app:
        yield app


def is_alive(pid: int) -> bool:
    """Say whether a process lives (a zombie does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def kill(pid: int, number: int) -> None:
    """Send a signal to a process that may be gone."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
