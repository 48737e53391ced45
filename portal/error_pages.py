"""Exceptions → status and page. Each page says what happened, what is still true, what next."""

import logging

from flask import Flask, Response, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import AccessDeniedError
from portal.core.database import db
from portal.core.errors import AlreadyDecidedError, DomainError, NotFoundError
from portal.core.htmx import VARY, is_htmx, redirect_after_post, wants_partial

log = logging.getLogger(__name__)

PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})
"""Statuses with a template `errors/<status>.html`; others use the nearest of 400 and 500."""


def install_error_pages(app: Flask) -> None:
    """Give `app` its error pages."""
    app.register_error_handler(AccessDeniedError, _on_access_denied)
    app.register_error_handler(NotFoundError, lambda error: show_problem(404, error.sentence))
    app.register_error_handler(DomainError, lambda error: show_problem(409, error.sentence))
    app.register_error_handler(StaleDataError, _on_stale_data)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(DataError, _on_data_error)
    app.register_error_handler(OperationalError, _on_database_away)
    app.register_error_handler(HTTPException, _on_http_error)
    app.register_error_handler(Exception, _on_unexpected)


def show_problem(status: int, sentence: object = None) -> Response:
    """Return the page of `status`, or a fragment with its sentence for an HTMX request."""
    known = status if status in PAGES else (500 if status >= 500 else 400)  # noqa: PLR2004
    template = "errors/_problem.html" if wants_partial() else f"errors/{known}.html"
    response = make_response(render_template(template, status=known, sentence=sentence), status)
    response.vary.update(VARY)
    return response


def _on_access_denied(error: AccessDeniedError) -> BaseResponse:
    if error.needs_sign_in:
        # After signing in: the page itself, or for a pressed button the page it was on.
        back = request.full_path.rstrip("?") if request.method == "GET" else _own_referrer()
        if is_htmx():
            back = _own_referrer()
        return redirect_after_post(url_for("accounts.sign_in", next=back or "/"))
    return show_problem(404 if error.hides else 403)


def _own_referrer() -> str:
    referrer = request.referrer or ""
    return (
        referrer.removeprefix(request.host_url.rstrip("/"))
        if referrer.startswith(request.host_url)
        else ""
    )


def _on_stale_data(_error: StaleDataError) -> Response:
    db.session.rollback()
    return show_problem(409, AlreadyDecidedError.sentence)


def _on_csrf(_error: CSRFError) -> Response:
    return show_problem(
        400, _("This page was open for too long. Go back, reload it and try again.")
    )


def _on_data_error(error: DataError) -> Response:
    # A number or text no column can hold, in an address or a hidden field.
    db.session.rollback()
    log.info("refused data: %s", error.orig)
    return show_problem(400)


def _on_database_away(error: OperationalError) -> Response:
    db.session.rollback()
    log.error("database: %s", error.orig)
    return show_problem(503)


def _on_http_error(error: HTTPException) -> BaseResponse:
    if error.code is None or error.code < 400:  # noqa: PLR2004 - a redirect raised as exception
        return error.get_response()
    response = show_problem(error.code)
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After"}:
            response.headers[name] = value
    return response


def _on_unexpected(error: Exception) -> Response:
    db.session.rollback()
    log.error("unexpected error on %s %s", request.method, request.path, exc_info=error)
    return show_problem(500)
