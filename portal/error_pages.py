"""Exceptions → status and page. Each page says what happened, what is still true, what next.

Two rules hold here. A page of 500 and above must come without the database, so it is rendered
without looking up who is asking. And whatever else breaks meanwhile, a person gets a page.
"""

import logging
import secrets

from flask import Flask, Response, current_app, flash, g, make_response, redirect, request, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from flask_wtf.csrf import CSRFError
from psycopg import errors as postgresql
from sqlalchemy.exc import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import (
    TimeoutError as PoolTimeoutError,
)
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from portal.config import Settings
from portal.core.access import ANONYMOUS, AccessDeniedError, current_actor
from portal.core.addresses import local_address
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import AlreadyDecidedError, DomainError, NotFoundError, is_second_tap
from portal.core.extensions import limiter
from portal.core.htmx import VARY, is_htmx, redirect_after_post, wants_partial
from portal.core.request_limits import largest_megabytes

log = logging.getLogger(__name__)

PAGES = frozenset({400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503})
"""Statuses with a template `errors/<status>.html`; others use the nearest of 400 and 500."""

SAID_OF_THE_REQUEST = {"Allow", "Retry-After", "WWW-Authenticate"}
"""Headers of an HTTP error that a machine needs; the rest are the page's own."""
RETRY_SECONDS = 30
TOO_LARGE = 413

AGAIN = "ancora"
"""In the address of a request that is sent a second time, so that it is no third."""
NOT_GIVEN_BACK = frozenset({"csrf_token", "next", "password", "current_password", "proof"})
"""What no person would copy, and what nobody else may read on the screen."""
SHORTEST_WORDS = 12
"""Characters from which words somebody typed are given back when they could not be sent."""

LETTERS_OF_CODES = "23456789ACDEFHJKMNPQRTUVWXY"
"""Those that cannot be taken for another when read out on the telephone."""
LENGTH_OF_CODE = 6

_AT_THE_SAME_MOMENT = (
    postgresql.UniqueViolation,
    postgresql.ForeignKeyViolation,
    postgresql.ExclusionViolation,
)


def install_error_pages(app: Flask) -> None:
    """Give `app` its error pages."""
    app.register_error_handler(AccessDeniedError, _on_access_denied)
    app.register_error_handler(NotFoundError, lambda error: show_problem(404, error.sentence))
    app.register_error_handler(DomainError, lambda error: show_problem(409, error.sentence))
    app.register_error_handler(StaleDataError, _on_stale_data)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(DataError, _on_data_error)
    app.register_error_handler(IntegrityError, _on_integrity_error)
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, _on_database_away)
    app.register_error_handler(RateLimitExceeded, _on_too_many)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected)


def show_problem(status: int, sentence: object = None, **context: object) -> Response:
    """Return the page of `status`, or a fragment with its sentence for an HTMX request."""
    known = status if status in PAGES else (500 if status >= 500 else 400)  # noqa: PLR2004
    template = "errors/_problem.html" if wants_partial() else f"errors/{known}.html"
    response = make_response(_render(template, known, {"sentence": sentence, **context}), status)
    response.vary.update(VARY)
    # A page about a moment: the next request may go well.
    response.headers["Cache-Control"] = "no-store"
    return response


def _render(template: str, known: int, context: dict[str, object]) -> str:
    try:
        # From 500 on, what failed may be the very look-up of who is asking.
        hides = _is_actor_unknown() if known >= 500 else _is_actor_unreachable()  # noqa: PLR2004
        words = {"status": known, "hides_account": hides, "back": own_referrer(), **context}
        return _render_alone(template, words)
    except Exception:
        log.exception("the page of an error failed itself")
        return _render_alone("errors/bare.html", {"status": known, **context})


def _render_alone(template: str, context: dict[str, object]) -> str:
    """Render without context processors: those of the accounts' library ask the database."""
    settings: Settings = current_app.extensions["portal_settings"]
    found = current_app.jinja_env.get_template(template)
    return found.render(is_demo=settings.is_demo, **context)


def _is_actor_unknown() -> bool:
    """Say whether nobody has been looked up yet; then nobody will be."""
    if g.get("actor") is not None:
        return False
    g.actor = ANONYMOUS
    return True


def _is_actor_unreachable() -> bool:
    """Look up who is asking, for the header; say whether that fails."""
    try:
        current_actor()
    except Exception:
        log.exception("who is asking cannot be looked up")
        _drop_changes()
        return _is_actor_unknown()
    return False


