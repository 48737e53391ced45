"""An initiative as everybody reads of it."""

from flask import Response

from portal.core.access import can, current_actor, requires
from portal.core.calendar import calendar_response, calendar_text
from portal.core.htmx import render_page
from portal.core.origins import find_origin
from portal.permissions import Permission
from portal.places.calendars import initiative_events
from portal.places.queries.initiatives import get_public_initiative, list_occurrences
from portal.places.routes.blueprint import places
from portal.places.services.initiatives import HISTORY

INITIATIVE = "/luoghi/<slug>/iniziative/<int:initiative_id>"


@places.get(INITIATIVE)
@requires(Permission.PORTAL_READ)
def show_initiative(slug: str, initiative_id: int) -> Response:
    """Show what an initiative is, when it takes place, and what has come of it."""
    initiative = get_public_initiative(slug, initiative_id)
    occurrences = list_occurrences(initiative.id)
    return render_page(
        "places/initiative_detail.html",
        initiative=initiative,
        coming=[row for row in occurrences if not row.is_past],
        origin=find_origin(HISTORY, initiative.id),
        looks_after=current_actor().is_signed_in and can(Permission.INITIATIVE_EDIT, initiative),
    )


@places.get(f"{INITIATIVE}/calendario.ics")
@requires(Permission.PORTAL_READ)
def download_initiative_calendar(slug: str, initiative_id: int) -> Response:
    """Return the times of an initiative as a calendar file."""
    initiative = get_public_initiative(slug, initiative_id)
    events = initiative_events(initiative, list_occurrences(initiative.id))
    return calendar_response(calendar_text(events, name=initiative.title))
