"""The desk of who looks after projects."""

from flask import Response

from portal.core.access import authorize, current_actor, requires
from portal.core.clock import local_today
from portal.core.htmx import render_page
from portal.permissions import Permission
from portal.volunteering import queries
from portal.volunteering.routes.blueprint import volunteering

DESK = "/volontariato/tutor/"


@volunteering.get(DESK)
@requires(Permission.PROJECT_TUTOR)
def show_tutor_desk() -> Response:
    """Show today's and the next shifts, what is to be marked, and the hours that wait."""
    desk = queries.load_tutor_desk(current_actor().account_id)
    authorize(Permission.PROJECT_TUTOR, desk)
    return render_page("volunteering/tutor_desk.html", desk=desk, today=local_today())
