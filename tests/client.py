"""A test client that reads every page as a strict browser would."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.accounts.models import User
from portal.core.database import db

XHTML = "{http://www.w3.org/1999/xhtml}"
LABELLABLE = {"input", "select", "textarea"}
WITHOUT_TOKEN = ("/controlla",)
"""Forms that write nothing and stand on pages everybody is sent the same."""
FRESH_VALUES = re.compile(r'(name="(?:csrf_token|form_key)" value=")[A-Za-z0-9._-]+(?=")')
"""Letters and digits that are others each time a form is shown; nothing is asked about them."""
HTMX_VERBS = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")


class StrictClient(FlaskClient):
    """Flask's client; every HTML answer is parsed and checked."""

    _last_token = ("", "")
    """What the session holds and the token of forms made of it: it is good for an hour."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        with _as_from_outside(self.application):
            # Read whole: a streamed answer would keep its context open into the next request.
            response = super().open(*args, buffered=True, **kwargs)
        # A large upload is sent from a file on disk, which the client leaves open.
        response.request.environ["wsgi.input"].close()
        is_page = response.mimetype == "text/html" and not 300 <= response.status_code < 400
        if is_page and response.data:
            check_page(response.get_data(as_text=True), partial=not _is_whole(response))
        return response

    def sign_in(self, user: User) -> None:
        """Be `user` from now on, as after signing in."""
        with self.session_transaction() as session:
            session["_user_id"] = user.fs_uniquifier
            session["_fresh"] = True
        db.session.expire_all()

    def sign_out(self) -> None:
        with self.session_transaction() as session:
            session.clear()

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """POST a form as a browser that loaded its page: with the CSRF token."""
        return self.post(path, data={"csrf_token": self.csrf_token(), **(data or {})}, **kwargs)

    def csrf_token(self) -> str:
        from flask_wtf.csrf import generate_csrf

        with self.session_transaction() as session:
            raw = session.get("csrf_token")
        if raw and raw == self._last_token[0]:
            return self._last_token[1]
        with self.application.app_context(), self.application.test_request_context():
            from flask import session as flask_session

            if raw:
                flask_session["csrf_token"] = raw
            token = generate_csrf()
            made = flask_session["csrf_token"]
        with self.session_transaction() as session:
            session["csrf_token"] = made
        self._last_token = (made, token)
        return token


@contextmanager
def _as_from_outside(app: Flask) -> Iterator[None]:
    """Give a request its own `g` and database session, as a server does.

    What the test has done is committed first; what it holds is read anew afterwards.
    """
    if has_app_context():
        db.session.commit()
    with app.app_context():
        yield
    if has_app_context():
        db.session.expire_all()


def parse(html: str) -> Element:
    """Return the document; raises on any error a browser would silently mend."""
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(html)


def texts(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def fields_of(response: TestResponse, action: str = "") -> dict[str, Any]:
    """Return what the first form that is sent from the content of a page holds, name → value.

    `action`: how its address ends, where it is not the first. Several boxes of one name are a
    list; the button and the token are left out.
    """
    form = next(
        f
        for f in parse(response.text).iterfind(".//main//form")
        if f.get("method") == "post" and (f.get("action") or "").endswith(action)
    )
    found: dict[str, Any] = {}
    for control in form.iter():
        name = control.get("name")
        if control.tag not in LABELLABLE or not name or name == "csrf_token":
            continue
        if control.get("type") in {"checkbox", "radio"}:
            if "checked" in control.attrib:
                found.setdefault(name, []).append(control.get("value", "y"))
        elif control.tag == "select":
            chosen = [o.get("value", "") for o in control.iter("option") if "selected" in o.attrib]
            found[name] = chosen[0] if chosen else ""
        else:
            found[name] = control.text or "" if control.tag == "textarea" else control.get("value")
    return {name: value if value is not None else "" for name, value in found.items()}


_well_made: set[bytes] = set()
"""Digests of what was already parsed and found well made, in this process."""


def check_page(html: str, *, partial: bool) -> None:
    """Assert what every page must hold: valid, one title, unique ids, labels, real targets.

    A page that comes back letter by letter, its fresh values aside, is not parsed again.
    """
    same_each_time = FRESH_VALUES.sub(r"\1\0", html)
    content = f"{partial}\0{same_each_time}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(content, digest_size=20).digest()
    if digest not in _well_made:
        _check_content(html, partial=partial)
        _well_made.add(digest)


def _check_content(html: str, *, partial: bool) -> None:
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    if partial:
        holder = Element("body")
        for child in parser.parseFragment(html, container="div"):
            holder.append(child)
        document = holder
    else:
        document = parser.parse(html)
        titles = list(document.find("head").iter("title"))  # type: ignore[union-attr]
        assert len(titles) == 1, "one title"
        assert texts(titles[0]).split("–")[0].strip(), "the title says something"
        assert document.get("lang") in {"it", "en"}, "the language is said"
        assert len(list(document.iter("h1"))) == 1, "one h1"
        assert len(list(document.iter("main"))) == 1, "one main"
    _check_ids(document)
    _check_controls(document)
    _check_forms(document)


def _check_ids(document: Element) -> None:
    ids = Counter(e.get("id") for e in document.iter() if e.get("id"))
    twice = {i for i, times in ids.items() if times > 1}
    assert not twice, f"ids used twice: {twice}"


def _check_controls(document: Element) -> None:
    labelled = {e.get("for") for e in document.iter("label")}
    inside_label = {c for label in document.iter("label") for c in label.iter()}
    for control in document.iter():
        if control.tag not in LABELLABLE or control.get("type") in {"hidden", "submit", "button"}:
            continue
        has_label = (
            control.get("id") in labelled
            or control in inside_label
            or control.get("aria-label")
            or control.get("aria-labelledby")
        )
        assert has_label, f"no label: {control.attrib}"
    for image in document.iter("img"):
        assert image.get("alt") is not None, f"no alt: {image.attrib}"
    for button in document.iter("button"):
        assert texts(button) or button.get("aria-label"), f"a button says nothing: {button.attrib}"
    for link in document.iter("a"):
        assert texts(link) or link.get("aria-label"), f"a link says nothing: {link.attrib}"


def _check_forms(document: Element) -> None:
    for form in document.iter("form"):
        assert form.get("action"), "every form says where it goes"
        if form.get("method", "get").lower() == "post":
            names = {e.get("name") for e in form.iter()}
            needs_token = not str(form.get("action")).endswith(WITHOUT_TOKEN)
            assert ("csrf_token" in names) == needs_token, f"CSRF token: {form.get('action')}"
            is_filled_in = any(
                e.tag in LABELLABLE and e.get("type") not in {"hidden", "submit"}
                for e in form.iter()
            )
            # The browser's own words, in its own language, would come before ours.
            assert not is_filled_in or form.get("novalidate") is not None, form.get("action")
    for element in document.iter():
        if any(element.get(verb) for verb in HTMX_VERBS):
            works_without = (
                element.get("href")
                or element.get("action")
                or (element.tag == "button" and element.get("type") != "button")
            )
            assert works_without, f"works only with HTMX: {element.attrib}"


def _is_whole(response: TestResponse) -> bool:
    return response.get_data(as_text=True).lstrip().lower().startswith("<!doctype")
