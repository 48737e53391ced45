"""Every way of failing ends on a page that helps."""

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask
from flask_limiter._limits import RuntimeLimit
from flask_limiter.errors import RateLimitExceeded
from limits import parse as parse_limit
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, UnsupportedMediaType

import portal
from portal.app import create_app
from portal.core.access import AccessDeniedError
from portal.core.database import db, session
from portal.core.errors import DomainError, NotFoundError
from portal.core.unit_of_work import writes
from portal.error_pages import NOT_GIVEN_BACK
from tests.client import StrictClient, check_page, parse, texts
from tests.conftest import sqlalchemy_url
from tests.factories.people import make_user

HTMX = {"HX-Request": "true"}
PORTAL = Path(portal.__file__).parent
STATUSES = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def provoke(name: str) -> str:
    if name == "division":
        return str(1 / 0)
    if name == "number":
        session().execute(text("SELECT 99999999999999999999::bigint"))
    if name == "zero":
        session().execute(text("SELECT :words"), {"words": "a\0b"})
    if name == "twice":
        session().execute(text("INSERT INTO municipality SELECT * FROM municipality"))
    if name == "pressed":
        key = "uq_project_sheet_created_by_id_form_key"
        made = f"CREATE TEMP TABLE pressed (key text CONSTRAINT {key} UNIQUE)"
        session().execute(text(made))
        session().execute(text("INSERT INTO pressed VALUES ('a'), ('a')"))
    if name == "check":
        session().execute(text("INSERT INTO municipality VALUES ('x', 'Prova')"))
    if name == "lock":
        session().execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
    raise {
        "stale": StaleDataError(),
        "interface": InterfaceError("", {}, Exception("closed")),
        "pool": PoolTimeoutError(),
        "nothing": NotFoundError(),
        "domain": DomainError(),
        "hidden": AccessDeniedError(needs_sign_in=False, hides=True),
        "denied": AccessDeniedError(needs_sign_in=False, hides=False),
        "media": UnsupportedMediaType(),
        "many": RateLimitExceeded(RuntimeLimit(parse_limit("3 per 10 minutes"), str, None)),
        "unicode": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "prova"),
    }[name]


def break_status(status: int) -> str:
    error = HTTPException()
    error.code = status
    raise error


def add_trials(made: Flask) -> Flask:
    made.test_client_class = StrictClient
    made.add_url_rule("/prova/<name>", view_func=provoke, methods=["GET", "POST"])
    made.add_url_rule(
        "/prova/scrive/<name>", view_func=writes(provoke), methods=["POST"], endpoint="writes"
    )
    made.add_url_rule("/prova/stato/<int:status>", view_func=break_status)
    made.add_url_rule("/prova/id/<int:number>", view_func="{number}".format, endpoint="id")
    return made


@pytest.fixture(scope="module")
def trials(app, server, settings) -> Iterator[Flask]:
    """The portal with views that break in each possible way."""
    made = add_trials(create_app(settings, database_url=sqlalchemy_url(server, "portal")))
    yield made
    with made.app_context():
        db.engine.dispose()


@pytest.fixture
def visitor(trials, database) -> StrictClient:
    return trials.test_client()


@pytest.fixture(scope="module")
def lonely(settings) -> Flask:
    """The portal whose database does not answer."""
    nowhere = make_url("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    return add_trials(create_app(settings, database_url=nowhere))


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("division", 500),
        ("number", 400),
        ("zero", 400),
        ("twice", 409),
        ("check", 500),
        ("lock", 503),
        ("stale", 409),
        ("interface", 503),
        ("pool", 503),
        ("nothing", 404),
        ("domain", 409),
        ("hidden", 404),
        ("denied", 403),
        ("media", 415),
        ("unicode", 500),
    ],
)
def test_each_way_of_failing_has_its_page(visitor, name, status):
    answer = visitor.get(f"/prova/{name}")
    assert answer.status_code == status
    assert answer.mimetype == "text/html"
    fragment = visitor.get(f"/prova/{name}", headers=HTMX)
    assert fragment.status_code == status
    assert "<html" not in fragment.get_data(as_text=True)
    assert 'role="alert"' in fragment.get_data(as_text=True)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["it", "en"])
