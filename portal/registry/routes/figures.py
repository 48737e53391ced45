"""The registry in numbers, and what the council is given."""

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Response, get_template_attribute, request
from flask_babel import format_decimal
from flask_babel import gettext as _

from portal.core.access import requires
from portal.core.clock import local_today
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice
from portal.core.spreadsheet import csv_response
from portal.permissions import Permission
from portal.registry.figure_list import list_figures
from portal.registry.forms import PeriodForm
from portal.registry.queries import council, duplicates, figures
from portal.registry.queries.figures import Period, PlaceRow
from portal.registry.routes import registry
from portal.registry.spreadsheets import XLSX, write_workbook

MOST_PLACES = 10


@registry.get("/gestione/registro/")
@requires(Permission.REGISTRY_ADMINISTER)
def show_figures() -> Response:
    """Show how the registry is doing, over a period."""
    form, period = _requested_period()
    return render_page(
        "registry/figures.html",
        form=form,
        figures=figures.load_figures(period),
        duplicates=duplicates.count_duplicates(),
        areas=council.list_areas_for_council(),
        most_places=MOST_PLACES,
    )


@registry.get("/gestione/registro/cifre.csv")
@requires(Permission.REGISTRY_ADMINISTER)
def download_figures() -> Response:
    """Send the same figures, each with what it counts."""
    _form, period = _requested_period()
    # The very words of the page.
    name = get_template_attribute("components/registry_figure.html", "figure_name")
    explained = get_template_attribute("components/registry_figure.html", "figure_explained")
    rows = [
        (
            str(name(key)).strip(),
            "" if value is None else format_decimal(round(value, 1)),
            str(explained(key)).strip(),
        )
        for key, value in list_figures(figures.load_figures(period))
    ]
    return csv_response(
        rows,
        header=(_("Figure"), _("Value"), _("What it counts")),
        file_name=f"registro-cifre-{period.first}-{period.last}.csv",
    )


@registry.get("/gestione/registro/consiglio.csv")
@requires(Permission.REGISTRY_ADMINISTER)
def download_for_council() -> Response:
    """Send the enrolled associations, or the figures by municipality or area (`parte`)."""
    part = requested_choice("parte", {"comuni", "aree"})
    _title, header, rows = _sheets()[part or "iscritte"]
    return csv_response(
        rows, header=header, file_name=f"registro-{part or 'iscritte'}-{local_today()}.csv"
    )


@registry.get("/gestione/registro/consiglio.xlsx")
@requires(Permission.REGISTRY_ADMINISTER)
def download_workbook() -> Response:
    """Send all three as one workbook."""
    response = Response(write_workbook(_sheets().values()), mimetype=XLSX)
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"registro-{local_today()}.xlsx"
    )
    return response


def _requested_period() -> tuple[PeriodForm, Period]:
    """Return the period of the address; what is no day is left out and said at its field."""
    form = PeriodForm(formdata=request.args)
    form.validate()
    wanted = [None if field.errors else field.data for field in (form.dal, form.al)]
    period = figures.period_between(*wanted)
    if not form.errors:
        form.process(data={"dal": period.first, "al": period.last})
    return form, period


def _sheets() -> dict[str, tuple[str, Sequence[str], Any]]:
    return {
        "iscritte": (
            _("Enrolled"),
            (
                _("Name"), _("Acronym"), _("Tax code"), _("Municipality"), _("District"),
                _("Kind"), _("Section of the RUNTS"), _("RUNTS number"), _("Areas of activity"),
                _("In the registry since"), _("Updated"),
            ),
            _enrolled(),
        ),
        "comuni": (_("Municipalities"), _place_header(_("Municipality")), _places()),
        "aree": (
            _("Areas of activity"),
            _place_header(_("Area")),
            [_place_row(row) for row in council.list_areas_for_council()],
        ),
    }  # fmt: skip


def _enrolled() -> Iterator[Sequence[object]]:
    kind = get_template_attribute("components/association_kind.html", "kind_explained")
    section = get_template_attribute("components/entry_state.html", "section_words")
    for row in council.list_for_council():
        yield (
            *(row.name, row.acronym, row.tax_code, row.municipality, row.district),
            str(kind(row.kind)).strip(),
            str(section(row.section)).strip() if row.section else None,
            *(row.runts_number, row.areas, row.enrolled_on, row.profile_updated_on),
        )


def _place_header(first: str) -> tuple[str, ...]:
    return (first, _("Enrolled"), _("Listed only"), _("In all"))


def _places() -> list[tuple[object, ...]]:
    return [_place_row(row) for row in figures.list_places()]


def _place_row(row: PlaceRow) -> tuple[object, ...]:
    return (row.name or _("Seat unknown"), row.enrolled, row.listed, row.total)
