"""Whatever is sent to whatever address: a page comes back, never an error of ours."""

import io
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from flask import Flask, url_for

from portal.core.database import db
from portal.core.mail import MailMessage
from tests.client import StrictClient
from tests.factories.kept_world import put_back_world
from tests.factories.world import World, chosen_words, make_world

MARKUP = "<script>alert(1)</script>\"'&<img src=x onerror=alert(2)>"
RIGHT_TO_LEFT = "\u202egnp.exe"
LONGEST_PART = 500 * 1024

QUERIES = (
    "pagina=-1",
    "pagina=0",
    "pagina=99999999999999999999",
    "pagina=100000",
    "pagina=1e3",
    "pagina=%D9%A3",
    "q=%00",
    "q=" + "x" * 10_000,
    "q=" + "%20a" * 500,
    "q=%3Cscript%3Ealert(1)%3C/script%3E",
    "q=%E2%80%AEgnp.exe",
    "q=%ff%fe",
    "q=%27%29%3B--%26%7C%21%3A*%3C-%3E",
    "q=%25_%5C",
    "q=a&q=b&q=c",
    "q[]=x&q[a]=y",
    "%ff=%ff",
    "&&&=&=&",
    "a" * 5_000,
)
FILTERS = (
    "tipo", "ambito", "comune", "area", "ordina", "vista", "stato", "settore", "giorno", "fascia",
    "chi", "lettera", "a", "next", "poi", "dal", "al", "codice",
    "il", "anno", "programma", "sezione",
)  # fmt: skip
VALUES = (
    "' OR 1=1 --",
    "x&{name}=y&{name}=",
    "\0",
    "9" * 40,
    "-1",
    MARKUP,
    RIGHT_TO_LEFT,
    "x" * 10_000,
    "È√∞",
)

NUMBERS = ("0", "-1", str(2**63 - 1), str(2**63), str(2**64), "1" * 300, "1.0", "0x1", "%00", "")
WORDS = (
    "x" * 5_000,
    "È√∞",
    "%00",
    "%ff",
    "%2e%2e%2f%2e%2e%2f",
    MARKUP,
    RIGHT_TO_LEFT,
    " ",
    "a%0ab",
)

FINE = {*range(200, 400), 400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429}


def endpoints(app: Flask, method: str) -> list:
    rules = [r for r in app.url_map.iter_rules() if method in (r.methods or ())]
    return sorted(rules, key=lambda r: r.rule)


@pytest.fixture
def world(database: None) -> World:
    return put_back_world()


@pytest.fixture
def browsers(app, world) -> Iterator[dict[str, StrictClient]]:
    """Those who between them may open everything."""
    made = {"visitor": app.test_client()}
    for who in ("owner", "representative", "staff", "administrator"):
        made[who] = app.test_client()
        made[who].sign_in(world.people[who])
    return made


def addresses(app: Flask, world: World, method: str) -> list[str]:
    """Return the address of every endpoint, with things that exist."""
    known = {name: value for facts in world.arguments.values() for name, value in facts.items()}
    by_endpoint = {
        "registry": world.arguments["association"],
        "places": world.arguments["place"],
        "laboratories": world.arguments["draft"],
    }
    found = []
    with app.test_request_context():
        for rule in endpoints(app, method):
            facts = known | by_endpoint.get(rule.endpoint.partition(".")[0], {})
            if rule.endpoint == "volunteering.show_project":
                facts |= world.arguments["project"]
            if rule.rule.startswith("/accordi/<slug>"):
                facts |= world.arguments["to-sign"]
            if "/tutor/" in rule.rule:
                facts |= world.arguments["arrival"]
            facts |= chosen_words(rule)
            found.append(url_for(rule.endpoint, **{a: facts[a] for a in rule.arguments}))
    return sorted(set(found))


WORDS_OF_LIBRARIES = re.compile(
    r"Not a valid|not a valid choice|Invalid Choice|field is required|could not coerce"
)


