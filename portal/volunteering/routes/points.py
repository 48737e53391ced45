"""Points of the youth card, for the office: the list that the region is sent once a year."""

from flask import Response
from flask_babel import gettext as _

from portal.core.access import requires
from portal.core.clock import local_today
from portal.core.htmx import render_page
from portal.core.pagination import requested_number
from portal.core.spreadsheet import csv_response
from portal.permissions import Permission
from portal.volunteering.queries.points import list_points as find_points
from portal.volunteering.queries.points import list_years_with_points
from portal.volunteering.routes.blueprint import volunteering

POINTS = "/gestione/volontariato/punti"


@volunteering.get(POINTS)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def list_points() -> Response:
    """Show who has points in a year."""
    year = _requested_year()
    return render_page(
        "volunteering/points_list.html",
        year=year,
        years=sorted({local_today().year, *list_years_with_points()}, reverse=True),
        rows=find_points(year),
    )


@volunteering.get(f"{POINTS}.csv")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_points() -> Response:
    """Send the same list for the region."""
    year = _requested_year()
    return csv_response(
        [(row.person, row.programme, row.minutes, row.points) for row in find_points(year)],
        header=(_("Person"), _("Programme"), _("Verified minutes"), _("Points")),
        file_name=f"punti-{year}.csv",
    )


def _requested_year() -> int:
    this_year = local_today().year
    return requested_number("anno", default=this_year, least=2000, most=this_year)
