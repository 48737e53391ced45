"""Every page a role can reach by links: it opens, axe is content, nothing overflows at 320 px."""

import re
from collections import Counter
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Error, Page, Response

from tests.journeys.accessibility import complaints_of, overflow_of
from tests.journeys.conftest import Portal, Visitor

pytestmark = pytest.mark.xdist_group("pages")

ROLES = {
    "visitor": None,
    "citizen": "cittadina@example.org",
    "representative": "associazione@example.org",
    "clerk": "operatore@example.org",
    "architect": "architetta@example.org",
    "administrator": "admin@example.org",
}
MOST_PAGES = 60
OF_A_KIND = 2
"""So many of the pages that differ by a number or name only."""
FIRST = ("/", "/registro/?q=zzzzqq", "/cerca?q=sport", "/non-esiste")
NOT_PAGES = ("/static/", "/lingua/", "/sitemap.xml", "/robots.txt", "/registro/elenco.")
DOWNLOADS = (".csv", ".xlsx", ".json")
SAME_FOR_ALL = ("/come-funziona", "/privacy", "/accessibilita", "/note-legali", "/crediti")


def kind_of(path: str) -> str:
    """Return the address with numbers and names left out: a few pages of each kind are enough."""
    path = urlsplit(path).path
    path = re.sub(r"/\d+", "/N", path)
    path = re.sub(r"^(/gestione/registro/associazioni)/[^/]+", r"\1/X", path)
    for folder in ("registro", "laboratori", "luoghi", "associazione", "volontariato/progetti"):
        path = re.sub(rf"^/{folder}/(?!richiest|mappa)[^/]+", f"/{folder}/X", path)
    return path


def links_of(page: Page, portal: Portal) -> list[str]:
    # A mail of the demo's mailbox is another person's, and so are the links in it.
    found = page.eval_on_selector_all(
        "a[href]:not(svg a, .letter a)", "links => links.map(link => link.href)"
    )
    paths = [link.removeprefix(portal.url).split("#")[0] for link in found
             if link.startswith(portal.url)]  # fmt: skip
    return [path for path in paths if path and not path.startswith(NOT_PAGES)
            and not urlsplit(path).path.endswith(DOWNLOADS)]  # fmt: skip


def opened(page: Page, address: str) -> Response | None:
    """Return the answer, or None for a file: a browser saves it and stays where it is."""
    try:
        return page.goto(address)
    except Error as error:
        if "Download is starting" not in str(error):
            raise
        return None


@pytest.mark.parametrize("role", ROLES)
def test_every_page_within_reach_is_for_everybody(role: str, browser: Browser, portal: Portal):
    context = browser.new_context(viewport={"width": 320, "height": 800}, locale="it-IT")
    page = context.new_page()
    errors: list[str] = []
    page.on(
        "console", lambda m: errors.append(f"{page.url}: {m.text}") if m.type == "error" else None
    )
    page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
    email = ROLES[role]
    if email:
        Visitor(page, portal).signs_in(email)
    kinds: Counter[str] = Counter()
    border, met = list(FIRST), set(FIRST)
    while border and kinds.total() < MOST_PAGES:
        path = border.pop(0)
        kind = path if path in FIRST else kind_of(path)
        if kinds[kind] >= (OF_A_KIND if kind != urlsplit(path).path else 1):
            continue
        kinds[kind] += 1
        answer = opened(page, portal.url + path)
        if answer is None:
            continue
        if path == "/non-esiste":
            assert answer.status == 404
            errors.clear()
        else:
            assert answer.status == 200, f"{path}: {answer.status}"
        if "html" not in answer.headers.get("content-type", ""):
            continue
        found = [link for link in links_of(page, portal) if link not in met]
        met.update(found)
        border += [link for link in found if email is None or not link.startswith(SAME_FOR_ALL)]
        errors += [f"{path}: {complaint}" for complaint in complaints_of(page)]
        if (wide := overflow_of(page)) > 0:
            errors.append(f"{path}: {wide} px too wide at 320")
    context.close()
    assert errors == []
    assert len(kinds) > 12


def test_axe_would_find_what_is_wrong(browser: Browser, portal: Portal):
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto(portal.url + "/come-funziona")
    page.evaluate("document.querySelector('main').innerHTML += '<img src=\"/x.png\">'")
    page.evaluate("document.querySelector('h1').style.width = '900px'")
    assert any(complaint.startswith("image-alt") for complaint in complaints_of(page))
    assert overflow_of(page) > 0
    page.close()
