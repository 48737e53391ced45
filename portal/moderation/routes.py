"""The queue of the staff."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

moderation = Blueprint("moderation", __name__)


@moderation.get("/gestione/coda")
@requires(Permission.QUEUE_READ)
def show_queue() -> Response:
    """Show what waits."""
    return render_page("layouts/page.html")
