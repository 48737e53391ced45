"""Public pages that need not be made again: ETag, `If-None-Match`, 304 (ADR 0017).

Nothing is stored. A visitor's browser keeps the page it got and asks each time whether it still
holds; the answer costs one query instead of a page. The tag names everything such a page is made
of: program, address, language, whole page or part, what the database shows, and the time.
"""

import hashlib
from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, make_response, request
from flask import session as browser_session
from sqlalchemy import BigInteger, func, select
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import local_now
from portal.core.database import Base, session
from portal.core.htmx import VARY, wants_partial
from portal.core.translation import language

P = ParamSpec("P")
R = TypeVar("R")

HTTP_OK = 200
REMEMBER_COOKIE = "remember_token"


class PublicChange(Base):
    """How often what visitors see has changed: the sum of all rows, raised with each change.

    Kept by triggers (migration 0020) in the transaction of the change, so the sum is another one
    exactly when the change is visible. Transactions at the same time raise different rows and do
    not wait for each other.
    """

    __tablename__ = "public_change"

    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class HoldsFor(StrEnum):
    """How long the words of a page are true though no data changes ("tomorrow", "closed")."""

    MINUTE = "%Y-%m-%dT%H:%M"
    DAY = "%Y-%m-%d"


def install_caching(app: Flask, *, program: str) -> None:
    """Give `app` what tags begin with: `program` names its code, templates and words."""
    app.extensions["portal_program"] = program


def revalidated(holds_for: HoldsFor) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a visitor's browser keep what this view shows, and ask whether it still holds.

    Below `@requires`, on views that show visitors nothing but rows of watched tables (migration
    0020). Whoever has a session gets the page itself, without a tag.
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
                response = make_response(view(*args, **kwargs))
                if response.status_code != HTTP_OK or browser_session.modified:
                    return response  # type: ignore[return-value]
            # Weak: proxies compress, and compressed bytes are other bytes.
            response.set_etag(tag, weak=True)
            response.vary.update(("Cookie", *VARY))
            return response  # type: ignore[return-value]

        return revalidated_view

    return decorate


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
        str(session().scalar(select(func.sum(PublicChange.number)))),
    )
    return hashlib.blake2b("\0".join(parts).encode(), digest_size=12).hexdigest()
