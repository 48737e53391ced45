"""Public pages that need not be made again, for the browser or for us (ADR 0017).

The tag of a page names everything it is made of: program, address, language, whole page or part,
what the database shows, and the time. A browser that has it gets 304; a page kept under it is
given again. Another tag is another page, so nothing has to be thrown away in time.
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, make_response, request
from flask import session as browser_session
from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import local_now
from portal.core.database import Base, UtcTime, db
from portal.core.htmx import VARY, wants_partial
from portal.core.kept_pages import KeptPages
from portal.core.translation import language

P = ParamSpec("P")
R = TypeVar("R")

HTTP_OK = 200
TAGGED = {200, 304}
REMEMBER_COOKIE = "remember_token"


class PublicChange(Base):
    """How often what visitors see has changed: the sum of all rows, and when it last did.

    Kept by triggers (migration 0008) in the transaction of the change, so the sum is another one
    exactly when the change is visible. Transactions at the same time raise different rows and do
    not wait for each other.
    """

    __tablename__ = "public_change"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[UtcTime]
    """Tells a database restored from a backup from what it was after the backup."""


_PUBLIC_VERSION = text("SELECT sum(number)::text || '/' || max(changed_at) FROM public_change")


class HoldsFor(StrEnum):
    """How long the words of a page are true though no data changes ("tomorrow", "closed")."""

    MINUTE = "%Y-%m-%dT%H:%M"
    DAY = "%Y-%m-%d"


def install_caching(app: Flask, *, program: str) -> None:
    """Give `app` a place for pages, and what tags begin with.

    `program` names code, templates and words.
    """
    app.extensions["portal_kept_pages"] = KeptPages()
    app.extensions["portal_program"] = program


def revalidated(holds_for: HoldsFor) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a visitor's browser keep what this view shows, and ask whether it still holds.

    Below `@requires`, on views that show visitors nothing but rows of watched tables (migration
    0008). Whoever has a session gets the page itself, without a tag.
    """

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def revalidated_view(*args: P.args, **kwargs: P.kwargs) -> R:
            if _has_session():
                return view(*args, **kwargs)
            # Before the page: what it shows may only be newer than its tag.
            tag = _tag(holds_for)
            if request.if_none_match.contains_weak(tag):
                response = Response(status=304)
            else:
                response = _find_or_make(tag, lambda: view(*args, **kwargs))
            # Weak: the same page compressed is other bytes.
            if response.status_code in TAGGED and not browser_session.modified:
                response.set_etag(tag, weak=True)
                response.vary.update(("Cookie", *VARY))
            return response  # type: ignore[return-value]

        return revalidated_view

    return decorate


def _find_or_make(tag: str, make: Callable[[], object]) -> Response:
    pages: KeptPages = current_app.extensions["portal_kept_pages"]
    page = pages.find(tag)
    if page is None:
        response = make_response(make())
        if response.status_code != HTTP_OK or browser_session.modified:
            return response
        page = pages.keep(tag, response)
        if page is None:
            return response
    return page.answer()


def _has_session() -> bool:
    cookies = request.cookies
    return current_app.config["SESSION_COOKIE_NAME"] in cookies or REMEMBER_COOKIE in cookies


def _tag(holds_for: HoldsFor) -> str:
    parts = (
        current_app.extensions["portal_program"],
        request.root_path + request.full_path,
        language(),
        str(wants_partial()),
        local_now().strftime(holds_for),
        _read_public_version(),
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()


def _read_public_version() -> str:
    """Return the version of what visitors see, the empty string while nothing ever changed.

    Outside of a transaction: one way to the database and back instead of three.
    """
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        return connection.scalar(_PUBLIC_VERSION) or ""