def check(answer, address: str) -> None:
    status = answer.status_code
    # Readiness is honest: no worker runs here.
    assert status in FINE or (status == 503 and address.startswith("/readyz")), (address, status)
    said = WORDS_OF_LIBRARIES.search(answer.text if answer.mimetype == "text/html" else "")
    assert said is None, f"{address[:200]}: {said} is no sentence of ours"
    assert answer.mimetype != "text/html" or MARKUP[:8] not in answer.text.replace(
        '<script src="', ""
    ), f"{address[:200]}: markup comes back as it was sent"


def pages(app: Flask, world: World) -> list[str]:
    return [a for a in addresses(app, world, "GET") if not a.startswith(("/static", "/healthz"))]


@pytest.mark.parametrize("query", QUERIES, ids=range(len(QUERIES)))
def test_every_page_bears_every_query(app, world, browsers, query):
    for address in pages(app, world):
        check(browsers["visitor"].get(f"{address}?{query}"), f"{address}?{query}")


def test_every_page_bears_all_filters_at_once(app, world, browsers):
    filters = [
        f"{name}={value if '{name}' in value else quote(value)}".replace("{name}", name)
        for name in FILTERS
        for value in VALUES
    ]
    everything = "&".join(filters[:: len(VALUES)])
    for address in pages(app, world):
        check(browsers["owner"].get(f"{address}?{everything}"), address)


LISTS = (
    ("visitor", "/volontariato/"),
    ("visitor", "/registro/"),
    ("visitor", "/laboratori/"),
    ("visitor", "/laboratori/parco"),
    ("visitor", "/laboratori/parco/proposte/"),
    ("visitor", "/luoghi/"),
    ("visitor", "/cerca"),
    ("visitor", "/demo/posta"),
    ("visitor", "/lingua/it"),
    ("staff", "/gestione/coda"),
    ("administrator", "/gestione/persone"),
)


@pytest.mark.parametrize(("who", "path"), LISTS)
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "partial"])
def test_every_list_bears_every_filter(browsers, who, path, headers):
    for query in QUERIES:
        check(browsers[who].get(f"{path}?{query}", headers=headers), f"{path}?{query}")
    for name in FILTERS:
        for value in VALUES:
            words = value.replace("{name}", name) if "{name}" in value else quote(value)
            address = f"{path}?{name}={words}"
            check(browsers[who].get(address, headers=headers), address)


@pytest.mark.parametrize("who", ["visitor", "owner", "staff", "administrator"])
def test_every_address_bears_ids_and_names_that_nobody_has(app, browsers, who):
    for rule in app.url_map.iter_rules():
        if not rule.arguments:
            continue
        is_number = "<int" in rule.rule
        for part in NUMBERS if is_number else WORDS:
            sent = part if "%" in part else quote(part)
            address = re.sub(r"<int[^>]*>|<slug>|<token>|<code>", sent, rule.rule)
            address = re.sub(r"<any\(([^,)]+)[^>]*>", r"\1", address).replace("<slug>", "parco")
            if "GET" in rule.methods:
                answer = browsers[who].get(address)
            else:
                answer = browsers[who].submit(address)
            check(answer, address)
            assert "demo" in address or answer.status_code != 200 or not is_number or part == "", (
                address
            )


FIELDS = {
    "version", "decision", "reason", "poi", "email", "password", "name", "code", "role", "district",
    "locale", "title", "text", "form_key", "passo", "on_behalf_of", "born_on", "phone",
    "availability", "motivation", "next", "website", "started", "tax_code", "areas", "district_id",
    "evidence", "applicant_role", "has_declared", "current_password", "residence",
    "full_name", "contact", "birth_place", "hours", "rifiuto-reason", "entry", "all", "seen_on",
    "kind", "person", "shown", "p1", "n1", "t1", "codice", "people", "user_id", "present",
    "people_without_name", "alt_text", "minutes", "place_name", "capacity", "answer",
}  # fmt: skip
"""What is sent to every button: the fields of all forms, whether its own or not."""

