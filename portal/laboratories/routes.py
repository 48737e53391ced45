"""Laboratories and proposals."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

laboratories = Blueprint("laboratories", __name__)


@laboratories.get("/laboratori/")
@requires(Permission.PORTAL_READ)
def list_laboratories() -> Response:
    """Show the laboratories."""
    return render_page("layouts/page.html")
