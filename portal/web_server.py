"""The web server process: how it is started.

The server loads the portal itself, by `load_portal`, so importing this does not: loading it twice
was half of the start.
"""

import gc
import os
import socket
import sys
from typing import TYPE_CHECKING

from portal.config import SettingError, Settings

if TYPE_CHECKING:
    from flask import Flask

WEB_THREADS = 4
"""Requests at a time in a web process, and one less than its pool of connections."""
STOP_SECONDS = 20


def refuse_taken_port(settings: Settings) -> None:
    """Raise `SettingError` when something listens on the port already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((_host(settings), settings.port))
        except OSError as error:
            raise SettingError(
                f"PORT {settings.port} is taken: choose another, for instance PORT=8123."
            ) from error


def become_web(settings: Settings) -> None:
    """Turn this process into the web server."""
    # glibc gives threads heaps of their own, each with its holes, and keeps what hashing a
    # password took there. Python lets one thread work at a time, so one heap is enough.
    environment = os.environ | {"MALLOC_ARENA_MAX": "1"}
    os.execve(sys.executable, web_command(settings), environment)  # noqa: S606 - our own interpreter


def load_portal() -> "Flask":
    """Return the portal as the server wants it: what loading made is there to stay.

    A quarter of a million objects, and hardly one of them garbage: Python looked through them again
    and again while they were made, and would at work.
    """
    gc.disable()
    from portal.app import create_app  # noqa: PLC0415 - see above

    app = create_app()
    gc.freeze()
    gc.enable()
    return app


def web_command(
    settings: Settings, application: str = "portal.web_server:load_portal"
) -> list[str]:
    """Return the command of a web server for `application` (`module:factory`)."""
    return [
        sys.executable, "-m", "granian",
        "--interface", "wsgi", "--factory",
        "--host", _host(settings),
        "--port", str(settings.port),
        "--workers", os.environ.get("WEB_WORKERS") or "1",
        "--blocking-threads", str(WEB_THREADS),
        "--respawn-failed-workers",
        "--workers-kill-timeout", str(STOP_SECONDS - 5),
        "--no-ws", "--log-level", "warning",
        application,
    ]  # fmt: skip


def _host(settings: Settings) -> str:
    # A demo has known passwords: it stays on this machine unless HOST says otherwise.
    return os.environ.get("HOST") or ("127.0.0.1" if settings.is_demo else "0.0.0.0")  # noqa: S104 - behind a proxy
