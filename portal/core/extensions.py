"""The libraries the portal is built on, each made once and given to the app by `install`."""

from flask import Flask, request, session
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf import CSRFProtect

from portal.core.access import current_actor
from portal.core.database import db, prove_idle_connections

LOCALES = ("it", "en")
LOCALE_COOKIE = "lingua"

babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(get_remote_address, default_limits=[], headers_enabled=False)


def install_extensions(app: Flask, *, is_limited: bool) -> None:
    """Give `app` its database, forms' protection, languages and throttling."""
    db.init_app(app)
    with app.app_context():
        prove_idle_connections(db.engine)
    csrf.init_app(app)
    app.config["RATELIMIT_ENABLED"] = is_limited
    limiter.init_app(app)
    if is_limited:
        # Views that are limited say so and check by themselves; asking all others costs a tenth
        # of a page.
        app.before_request_funcs[None].remove(limiter._check_request_limit)  # noqa: SLF001
    babel.init_app(app, locale_selector=select_locale, timezone_selector=lambda: "Europe/Rome")


def select_locale() -> str:
    """Return the language of this answer: chosen by the visitor, else Italian."""
    if request:
        chosen = request.cookies.get(LOCALE_COOKIE) or session.get("locale")
        if chosen in LOCALES:
            return str(chosen)
        actor = current_actor()
        if actor.is_signed_in and actor.locale in LOCALES:
            return actor.locale
    return "it"
