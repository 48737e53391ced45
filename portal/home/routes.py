"""Front page, search across, legal pages, operations."""

from flask import Blueprint, Response, jsonify

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

home = Blueprint("home", __name__)


@home.get("/")
@requires(Permission.PORTAL_READ)
def show_home() -> Response:
    """Show the four doors, what is needed now, and the figures."""
    return render_page("home/home.html")


@home.get("/healthz")
@requires(Permission.OPERATIONS_READ)
def show_health() -> Response:
    """Say that the process lives."""
    return jsonify(status="ok")


@home.get("/area-personale/")
@requires(Permission.PERSONAL_AREA_READ)
def show_personal_area() -> Response:
    """Show what waits for me, my next dates, my requests."""
    return render_page("layouts/page.html")


@home.get("/cerca")
@requires(Permission.PORTAL_READ)
def search() -> Response:
    """Search across all features."""
    return render_page("layouts/page.html")


@home.get("/come-funziona")
@requires(Permission.PORTAL_READ)
def show_how_it_works() -> Response:
    """Explain the portal."""
    return render_page("layouts/page.html")


@home.get("/privacy")
@requires(Permission.PORTAL_READ)
def show_privacy() -> Response:
    """Show what is kept of a person, why and for how long."""
    return render_page("layouts/page.html")


@home.get("/accessibilita")
@requires(Permission.PORTAL_READ)
def show_accessibility() -> Response:
    """Show the accessibility statement."""
    return render_page("layouts/page.html")


@home.get("/note-legali")
@requires(Permission.PORTAL_READ)
def show_legal() -> Response:
    """Show the legal notes."""
    return render_page("layouts/page.html")


@home.get("/crediti")
@requires(Permission.PORTAL_READ)
def show_credits() -> Response:
    """Show sources and licences."""
    return render_page("layouts/page.html")


@home.get("/lingua/<code>")
@requires(Permission.PORTAL_READ)
def choose_language(code: str) -> Response:
    """Remember the language and go back."""
    del code
    return render_page("layouts/page.html")
