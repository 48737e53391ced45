"""What an attacker would try first, and what every answer carries against it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from flask import Flask, request, url_for
from passlib.handlers import argon2
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.accounts import services
from portal.accounts.jobs import forget_ended_sessions
from portal.accounts.models import EndedSession
from portal.app import create_app
from portal.core.access import PORTAL
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.security_headers import CONTENT_SECURITY_POLICY
from portal.demo.seed import ensure_demo_data
from tests.client import StrictClient
from tests.conftest import sqlalchemy_url
from tests.factories.people import make_user
from tests.factories.world import chosen_words, make_world

PASSWORD = "cavallo-batteria-graffetta"
HTMX = {"HX-Request": "true"}
ELSEWHERE = (
    "https://altrove.example/",
    "//altrove.example",
    "/\\altrove.example",
    "\\\\altrove.example",
    "/\t/altrove.example",
    "javascript:alert(1)",
    "/%0d%0aSet-Cookie:a=b",
    "http:altrove.example",
    " //altrove.example",
    "///altrove.example",
    "/\x00/altrove.example",
)


def portal_at(base_url: str, server, settings, **more: object) -> Flask:
    made = create_app(
        replace(settings, base_url=base_url, **more),
        database_url=sqlalchemy_url(server, "portal"),
    )
    made.test_client_class = StrictClient
    return made


@pytest.fixture(scope="module")
def safe_app(app, server, settings) -> Iterator[Flask]:
    """The portal as it stands behind https."""
    made = portal_at("https://portale.example", server, settings, is_behind_proxy=True)
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def safe(safe_app, database) -> StrictClient:
    return safe_app.test_client()


def make_ada(**more: object):
    actor = services.create_account(
        actor=PORTAL, email="ada@example.org", name="Ada Prova", password=PASSWORD, **more
    )
    db.session.commit()
    return actor


def sign_in(client: StrictClient, **more: object):
    return client.submit("/accedi", {"email": "ada@example.org", "password": PASSWORD, **more})


def token_on(page: str) -> str:
    return re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]


def rules(app: Flask, method: str) -> list:
    return [r for r in app.url_map.iter_rules() if method in (r.methods or ())]


# --- headers


ANSWERS = (
    "/", "/accedi", "/registro", "/non-esiste", "/area-personale/", "/healthz", "/readyz",
    "/robots.txt", "/sitemap.xml", "/lingua/en", "/registro/?q=%00", "/demo/posta",
)  # fmt: skip


@pytest.mark.parametrize("path", ANSWERS)
@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "partial"])
def test_every_answer_carries_the_headers(client, path, headers):
    answer = client.get(path, headers=headers)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "Cache-Control" in answer.headers
    assert "Strict-Transport-Security" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "TRACE", "HEAD", "OPTIONS"])
def test_answers_to_other_methods_carry_them_too(client, method):
    answer = client.open("/privacy", method=method)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_policy_allows_nothing_inline_and_nobody_else():
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


def test_static_files_are_not_guessed_at(client):
    style = re.search(r'href="(/static/[^"]+\.css)"', client.get("/").text)
    assert style is not None
    for path in (style[1], re.sub(r"css/.*", "icons/sprite.svg", style[1])):
        with client.get(path) as answer:
            assert answer.status_code == 200
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
            assert "Set-Cookie" not in answer.headers
            assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    "path", ["../portal/config.py", "%2e%2e/portal/config.py", "..%2fREADME.md", "css/", ""]
)
def test_static_files_are_those_of_their_folder(client, path):
    style = re.search(r'href="(/static/[^/]+/)', client.get("/").text)
    assert style is not None
    assert client.get(style[1] + path).status_code == 404


def test_over_https_the_browser_is_told_to_stay_there(safe):
    answer = safe.get("/", base_url="https://portale.example")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"


# --- cookies


def test_visitors_of_public_pages_get_no_cookie(client, app):
    make_world()
    for rule in rules(app, "GET"):
        if rule.arguments or rule.endpoint.startswith("accounts."):
            continue
        answer = client.get(rule.rule)
        assert "Set-Cookie" not in answer.headers, rule.rule


def test_cookies_over_https_belong_to_this_host_alone(safe):
    make_ada()
    answer = safe.get("/accedi", base_url="https://portale.example")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-portal=")
    facts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= facts
    assert not any(fact.startswith("Domain") for fact in facts)
    answer = safe.get("/lingua/en", base_url="https://portale.example")
    for cookie in answer.headers.getlist("Set-Cookie"):
        facts = {part.strip() for part in cookie.split(";")[1:]}
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= facts


def test_cookies_over_http_are_unreadable_by_scripts_too(client):
    (cookie,) = client.get("/accedi").headers.getlist("Set-Cookie")
    facts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= facts


# --- where one is sent


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_led_elsewhere(client, address):
    make_ada()
    places = [client.get("/lingua/it", query_string={"next": address})]
    page = client.get("/accedi", query_string={"next": address})
    # The link to the other language comes back to this very page, whatever it was asked for.
    forms = re.sub(r'href="/lingua/[^"]*"', "", page.text)
    assert "altrove" not in forms
    places.append(sign_in(client, next=address))
    places.append(client.get("/accedi", query_string={"next": address}))
    for answer in places:
        assert answer.status_code in {302, 303}
        assert answer.location.startswith("/")
        assert not answer.location.startswith(("//", "/\\"))
        assert "altrove" not in answer.location
        assert "javascript" not in answer.location
        assert "\r" not in answer.location


@pytest.mark.parametrize(
    "path",
    ["/registro", "/volontariato", "/area-personale", "/gestione", "//registro", "/lingua/it"],
)
def test_a_forged_host_is_in_no_redirection(client, path):
    for headers in ({"Host": "altrove.example"}, {"X-Forwarded-Host": "altrove.example"}):
        answer = client.get(path, headers=headers)
        assert answer.status_code in {301, 302, 303, 308}
        assert "altrove" not in answer.location
        assert answer.location.startswith("/")
        assert not answer.location.startswith("//")


def test_a_redirection_of_a_slash_keeps_what_was_asked(client):
    answer = client.get("/registro?q=orto&pagina=2")
    assert answer.location == "/registro/?q=orto&pagina=2"


def test_a_forged_host_is_in_no_mail_and_on_no_page(client):
    make_ada()
    forged = {
        "base_url": "http://altrove.example",
        "headers": {"X-Forwarded-Host": "altrove.example"},
    }
    for path, button in (
        ("/recupera", "/recupera"),
        ("/accedi", "/accedi/nuovo-codice"),
        ("/registrati", "/registrati"),
    ):
        data = {"email": "ada@example.org", "name": "Ada Prova"}
        data["csrf_token"] = token_on(client.get(path, **forged).text)
        answer = client.post(button, data=data, **forged)
        assert answer.status_code == 303
        assert answer.location.startswith("/")
    for path in ("/", "/accedi", "/sitemap.xml", "/robots.txt", "/non-esiste", "/registro/"):
        assert "altrove" not in client.get(path, **forged).text
    mails = db.session.scalars(db.select(MailMessage)).all()
    assert len(mails) == 3
    for mail in mails:
        assert "altrove" not in mail.text_body + mail.html_body + mail.message_id


def test_without_a_proxy_nobody_says_where_they_come_from(app, safe_app):
    assert not isinstance(app.wsgi_app, ProxyFix)
    assert isinstance(safe_app.wsgi_app, ProxyFix)
    seen = {}

    def note() -> None:
        seen.update(address=request.remote_addr, is_secure=request.is_secure, host=request.host)

    forged = {
        "X-Forwarded-For": "203.0.113.9",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "portale.example",
        "X-Real-Ip": "203.0.113.9",
        "Forwarded": "for=203.0.113.9;proto=https",
    }
    for made, expected in (
        (app, {"address": "127.0.0.1", "is_secure": False, "host": "localhost"}),
        (safe_app, {"address": "203.0.113.9", "is_secure": True, "host": "portale.example"}),
    ):
        made.before_request_funcs[None].append(note)
        try:
            made.test_client().get("/healthz", headers=forged)
        finally:
            made.before_request_funcs[None].remove(note)
        assert seen == expected


# --- forms


WITHOUT_TOKEN = {"laboratories.check_agreement", "laboratories.check_any_agreement"}
"""They write nothing: a copy is compared."""


def test_every_form_asks_for_its_token(app, client):
    world = make_world()
    facts = {n: v for thing in world.arguments.values() for n, v in thing.items()}
    client.sign_in(world.people["administrator"])
    for rule in rules(app, "POST"):
        if rule.endpoint in WITHOUT_TOKEN:
            continue
        with app.test_request_context():
            words = facts | chosen_words(rule)
            address = url_for(rule.endpoint, **{a: words[a] for a in rule.arguments})
        for data in ({}, {"csrf_token": "x"}, {"csrf_token": "IjEi.Z.x"}):
            answer = client.post(address, data=data)
            # Signed in already, some forms have nothing left to do and lead on.
            is_done = answer.status_code == 303 and rule.endpoint in {
                "accounts.sign_in_with_password",
                "accounts.sign_in_with_code",
                "accounts.send_code",
                "accounts.register",
            }
            assert is_done or answer.status_code in {400, 422}, address


@pytest.mark.parametrize(
    "path",
    ["/accedi", "/accedi/nuovo-codice", "/registrati", "/recupera"],
)
def test_forms_of_visitors_do_nothing_without_their_token(client, path):
    """They come back as forms (422), since their page may have outlived its session."""
    make_ada()
    data = {"email": "ada@example.org", "password": PASSWORD, "name": "Ada Prova"}
    for token in ({}, {"csrf_token": "x"}):
        assert client.post(path, data={**data, **token}).status_code == 422
    assert client.get("/area-personale/").status_code == 303
    assert db.session.scalar(db.select(db.func.count()).select_from(MailMessage)) == 0


def test_a_token_is_good_in_its_own_session_only(app, database):
    person = make_user()
    mine, theirs = app.test_client(), app.test_client()
    mine.sign_in(person)
    theirs.sign_in(make_user())
    token = theirs.csrf_token()
    answer = mine.post(
        "/area-personale/dati", data={"csrf_token": token, "name": "Eva", "locale": "it"}
    )
    assert answer.status_code == 400


def test_over_https_forms_come_from_our_own_pages(safe):
    make_ada()
    at = {"base_url": "https://portale.example"}
    data = {"email": "ada@example.org", "password": PASSWORD}
    data["csrf_token"] = token_on(safe.get("/accedi", **at).text)
    assert safe.post("/accedi", data=data, **at).status_code == 303
    changed = {"name": "Ada Nuova", "locale": "it"}
    changed["csrf_token"] = token_on(safe.get("/area-personale/dati", **at).text)
    for referrer, status in (
        (None, 400),
        ("https://altrove.example/", 400),
        ("https://portale.example.altrove.example/", 400),
        ("http://portale.example/", 400),
        ("https://portale.example/area-personale/dati", 303),
    ):
        headers = {"Referer": referrer} if referrer else {}
        answer = safe.post("/area-personale/dati", data=changed, headers=headers, **at)
        assert answer.status_code == status, referrer


# --- sessions


def test_signing_in_begins_a_new_session(client):
    make_ada()
    client.get("/accedi")
    with client.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session.get("csrf_token")
    assert sign_in(client).status_code == 303
    with client.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf_token") != before or before is None


def test_signing_out_ends_what_the_browser_holds(client):
    make_ada()
    sign_in(client)
    assert client.get("/area-personale/").status_code == 200
    assert client.submit("/esci").status_code == 303
    assert client.get("/area-personale/").status_code == 303


def test_signing_out_ends_copies_of_the_session_too(app, client):
    make_ada()
    sign_in(client)
    (cookie,) = [c for c in client._cookies.values() if c.key == "portal"]
    elsewhere, other = app.test_client(), app.test_client()
    elsewhere.set_cookie("portal", cookie.value)
    sign_in(other)
    assert elsewhere.get("/area-personale/").status_code == 200
    client.submit("/esci")
    for _again in range(2):
        assert elsewhere.get("/area-personale/").status_code == 303
        elsewhere.set_cookie("portal", cookie.value)
    assert other.get("/area-personale/").status_code == 200, "one's telephone stays signed in"


def test_ended_sessions_are_forgotten_once_their_cookies_are_too_old(client):
    with frozen(datetime(2026, 5, 1, 9, 0, tzinfo=UTC)):
        services.end_session(key="old")
    with frozen(datetime(2026, 5, 20, 9, 0, tzinfo=UTC)):
        services.end_session(key="new")
        services.end_session(key="new")
    with frozen(datetime(2026, 6, 4, 9, 0, tzinfo=UTC)):
        forget_ended_sessions(timestamp=0)
    assert db.session.scalars(db.select(EndedSession.key)).all() == ["new"]


def test_a_closed_account_is_out_at_once(client):
    person = make_user()
    client.sign_in(person)
    assert client.get("/area-personale/").status_code == 200
    person.active = False
    db.session.commit()
    assert client.get("/area-personale/").status_code == 303


def test_a_forged_session_is_nobodys(client):
    client.set_cookie("portal", "eyJfdXNlcl9pZCI6InVuaXF1aWZpZXItMSJ9.aaaaaa.bbbbbbbbbbbbbbbbbbb")
    assert client.get("/area-personale/").status_code == 303
    client.set_cookie("portal", "x" * 4_000)
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Authentication-Token": "x"},
        {"Authorization": "Basic YWRhOng="},
        {"Authorization": "Bearer x"},
    ],
)
def test_tokens_in_headers_sign_nobody_in(client, headers):
    make_ada()
    assert client.get("/area-personale/?auth_token=x", headers=headers).status_code == 303


# --- what is kept, and by whom


PICTURES_FOR_ALL = {"registry.show_logo", "laboratories.draw_map"}
"""The same for everybody, whoever asks: they may be kept."""


def test_pages_of_a_person_are_kept_by_nobody(app, client):
    world = make_world()
    facts = {n: v for thing in world.arguments.values() for n, v in thing.items()}
    client.sign_in(world.people["owner"])
    for rule in rules(app, "GET"):
        if rule.endpoint in PICTURES_FOR_ALL:
            continue
        values = facts | chosen_words(rule)
        with app.test_request_context():
            address = url_for(rule.endpoint, **{a: values[a] for a in rule.arguments})
        answer = client.get(address)
        assert answer.headers["Cache-Control"] == "no-store", address
        assert "ETag" not in answer.headers, address


def test_public_pages_vary_with_who_asks(client, app):
    make_world()
    for path in ("/", "/registro/", "/volontariato/", "/laboratori/", "/luoghi/"):
        answer = client.get(path)
        assert {"Cookie", "HX-Request"} <= {*answer.vary.to_header().split(", ")}, path


def test_a_fragment_never_holds_the_page_to_sign_in(app, client):
    world = make_world()
    facts = {n: v for thing in world.arguments.values() for n, v in thing.items()}
    for method in ("GET", "POST"):
        for rule in rules(app, method):
            if rule.endpoint.startswith(("accounts.", "moderation.show_case_again")):
                continue
            values = facts | chosen_words(rule)
            with app.test_request_context():
                address = url_for(rule.endpoint, **{a: values[a] for a in rule.arguments})
            data = {"csrf_token": client.csrf_token()} if method == "POST" else None
            answer = client.open(address, method=method, headers=HTMX, data=data)
            assert b'name="password"' not in answer.data, address
            if answer.status_code == 204:
                assert answer.headers["HX-Redirect"].startswith("/")
            else:
                assert answer.status_code not in {302, 303} or rule.endpoint in {
                    "home.choose_language",
                    "volunteering.show_shift_again",
                }, address


# --- what is not told


def test_visitors_never_read_anybodys_name(client, app):
    ensure_demo_data()
    people = db.text("SELECT display_name, email FROM user_account")
    public = set(db.session.scalars(db.text("SELECT email FROM association")))
    told = {word for row in db.session.execute(people) for word in row} - public
    assert len(told) > 10
    seen = 0
    waiting, known = ["/", "/cerca?q=a", "/sitemap.xml"], set()
    while waiting and len(known) < 400:
        path = waiting.pop()
        if path in known:
            continue
        known.add(path)
        answer = client.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        seen += 1
        for word in told:
            assert word not in answer.text, f"{path} tells {word}"
        for found in re.findall(r'href="(/[^"#]*)', answer.text):
            link = found.replace("&amp;", "&")
            if not link.startswith(("/static", "/demo", "/lingua")) and link.count("=") < 2:
                waiting.append(link)
    assert seen > 60


def test_known_and_unknown_people_cost_one_password_check_each(client, monkeypatch):
    """Same answer in the same time: the slow step is done once, whoever is named."""
    make_ada()
    make_user(email="senza@example.org")
    make_user(email="nuova@example.org", is_confirmed=False)
    counted = []
    original = argon2.argon2.verify.__func__

    def verify(cls, *args, **kwargs):
        counted.append(1)
        return original(cls, *args, **kwargs)

    monkeypatch.setattr(argon2.argon2, "verify", classmethod(verify))
    costs = {}
    for email in (
        "ada@example.org",
        "nessuno@example.org",
        "senza@example.org",
        "nuova@example.org",
    ):
        counted.clear()
        answer = client.submit("/accedi", {"email": email, "password": "sbagliata-di-molto"})
        assert answer.status_code == 422
        costs[email] = len(counted)
    assert set(costs.values()) == {1}, costs