def test_a_page_says_what_happened_and_what_next_without_numbers(visitor, status, language):
    visitor.set_cookie("lingua", language)
    answer = visitor.get(f"/prova/stato/{status}")
    assert answer.status_code == status
    main = next(parse(answer.get_data(as_text=True)).iter("main"))
    words = texts(main)
    assert str(status) not in words
    assert HTTPStatus(status).phrase not in words
    assert "{" not in words
    assert len(list(main.iter("a"))) > 1, "a next step"


def test_unknown_statuses_use_the_nearest_page(visitor):
    assert visitor.get("/prova/stato/418").status_code == 418
    assert visitor.get("/prova/stato/502").status_code == 502


def test_missing_page_offers_search(visitor):
    page = visitor.get("/non-esiste").get_data(as_text=True)
    assert 'id="cerca-qui"' in page
    assert 'action="/cerca"' in page


@pytest.mark.parametrize(
    "number", ["9223372036854775808", "1" + "0" * 400, "-1", "1.5", "%00", "1e3", "٣" * 30]
)
def test_numbers_no_row_can_have_are_missing_pages(visitor, number):
    assert visitor.get(f"/prova/id/{number}").status_code == 404


def test_largest_number_is_an_address(visitor):
    assert visitor.get("/prova/id/9223372036854775807").status_code == 200


@pytest.mark.parametrize("path", ["/prova/a%00b", "/prova/" + "a" * 201, "/prova/%e2%80%ae"])
def test_addresses_nobody_types_are_missing_pages(visitor, path):
    assert visitor.get(path).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/?%",
        "/?q=%ff%fe",
        "/?a=%00&b=%00",
        "/?" + "&".join(f"p{i}={i}" for i in range(2000)),
        "/?q=" + "x" * 20_000,
        "/%ff",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/" + "a/" * 2_000,
        "///altrove.example//x",
        "/;a=b?=&=&&&",
    ],
)
def test_odd_addresses_are_pages(visitor, address):
    assert visitor.get(address).status_code in {200, 308, 404}


@pytest.mark.parametrize("method", ["POST", "DELETE", "TRACE", "PRENDI"])
def test_wrong_method_names_the_right_ones(visitor, method):
    answer = visitor.open("/privacy", method=method)
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_head_and_options_carry_no_page(visitor):
    assert visitor.head("/privacy").data == b""
    assert visitor.head("/non-esiste").status_code == 404
    assert visitor.head("/non-esiste").data == b""
    options = visitor.options("/privacy")
    assert options.status_code == 200
    assert "HEAD" in options.headers["Allow"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"{", "application/json"),
        (b"<a/>", "text/xml"),
        (b"%%%=%zz&\xff", "application/x-www-form-urlencoded"),
        (b"a=b", "no/such;;;=="),
    ],
)
def test_bodies_that_cannot_be_read_are_refused_with_a_page(visitor, body, kind):
    answer = visitor.post("/prova/domain", data=body, content_type=kind)
    assert answer.status_code == 400
    assert "troppo a lungo" in answer.get_data(as_text=True)


def test_too_large_is_said(visitor):
    answer = visitor.post("/prova/domain", data={"a": "x" * (13 * 1024 * 1024)})
    assert answer.status_code == 413
    assert "12 MB" in answer.get_data(as_text=True)
    answer = visitor.post("/prova/domain", data={"a": "x" * (2 * 1024 * 1024)})
    assert answer.status_code == 413, "text without files"
    assert "1 MB" in answer.get_data(as_text=True)
    answer = visitor.post("/prova/domain", data={f"p{i}": "1" for i in range(1_500)})
    assert answer.status_code in {400, 413}


