"""What everybody can read: the list, the map, files of the list, the profiles."""

from collections.abc import Callable

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.errors import NotFoundError
from portal.core.htmx import render_page
from portal.core.json_list import json_list_response
from portal.core.mail import absolute_url
from portal.core.pagination import requested_page, requested_text
from portal.core.spreadsheet import csv_response
from portal.core.templating import format_number
from portal.permissions import Permission
from portal.registry import policies, queries, ties
from portal.registry.map_drawing import label_of, map_steps, step_of
from portal.registry.queries import AssociationFilter, ExportRow
from portal.registry.routes import registry
from portal.territory.topojson import box_of

MOST_LABELS = 5
"""Municipalities whose name stands on the map."""
LOGO_SECONDS = 86_400

FILE_COLUMNS: dict[str, Callable[[ExportRow], object]] = {
    "codice_fiscale": lambda row: row.tax_code,
    "denominazione": lambda row: row.name,
    "sigla": lambda row: row.acronym,
    "codice_comune": lambda row: row.municipality_code,
    "comune": lambda row: row.municipality,
    "tipo": lambda row: row.kind.value,
    "sezione": lambda row: row.section.value if row.section else None,
    "numero_runts": lambda row: row.runts_number,
    "aree": lambda row: "; ".join(row.areas),
    "sito": lambda row: row.website,
    "email": lambda row: row.email,
    "telefono": lambda row: row.phone,
    "indirizzo": lambda row: row.address,
    "aggiornata_il": lambda row: row.updated_on.isoformat() if row.updated_on else None,
}
"""Columns of the list as a file; the import reads the same ones back."""


def _requested_filter() -> AssociationFilter:
    return AssociationFilter(
        text=requested_text(),
        municipality_code=request.args.get("comune", ""),
        district_code=request.args.get("ambito", ""),
        area_code=request.args.get("area", ""),
        kind=request.args.get("tipo", ""),
        section=request.args.get("sezione", ""),
        order=request.args.get("ordina", ""),
    )


@registry.get("/registro/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def list_associations() -> Response:
    """Show the public associations, by words and filters; values that do not exist are ignored."""
    directory = queries.find_in_directory(_requested_filter(), page=requested_page())
    return render_page(
        "registry/association_list.html",
        partial="registry/_association_results.html",
        directory=directory,
        wanted=directory.wanted,
        filters_on=directory.wanted.count_filters(),
    )


@registry.get("/registro/mappa")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.DAY)
def show_map() -> Response:
    """Show how many associations each municipality has, of those words and filters find."""
    found = queries.get_registry_map(_requested_filter())
    steps = map_steps(area.number for area in found.areas)
    drawn = [(area, step_of(area.number, steps)) for area in found.areas if area.outline]
    box = box_of(area.outline or "" for area, _step in drawn)
    labels = [
        (
            label_of(
                f"{area.name} {format_number(area.number)}", box_of([area.outline or ""]), box
            ),
            step,
        )
        for area, step in drawn[:MOST_LABELS]
        if step
    ]
    return render_page(
        "registry/association_map.html",
        found=found,
        drawn=drawn,
        labels=labels,
        steps=steps,
        box=box,
    )


@registry.get("/registro/elenco.csv")
@requires(Permission.PORTAL_READ)
def download_csv() -> Response:
    """Send what the list finds with the same parameters, by name, for a spreadsheet."""
    rows = queries.list_for_export(_requested_filter())
    return csv_response(
        ([value_of(row) for value_of in FILE_COLUMNS.values()] for row in rows),
        header=tuple(FILE_COLUMNS),
        file_name="associazioni.csv",
    )


@registry.get("/registro/elenco.json")
@requires(Permission.PORTAL_READ)
def download_json() -> Response:
    """Send the same for a program."""
    rows = queries.list_for_export(_requested_filter())
    values = FILE_COLUMNS | {"aree": lambda row: list(row.areas)}
    return json_list_response(
        ({name: value_of(row) for name, value_of in values.items()} for row in rows),
        name="associazioni",
    )


@registry.get("/registro/<slug>")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def show_association(slug: str) -> BaseResponse:
    """Show the profile of a public association; one merged into another leads there."""
    try:
        profile = queries.get_public_profile(slug)
    except NotFoundError:
        successor = queries.find_successor_slug(slug)
        if successor is None:
            raise
        return redirect(url_for("registry.show_association", slug=successor), code=301)
    return render_page(
        "registry/association_detail.html",
        profile=profile,
        facts=ties.list_facts(profile.id),
        address=absolute_url("registry.show_association", slug=slug),
        represents=policies.actor_represents_association(current_actor(), profile),
    )


@registry.get("/registro/<slug>/logo")
@requires(Permission.PORTAL_READ)
def show_logo(slug: str) -> BaseResponse:
    """Send the picture of a public association; pages name it with the number of its file."""
    logo = queries.get_logo(slug)
    response = Response(logo.content, mimetype=logo.media_type)
    response.set_etag(logo.sha256)
    response.cache_control.public = True
    response.cache_control.max_age = LOGO_SECONDS
    return response.make_conditional(request)
