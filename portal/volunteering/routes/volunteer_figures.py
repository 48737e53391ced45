"""Volunteering over a year, in numbers."""

from datetime import date

from flask import Response, get_template_attribute
from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.core.access import requires
from portal.core.clock import local_today
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice, requested_number
from portal.core.spreadsheet import csv_response
from portal.permissions import Permission
from portal.volunteering import queries
from portal.volunteering.queries.volunteer_figures import (
    VolunteerFigures,
    list_figure_years,
    load_volunteer_figures,
)
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.volunteer_figure_list import list_volunteer_figures

FIGURES = "/gestione/volontariato/cifre"
FIRST_YEAR, LAST_YEAR = 2000, 2100


@volunteering.get(FIGURES)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def show_volunteer_figures() -> Response:
    """Show a year: the register, shifts, hours, money."""
    figures, programme_id = _requested_figures()
    return render_page(
        "volunteering/volunteer_figures.html",
        figures=figures,
        years=sorted({figures.year, *list_figure_years()}, reverse=True),
        programmes=queries.list_programme_choices(),
        programme_id=programme_id,
        month_of=lambda month: date(figures.year, month, 1),
        today=local_today(),
    )


@volunteering.get(f"{FIGURES}.csv")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_volunteer_figures() -> Response:
    """Send the same figures."""
    figures, _programme = _requested_figures()
    # The very words of the page.
    name, by, which = (
        get_template_attribute("components/volunteer_figure.html", macro)
        for macro in ("volunteer_figure_name", "grouped_by", "group_name")
    )
    rows = [
        (
            str(name(key)).strip(),
            str(by(group)).strip(),
            str(which(group, value)).strip(),
            format_decimal(round(number, 2)),
        )
        for key, group, value, number in list_volunteer_figures(figures)
    ]
    return csv_response(
        rows,
        header=(_("Figure"), _("By"), _("Which"), _("Value")),
        file_name=f"volontariato-cifre-{figures.year}.csv",
    )


def _requested_figures() -> tuple[VolunteerFigures, int | None]:
    year = requested_number("anno", default=local_today().year, least=FIRST_YEAR, most=LAST_YEAR)
    known = {str(programme.id) for programme in queries.list_programme_choices()}
    chosen = requested_choice("programma", known)
    programme_id = int(chosen) if chosen else None
    return load_volunteer_figures(year, programme_id=programme_id), programme_id
