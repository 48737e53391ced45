"""The registry of associations."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

registry = Blueprint("registry", __name__)


@registry.get("/registro/")
@requires(Permission.PORTAL_READ)
def list_associations() -> Response:
    """Show the associations."""
    return render_page("layouts/page.html")
