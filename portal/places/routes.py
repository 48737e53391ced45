"""Social centres and houses."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission
from portal.places import models as _models  # noqa: F401 - until the list is here

places = Blueprint("places", __name__)


@places.get("/luoghi/")
@requires(Permission.PORTAL_READ)
def list_places() -> Response:
    """Show the places."""
    return render_page("layouts/page.html")