def own_referrer() -> str:
    """Return the page of this portal the visitor came from, or the empty string."""
    host = request.host_url
    referrer = request.referrer or ""
    return local_address("/" + referrer[len(host) :], "") if referrer.startswith(host) else ""


def _drop_changes() -> None:
    try:
        db.session.rollback()
    except SQLAlchemyError:
        # A connection that is gone cannot even roll back.
        db.session.remove()


def _on_access_denied(error: AccessDeniedError) -> BaseResponse:
    if error.needs_sign_in:
        # After signing in: the page itself, or for a pressed button the page it was on.
        is_page = request.method == "GET" and not is_htmx()
        back = local_address(request.full_path.rstrip("?")) if is_page else own_referrer()
        sign_in = url_for("accounts.sign_in", next=back or "/")
        if typed := _typed_words():
            # The page they stand in asks for a person: going back would lose them.
            return show_problem(401, typed=typed, sign_in=sign_in)
        return redirect_after_post(sign_in)
    return show_problem(404 if error.hides else 403)


def _on_stale_data(_error: StaleDataError) -> Response:
    _drop_changes()
    return show_problem(409, AlreadyDecidedError.sentence)


def _on_csrf(_error: CSRFError) -> BaseResponse:
    # Forms for everybody are exempt: who sends the token of another was signed in when it was made.
    is_from_a_page = bool(request.form.get("csrf_token"))
    if is_from_a_page and not _is_actor_unreachable() and not current_actor().is_signed_in:
        if not _typed_words():
            flash(_("You were no longer signed in. Sign in, then press the button again."), "wait")
        return _on_access_denied(AccessDeniedError(needs_sign_in=True, hides=False))
    return show_problem(
        400,
        _("This page was open for too long. Go back, reload it and try again."),
        typed=_typed_words(),
    )


def _typed_words() -> list[str]:
    """Return the texts of the form that was sent: words a person would have to write again.

    None of a form on another site: its words would stand on ours as if they were the person's.
    """
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        return []
    return [
        text
        for name, text in request.form.items(multi=True)
        if name not in NOT_GIVEN_BACK
        and len(text.strip()) >= SHORTEST_WORDS
        and len(text.split()) > 1
    ]


def _on_data_error(error: DataError) -> Response:
    # A number or text no column can hold, in an address or a hidden field.
    _drop_changes()
    log.info("refused data: %s", error.orig)
    return show_problem(400)


def _on_integrity_error(error: IntegrityError) -> BaseResponse:
    """Two people at the same moment are told so; a rule broken without a sentence is our fault."""
    if not isinstance(error.orig, _AT_THE_SAME_MOMENT):
        return _on_unexpected(error)
    _drop_changes()
    if is_second_tap(error) and AGAIN not in request.args:
        # Both taps arrived together: the same request now finds what the first one has made.
        mark = "&" if request.query_string else "?"
        return redirect(f"{request.full_path.rstrip('?')}{mark}{AGAIN}=1", code=307)
    log.error("a constraint without a sentence refused: %s", error.orig)
    return show_problem(409)


def _on_database_away(error: SQLAlchemyError) -> Response:
    _drop_changes()
    log.error("database: %s", getattr(error, "orig", error))
    response = show_problem(503)
    response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _on_too_many(error: RateLimitExceeded) -> BaseResponse:
    seconds = error.limit.limit.get_expiry()
    if limiter.current_limit is not None:
        seconds = min(seconds, max(1, int(limiter.current_limit.reset_at - utc_now().timestamp())))
    response = show_problem(429, minutes=-(-seconds // 60))
    response.headers["Retry-After"] = str(seconds)
    return response


def _on_http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect raised as exception
        return error.get_response()
    words = {"megabytes": largest_megabytes()} if error.code == TOO_LARGE else {}
    response = show_problem(error.code, **words)
    for name, value in error.get_headers():
        if name in SAID_OF_THE_REQUEST:
            response.headers[name] = value
    return response


def _on_unexpected(error: Exception) -> Response:
    _drop_changes()
    code = "".join(secrets.choice(LETTERS_OF_CODES) for _i in range(LENGTH_OF_CODE))
    log.error("unexpected error %s on %s %s", code, request.method, request.path, exc_info=error)
    return show_problem(500, code=code)
