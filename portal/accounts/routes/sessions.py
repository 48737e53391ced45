"""The session in the browser: entering, leaving, and where to go from there."""

from secrets import token_urlsafe

from flask import Response, request, session
from flask_security import login_user, logout_user

from portal.accounts import services
from portal.accounts.models import User
from portal.accounts.sign_in import SESSION_KEY, landing_address_of
from portal.core.access import current_actor, forget_actor
from portal.core.addresses import local_address

KEPT_KEYS = ("locale",)
KEY_BYTES = 24


def enter(user: User, *, by: str) -> None:
    """Begin a new session as `user`, signed in `by` password or email; the old one is gone."""
    _clear_session()
    session[SESSION_KEY] = token_urlsafe(KEY_BYTES)
    login_user(user, authn_via=[by])
    forget_actor()


def leave() -> None:
    """End the session, here and wherever its cookie was copied."""
    key = session.get(SESSION_KEY)
    if key:
        services.end_session(key=key)
    logout_user()
    _clear_session()
    forget_actor()


def _clear_session() -> None:
    kept = {key: session[key] for key in KEPT_KEYS if key in session}
    session.clear()
    session.update(kept)


def never_stored(response: Response) -> Response:
    """Keep a page with a link's secret in its address out of every cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


def requested_next() -> str:
    """Return the safe address the request wants to go on to, or the empty string."""
    return local_address(request.form.get("next") or request.args.get("next"), "")


def address_after_sign_in() -> str:
    """Return where the person goes now: the page asked for, else where the work is."""
    return requested_next() or landing_address_of(current_actor())
