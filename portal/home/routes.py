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
