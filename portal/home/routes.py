"""Front page, search across, pages about the portal, operations."""

from flask import Blueprint, Response, abort, current_app, jsonify, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import requires
from portal.core.addresses import local_address
from portal.core.caching import HoldsFor, revalidated
from portal.core.extensions import LOCALE_COOKIE, LOCALES
from portal.core.htmx import render_page
from portal.home.readiness import check_readiness
from portal.permissions import Permission

home = Blueprint("home", __name__)

ONE_YEAR_SECONDS = 31_536_000


@home.get("/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def show_home() -> Response:
    """Show the four doors, what is needed now, and the figures."""
    return render_page("home/home.html")


@home.get("/cerca")
@requires(Permission.PORTAL_READ)
def search() -> Response:
    """Search across all features."""
    return render_page("layouts/page.html")


@home.get("/area-personale/")
@requires(Permission.PERSONAL_AREA_READ)
def show_personal_area() -> Response:
    """Show what waits for me, my next dates, my requests."""
    return render_page("layouts/page.html")


@home.get("/come-funziona")
@requires(Permission.PORTAL_READ)
def show_how_it_works() -> Response:
    """Explain the portal and say where the front desk is."""
    return render_page("home/how_it_works.html")


@home.get("/privacy")
@requires(Permission.PORTAL_READ)
def show_privacy() -> Response:
    """Show what is kept of a person, why and for how long (GDPR, art. 13)."""
    return render_page("home/privacy.html")


@home.get("/accessibilita")
@requires(Permission.PORTAL_READ)
def show_accessibility() -> Response:
    """Show the accessibility statement (Law 4/2004, art. 3-quater)."""
    return render_page("home/accessibility.html")


@home.get("/note-legali")
@requires(Permission.PORTAL_READ)
def show_legal() -> Response:
    """Show the legal notes."""
    return render_page("home/legal.html")


@home.get("/crediti")
@requires(Permission.PORTAL_READ)
def show_credits() -> Response:
    """Show sources and licences."""
    return render_page("home/credits.html")


@home.get("/lingua/<code>")
@requires(Permission.PORTAL_READ)
def choose_language(code: str) -> BaseResponse:
    """Remember the language in a cookie of one year and go back to where one was."""
    if code not in LOCALES:
        abort(404)
    response = redirect(local_address(request.args.get("next")), code=303)
    response.headers["Cache-Control"] = "no-store"
    response.set_cookie(
        LOCALE_COOKIE,
        code,
        max_age=ONE_YEAR_SECONDS,
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        httponly=True,
        samesite="Lax",
    )
    return response


@home.get("/healthz")
@requires(Permission.OPERATIONS_READ)
def show_health() -> Response:
    """Say that the process lives; asks nobody else."""
    return jsonify(status="ok")


@home.get("/readyz")
@requires(Permission.OPERATIONS_READ)
def show_readiness() -> Response:
    """Say whether database, migrations and worker are well: 200, or 503 with which is not."""
    ready = check_readiness()
    response = jsonify(
        status="ok" if ready.is_complete else "unavailable",
        database=ready.database,
        migrations=ready.migrations,
        worker=ready.worker,
    )
    response.status_code = 200 if ready.is_complete else 503
    response.headers["Cache-Control"] = "no-store"
    return response
