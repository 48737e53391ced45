"""R+: shifts, places, enrolment."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

volunteering = Blueprint("volunteering", __name__)


@volunteering.get("/volontariato/")
@requires(Permission.PORTAL_READ)
def list_shifts() -> Response:
    """Show where help is needed."""
    return render_page("layouts/page.html")
