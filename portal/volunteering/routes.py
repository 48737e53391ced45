"""R+: shifts, places, enrolment."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission
from portal.volunteering import queries

volunteering = Blueprint("volunteering", __name__)

LARGEST_ID = 2**63 - 1
SHIFT = f"/volontariato/turni/<int(max={LARGEST_ID}):shift_id>"


@volunteering.get("/volontariato/")
@requires(Permission.PORTAL_READ)
def list_shifts() -> Response:
    """Show where help is needed."""
    return render_page("layouts/page.html")


@volunteering.get(SHIFT)
@requires(Permission.PORTAL_READ)
def show_shift(shift_id: int) -> Response:
    """Show one shift."""
    queries.get_shift(shift_id, with_names=False)
    return render_page("layouts/page.html")


@volunteering.get("/volontariato/iscrizione")
@requires(Permission.ENROLMENT_REQUEST)
def show_enrolment() -> Response:
    """Show where one's enrolment is."""
    return render_page("layouts/page.html")