@pytest.mark.parametrize("host", ["a b", "[", "x" * 300, "a/b", "ä.example", ""])
def test_malformed_host_gets_a_page(visitor, host):
    answer = visitor.get("/", headers={"Host": host})
    assert answer.status_code in {200, 400}


def test_expired_form_says_to_reload(visitor):
    answer = visitor.post("/prova/domain", data={}, headers={"Referer": "http://localhost/privacy"})
    assert answer.status_code == 400
    page = answer.get_data(as_text=True)
    assert "troppo a lungo" in page
    assert 'href="/privacy"' in page, "the way back"


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_who_was_signed_out_meanwhile_signs_in_and_comes_back(visitor, headers):
    answer = visitor.post(
        "/prova/domain",
        data={"csrf_token": "of the session that ended"},
        headers={"Referer": "http://localhost/privacy", **headers},
    )
    assert answer.status_code == (204 if headers else 303)
    assert answer.headers["HX-Redirect" if headers else "Location"] == "/accedi?next=/privacy"
    assert "Non eri più dentro" in visitor.get("/accedi").get_data(as_text=True)


def test_signed_in_person_with_a_wrong_token_is_asked_to_reload(trials, database):
    visitor = trials.test_client()
    visitor.sign_in(make_user())
    answer = visitor.post("/prova/domain", data={"csrf_token": "of somebody else"})
    assert answer.status_code == 400


WRITTEN = "Il cortile della scuola è <b>vuoto</b>\n\ndopo le quattro."


def written(answer) -> list[str]:
    return [area.text for area in parse(answer.text).iter("textarea")]


def test_what_was_written_when_the_session_had_ended_is_given_back(visitor):
    answer = visitor.post(
        "/prova/domain",
        data={
            "csrf_token": "of the session that ended",
            "seen": "2026-11-27T10:00:00",
            "text": WRITTEN,
            "password": "una parola segreta e lunga",
            "title": "Un cortile aperto",
        },
        headers={"Referer": "http://localhost/privacy"},
    )
    assert answer.status_code == 401
    assert written(answer) == [WRITTEN, "Un cortile aperto"]
    assert "segreta" not in answer.text
    assert 'href="/accedi?next=/privacy"' in answer.text
    assert "Non eri più dentro" not in visitor.get("/accedi").text, "it was said already"


def test_no_secret_is_given_back():
    forms = (*PORTAL.glob("*/forms.py"), *PORTAL.glob("*/forms/*.py"))
    secrets = {
        name
        for path in forms
        for name in re.findall(r"(\w+) = PasswordField\(", path.read_text(encoding="utf-8"))
    }
    assert "proof" in secrets
    assert secrets <= NOT_GIVEN_BACK


def test_with_a_script_what_was_written_stays_in_the_form(visitor):
    answer = visitor.post(
        "/prova/domain",
        data={"csrf_token": "of the session that ended", "text": WRITTEN},
        headers={"Referer": "http://localhost/privacy", **HTMX},
    )
    assert answer.status_code == 401, "which portal.js says above the form, and swaps nothing"
    assert "HX-Redirect" not in answer.headers


def test_what_was_written_in_a_page_of_another_session_is_given_back(trials, database):
    visitor = trials.test_client()
    visitor.sign_in(make_user())
    answer = visitor.post("/prova/domain", data={"csrf_token": "of another", "text": WRITTEN})
    assert answer.status_code == 400
    assert written(answer) == [WRITTEN]


