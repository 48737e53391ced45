"""A real portal as `make run` starts it, and a real browser."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.install_browser import find_browser

ROOT = Path(__file__).parents[2]
AXE = ROOT / "tests" / "vendor" / "axe.min.js"
PASSWORD = "collaborativa-2026"
START_SECONDS = 120
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip


@dataclass
class Portal:
    """A running portal: its address, its data folder, its supervisor."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def read(self, path: str) -> tuple[int, str]:
        """GET a page without a browser."""
        try:
            with urllib.request.urlopen(self.url + path, timeout=20) as answer:  # noqa: S310 - our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_portal(folder: Path, *, port: int | None = None, **environment: str) -> Portal:
    """Start `portal run` and wait until it answers."""
    port = port or free_port()
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "portal", "run"],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            env=os.environ
            | {"PORT": str(port), "PORTAL_DEMO": "1", "PORTAL_DATA_DIR": str(folder / "instance")}
            | environment,
        )
    portal = Portal(f"http://127.0.0.1:{port}", folder, process)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise AssertionError(f"the portal did not start:\n{portal.log()}")
        try:
            if portal.read("/healthz")[0] == 200:
                return portal
        except OSError:
            pass
        time.sleep(0.1)
    stop_portal(portal)
    raise AssertionError(f"the portal does not answer:\n{portal.log()}")


def stop_portal(portal: Portal) -> int:
    """Stop as Ctrl-C does; return the exit status."""
    if portal.process.poll() is None:
        portal.process.send_signal(signal.SIGINT)
    try:
        return portal.process.wait(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(portal.process.pid, signal.SIGKILL)
        raise


@pytest.fixture(scope="session")
def make_folder() -> Iterator[Callable[[], Path]]:
    """Folders that the database's account can reach, also when root runs the tests."""
    made: list[Path] = []

    def make() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="portal-journey-"))
        folder.chmod(0o755)
        made.append(folder)
        return folder

    yield make
    for folder in made:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def portal(make_folder: Callable[[], Path]) -> Iterator[Portal]:
    """One portal with its demo data for all journeys of a test process."""
    running = start_portal(make_folder())
    yield running
    status = stop_portal(running)
    assert status == 0, running.log()
    assert "Traceback" not in running.log(), running.log()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        path = find_browser()
        assert path, "no Chromium: `make test` installs it"
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


class Visitor:
    """A person with a browser, as the journeys tell it."""

    def __init__(self, page: Page, portal: Portal) -> None:
        self.page = page
        self.portal = portal

    def goes_to(self, path: str) -> None:
        answer = self.page.goto(self.portal.url + path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"

    def signs_in(self, email: str, password: str = PASSWORD) -> None:
        self.goes_to("/accedi")
        form = self.page.locator("form:has(input[name=password])")
        if not form.locator("input[name=password]").is_visible():
            self.page.locator("details:has(input[name=password]) > summary").click()
        form.locator("input[name=email]").fill(email)
        form.locator("input[name=password]").fill(password)
        form.locator("button").first.click()
        self.page.wait_for_url(lambda url: "/accedi" not in url)

    def opens_mail_link(self, recipient: str, pattern: str) -> None:
        """Follow the newest link that fits `pattern` in the demo mailbox."""
        self.page.goto(f"{self.portal.url}/demo/posta?a={recipient}")
        self.page.locator("#contenuto a[href*='/demo/posta/']").first.click()
        html = self.page.content()
        links = re.findall(r'href="([^"]*' + pattern + r'[^"]*)"', html)
        assert links, html
        self.page.goto(links[0].replace("&amp;", "&"))


@pytest.fixture(params=[True, False], ids=["javascript", "no-javascript"])
def has_javascript(request):
    return request.param


@pytest.fixture
def make_visitor(
    browser: Browser, portal: Portal, has_javascript
) -> Iterator[Callable[..., Visitor]]:
    """Visitors on a phone; console errors and policy violations fail the journey."""
    contexts = []
    complaints: list[str] = []

    def make(width: int = 390, *, javascript: bool | None = None) -> Visitor:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale="it-IT",
            timezone_id="Europe/Rome",
            java_script_enabled=has_javascript if javascript is None else javascript,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        return Visitor(page, portal)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
