"""Laboratories: the list, and one with everything that happens in it."""

from flask import Response

from portal.core.access import current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.laboratories import queries
from portal.laboratories.queries.meetings import find_next, list_meetings
from portal.laboratories.queries.outcomes import MOST_SHOWN, list_outcomes
from portal.laboratories.queries.overview import load_overview
from portal.laboratories.queries.registrations import decide_next
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.proposals import proposal_list_context
from portal.permissions import Permission
from portal.territory.queries import list_districts


@laboratories.get("/laboratori/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.DAY)
def list_laboratories() -> Response:
    """Show the laboratories, those where something can be said today first."""
    districts = list_districts()
    district = requested_choice("ambito", {d.code for d in districts})
    text = requested_text()
    return render_page(
        "laboratories/laboratory_list.html",
        partial="laboratories/_laboratory_results.html",
        districts=districts,
        district=district,
        text=text,
        page=queries.list_laboratories(text=text, district_code=district, page=requested_page()),
    )


@laboratories.get("/laboratori/<slug>")
@requires(Permission.PORTAL_READ)
def show_laboratory(slug: str) -> Response:
    """Show where a laboratory is, what can be done in it, and its proposals."""
    laboratory = queries.get_laboratory(slug)
    meetings = list_meetings(laboratory.id)
    following = find_next(meetings)
    return render_page(
        "laboratories/laboratory_detail.html",
        partial="laboratories/_proposal_results.html",
        meetings=meetings,
        next_meeting=following,
        next_decision=decide_next(current_actor(), following),
        outcomes=list_outcomes(laboratory, meetings),
        most_outcomes=MOST_SHOWN,
        overview=load_overview(laboratory.id, current_actor().id),
        **proposal_list_context(laboratory),
    )
