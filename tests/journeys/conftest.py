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
from html import unescape
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect, sync_playwright

from tests.install_browser import find_browser

ROOT = Path(__file__).parents[2]
AXE = ROOT / "tests" / "vendor" / "axe.min.js"
PASSWORD = "collaborativa-2026"
"""Of the demo's people."""
OWN_PASSWORD = "undici ombrelli rossi"
"""Of the people that journeys make: the demo's is too easy to guess to be chosen."""
START_SECONDS = 120
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage",
]  # fmt: skip
PATIENCE_MS = 15_000
expect.set_options(timeout=PATIENCE_MS)


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


@pytest.fixture(scope="session")
def numbers() -> Iterator[int]:
    """Numbers nobody else of this portal's journeys gets."""
    return count(1)


@pytest.fixture(scope="session")
def make_person(browser: Browser, portal: Portal, numbers: Iterator[int]) -> Callable[[str], str]:
    """Make people with a confirmed address, without opening pages; returns the address."""

    def make(name: str) -> str:
        email = f"{name.split(maxsplit=1)[0].lower()}.{next(numbers)}@example.org"
        context = browser.new_context(base_url=portal.url)
        http = context.request
        form = hidden_fields_of(http.get("/registrati").text())
        form |= {"name": name, "email": email, "password": OWN_PASSWORD}
        http.post("/registrati", form=form)
        mail = re.findall(r"/demo/posta/\d+", http.get(f"/demo/posta?a={email}").text())[0]
        link = re.findall(r'href="(/registrati/conferma/[^"]+)"', http.get(mail).text())[0]
        answer = http.post(link, form=hidden_fields_of(http.get(link).text()))
        assert answer.ok, answer.text()
        context.close()
        return email

    return make


def hidden_fields_of(html: str) -> dict[str, str]:
    """Return the hidden fields of a page by name."""
    fields = re.findall(r'<input [^>]*type="hidden"[^>]*>', html)
    attributes = [dict(re.findall(r'(\w+)="([^"]*)"', field)) for field in fields]
    return {found["name"]: unescape(found.get("value", "")) for found in attributes}


METHOD_OF_BUTTON = """button => (
  button.getAttribute('formmethod') || (button.form ? button.form.method : 'get')
).toUpperCase()"""
"""How the button's form is sent, whether by the browser or by HTMX."""
REDIRECTIONS = {301, 302, 303, 307, 308}


def _is_last_answer(answer: Response, method: str) -> bool:
    """Say whether `answer` ends what a form sent with `method` has begun."""
    first = answer.request
    while first.redirected_from:
        first = first.redirected_from
    is_page = first.resource_type in {"document", "xhr", "fetch"}
    return is_page and first.method == method and answer.status not in REDIRECTIONS


class Visitor:
    """A person with a browser, as the journeys tell it."""

    def __init__(self, page: Page, portal: Portal, *, has_javascript: bool = True) -> None:
        self.page = page
        self.portal = portal
        self.has_javascript = has_javascript

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

    @property
    def main(self) -> Locator:
        """What the page is about."""
        return self.page.locator("main")

    @property
    def path(self) -> str:
        """Where the visitor is."""
        return self.page.url.removeprefix(self.portal.url)

    def presses(self, words: str) -> None:
        """Press the first button with these words, and wait until the portal has answered.

        What it does is done then, whoever looks at it; the page may still be on its way.
        """
        button = self.main.get_by_role("button", name=words).first
        method = button.evaluate(METHOD_OF_BUTTON)
        with self.page.expect_response(lambda answer: _is_last_answer(answer, method)):
            button.click()

    def follows(self, words: str) -> None:
        """Follow the first link with these words that can be seen."""
        self.main.get_by_role("link", name=words).first.click()

    def writes(self, **fields: str) -> None:
        """Fill in fields, by their names."""
        for name, text in fields.items():
            self.main.locator(f"[name={name}]").first.fill(text)

    def chooses(self, field: str, value: str) -> None:
        """Choose a radio button or check box as people do: by its words."""
        self.main.locator(f"label:has(input[name={field}][value='{value}'])").click()

    def reads(self, *texts: str) -> None:
        """Wait for these words on the page."""
        for text in texts:
            expect(self.main).to_contain_text(text)

    def reads_nowhere(self, *texts: str) -> None:
        for text in texts:
            expect(self.main).not_to_contain_text(text)

    def opens_a_page_nobody_looks_after(self, words: str) -> None:
        """Open the first page that a search of the registry finds and that can be claimed."""
        self.goes_to(f"/registro/?q={words}")
        found = self.main.locator("#results [data-id] h3 a")
        for path in [link.get_attribute("href") for link in found.all()]:
            self.goes_to(path or "")
            if self.main.get_by_role("link", name="Rivendicala").count():
                return
        raise AssertionError(f"somebody looks after every association found with {words!r}")

    def reads_newest_mail(self, recipient: str, subject: str) -> str:
        """Open the newest mail with `subject` in it in the demo's mailbox and return its words."""
        mail = self.page.locator("#results a[href^='/demo/posta/']", has_text=subject).first
        deadline = time.monotonic() + PATIENCE_MS / 1000
        self.goes_to(f"/demo/posta?a={recipient}")
        # Some mails are written by the worker, a moment later; the list does not wait for them.
        while not mail.count() and time.monotonic() < deadline:
            self.page.wait_for_timeout(200)
            self.goes_to(f"/demo/posta?a={recipient}")
        mail.click()
        letter = self.page.locator(".letter")
        expect(letter).to_be_visible()
        return letter.inner_text()

    def follows_mail_link(self, part: str) -> None:
        """Follow the link of the open mail whose address contains `part`."""
        self.page.locator(f".letter a[href*='{part}']").first.click()


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
        runs_scripts = has_javascript if javascript is None else javascript
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale="it-IT",
            timezone_id="Europe/Rome",
            java_script_enabled=runs_scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and "status of 4" not in message.text
                else None
            ),
        )
        return Visitor(page, portal, has_javascript=runs_scripts)

    yield make
    for context in contexts:
        context.close()
    assert complaints == []