BAD_TEXTS = {
    "nothing": "",
    "spaces": "   \t\r\n",
    "zero byte": "a\0b",
    "right to left": RIGHT_TO_LEFT,
    "markup": MARKUP,
    "a long word": "x" * 6_000,
    "a number too large": "9" * 4_400,
    "a negative number": "-1",
    "odd digits": "\u0663\u0663",
    "a lone surrogate": "\ud800",
    "half an emoji": "\U0001f468\u200d",
}


@pytest.mark.parametrize("kind", BAD_TEXTS)
def test_every_button_bears_every_text(app, world, browsers, kind):
    for address in addresses(app, world, "POST"):
        data: dict[str, str | bytes] = dict.fromkeys(FIELDS, BAD_TEXTS[kind])
        if kind == "a lone surrogate":
            data = dict.fromkeys(data, b"\xed\xa0\x80")
        for who, browser in browsers.items():
            if address == "/esci" and who != "visitor":
                continue
            check(browser.submit(address, data), f"{who}: {address}")


def test_every_button_refuses_a_text_of_a_megabyte(app, world, browsers):
    for address in addresses(app, world, "POST"):
        answer = browsers["visitor"].submit(address, {"name": "x" * 1_100_000})
        assert answer.status_code == 413 or address == "/esci", address
        for name in ("text", "reason", "password"):
            answer = browsers["owner"].submit(address, {name: "x" * (LONGEST_PART - 1_000)})
            check(answer, address)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{}", "application/json"),
        (b'{"csrf_token": {}, "name": [1], "version": {}}', "application/json"),
        (b"<a/>", "text/xml"),
        (b"\xff\xfe\x00", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"", ""),
    ],
)
def test_every_button_refuses_other_bodies(app, world, browsers, body, kind):
    for address in addresses(app, world, "POST"):
        answer = browsers["owner"].post(address, data=body, content_type=kind)
        check(answer, address)
        assert answer.status_code in {303, 400, 422}, (address, answer.status_code)


def test_every_button_bears_a_file_where_text_belongs(app, world, browsers):
    for address in addresses(app, world, "POST"):
        files = {name: (io.BytesIO(b"\x89PNG\r\n"), "a.png") for name in FIELDS}
        answer = browsers["owner"].submit(address, files, content_type="multipart/form-data")
        check(answer, address)


def test_buttons_are_pressed_not_visited(app, world, browsers):
    shown = {str(r) for r in endpoints(app, "GET")}
    for rule in endpoints(app, "POST"):
        if str(rule) in shown:
            continue
        (address,) = [a for a in addresses(app, world, "POST") if rule_fits(app, rule, a)]
        answer = browsers["owner"].get(address)
        assert answer.status_code in {303, 302, 403, 404, 405}, address


def rule_fits(app: Flask, rule, address: str) -> bool:
    endpoint, _ = app.url_map.bind("localhost").match(address, method="POST")
    return endpoint == rule.endpoint


WRITTEN = f"Orto {MARKUP}"


def test_markup_that_people_type_is_shown_as_they_typed_it(app, database):
    world = make_world(words=WRITTEN)
    browsers = {"visitor": app.test_client()}
    for who, person in world.people.items():
        browsers[who] = app.test_client()
        browsers[who].sign_in(person)
    seen = 0
    for address in addresses(app, world, "GET"):
        if address.startswith("/lingua"):
            continue
        for browser in browsers.values():
            answer = browser.get(address)
            if answer.mimetype == "text/html":
                seen += answer.text.count("&lt;script&gt;alert(1)")
                assert "<script>alert(1)" not in answer.text, address
                assert "<img src=x" not in answer.text, address
    assert seen > 30, "the words are on the pages"
    mails = db.session.scalars(db.select(MailMessage)).all()
    assert any("&lt;script&gt;" in mail.html_body for mail in mails)
    for mail in mails:
        assert "<script" not in mail.html_body
        assert "<img src=x" not in mail.html_body
        assert "\n" not in mail.subject


def test_searched_markup_is_shown_escaped(app, browsers):
    for who, path in LISTS:
        answer = browsers[who].get(path, query_string={"q": MARKUP, "a": MARKUP, "next": MARKUP})
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
