"""HTMX: the only module that knows its headers.

One address, one view, one context, two templates: the page includes the very partial that an
HTMX request gets alone. The partial's root id is its name (`_results.html` → `#results`).
"""

from flask import Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

VARY = ("HX-Request", "HX-Request-Type")


def wants_partial() -> bool:
    """Say whether only the changed part of the page is asked for.

    False without HTMX, when boosted, on history restore, and for htmx 4's full requests.
    """
    headers = request.headers
    return (
        is_htmx()
        and headers.get("HX-Boosted") != "true"
        and headers.get("HX-History-Restore-Request") != "true"
        and headers.get("HX-Request-Type") != "full"
    )


def is_htmx() -> bool:
    """Say whether HTMX made the request."""
    return request.headers.get("HX-Request") == "true"


def render_page(
    template: str, *, partial: str | None = None, status: int = 200, **context: object
) -> Response:
    """Return the page, or its partial where only that was asked for."""
    chosen = partial if partial and wants_partial() else template
    response = make_response(render_template(chosen, **context), status)
    response.vary.update(VARY)
    return response


def redirect_after_post(location: str) -> BaseResponse:
    """Send the browser on after a POST: 303, or `HX-Redirect` for HTMX."""
    if is_htmx():
        return htmx_redirect(location)
    return redirect(location, code=303)


def htmx_redirect(location: str) -> Response:
    """Make HTMX load a whole page (also how an expired session leaves a fragment)."""
    response = make_response("", 204)
    response.headers["HX-Redirect"] = location
    response.vary.update(VARY)
    return response


def push_address(response: Response, location: str) -> Response:
    """Make HTMX show `location` in the address bar for what this answer put on the page."""
    response.headers["HX-Push-Url"] = location
    return response