@pytest.mark.parametrize("origin", ["https://altrove.example", "null", "http://localhost.example"])
def test_words_of_another_site_are_not_shown_on_ours(visitor, origin):
    answer = visitor.post(
        "/prova/domain",
        data={"csrf_token": "of nobody", "text": WRITTEN},
        headers={"Origin": origin},
    )
    assert "dopo le quattro" not in answer.text
    own = visitor.post(
        "/prova/domain",
        data={"csrf_token": "of nobody", "text": WRITTEN},
        headers={"Origin": "http://localhost"},
    )
    assert written(own) == [WRITTEN]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_second_tap_at_the_same_moment_is_sent_once_more_and_finds_the_first(visitor, headers):
    answer = visitor.submit("/prova/scrive/pressed?da=qui", headers=headers)
    assert answer.status_code == 307, "the same request again: what the first one made is there"
    assert answer.location == "/prova/scrive/pressed?da=qui&ancora=1"
    assert visitor.submit(answer.location, headers=headers).status_code == 409, "no endless round"


def test_way_back_never_leads_elsewhere(visitor):
    for referrer in ("http://altrove.example/", "http://localhost.altrove.example/x", "//x", "x"):
        page = visitor.get("/prova/stato/409", headers={"Referer": referrer})
        assert "altrove" not in page.get_data(as_text=True)
    page = visitor.get("/prova/stato/409", headers={"Referer": "http://localhost//altrove.example"})
    assert 'href="//altrove' not in page.get_data(as_text=True)


def test_too_many_requests_say_how_long_to_wait(visitor):
    answer = visitor.get("/prova/many")
    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "600"
    assert "Riprova tra 10 minuti" in answer.get_data(as_text=True)


def test_broken_page_gives_a_code_that_is_in_the_log(visitor, caplog):
    page = visitor.get("/prova/division").get_data(as_text=True)
    logged = next(r for r in caplog.records if "unexpected error" in r.getMessage())
    code = logged.getMessage().split()[2]
    assert f"<b>{code}</b>" in page
    assert logged.exc_info is not None


def test_error_pages_are_not_kept(visitor):
    for name in ("division", "domain", "nothing"):
        assert visitor.get(f"/prova/{name}").headers["Cache-Control"] == "no-store"


def test_signed_in_person_is_not_looked_up_for_a_broken_page(trials, database):
    visitor = trials.test_client()
    visitor.sign_in(make_user(name="Ada Prova"))
    page = visitor.get("/prova/division").get_data(as_text=True)
    assert "Area personale" in page
    assert "Ada" not in page
    assert "Ada" in visitor.get("/prova/domain").get_data(as_text=True)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_database_what_asks_it_is_told_so(lonely, headers):
    visitor = lonely.test_client()
    answer = visitor.get("/prova/number", headers=headers)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "Torniamo tra un momento" in answer.get_data(as_text=True) or headers


@pytest.mark.parametrize(
    "path", ["/", "/privacy", "/non-esiste", "/area-personale/", "/prova/id/0"]
)
def test_without_database_a_signed_in_person_gets_pages(lonely, path):
    visitor = lonely.test_client()
    with visitor.session_transaction() as kept:
        kept["_user_id"] = "somebody"
        kept["_fresh"] = True
    answer = visitor.get(path)
    assert answer.status_code in {404, 503} or (path == "/prova/id/0" and answer.data == b"0")
    assert answer.mimetype == "text/html"


def test_without_database_a_form_is_told_that_nothing_was_recorded(lonely):
    visitor = lonely.test_client()
    answer = visitor.submit("/prova/number")
    assert answer.status_code == 503
    assert "non succede due volte" in answer.get_data(as_text=True)


def test_last_resort_is_a_valid_page(trials, database, monkeypatch):
    found = trials.jinja_env.get_template
    monkeypatch.setattr(
        trials.jinja_env,
        "get_template",
        lambda name, *a, **k: found("nowhere.html" if name == "errors/500.html" else name, *a, **k),
    )
    answer = trials.test_client().get("/prova/division")
    assert answer.status_code == 500
    check_page(answer.get_data(as_text=True), partial=False)


def test_integrity_errors_are_the_kind_we_think(visitor):
    with pytest.raises(IntegrityError):
        session().execute(text("INSERT INTO municipality VALUES ('x', 'Prova')"))
    session().rollback()
