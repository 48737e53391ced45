"""Project sheets as everybody reads them."""

from flask import Response

from portal.core.access import authorize, can, current_actor, requires
from portal.core.htmx import render_page
from portal.core.pagination import requested_page
from portal.laboratories.queries import get_laboratory
from portal.laboratories.queries.openings import load_openings
from portal.laboratories.queries.sheet_details import SheetDetail, get_sheet
from portal.laboratories.queries.sheet_writing import list_versions
from portal.laboratories.queries.sheets import list_public_sheets, list_sheets_written_by
from portal.laboratories.routes.blueprint import laboratories
from portal.permissions import Permission

SHEETS = "/laboratori/<slug>/schede/"
ONE = f"{SHEETS}<int(max={2**63 - 1}):sheet_id>"


@laboratories.get(SHEETS)
@requires(Permission.PORTAL_READ)
def list_sheets(slug: str) -> Response:
    """Show the sheets of a laboratory, and to who writes in one where it is."""
    laboratory = get_laboratory(slug)
    actor = current_actor()
    return render_page(
        "laboratories/sheet_list.html",
        laboratory=laboratory,
        sheets=list_public_sheets(laboratory.id),
        mine=list_sheets_written_by(actor.account_id, laboratory.id) if actor.is_signed_in else [],
    )


@laboratories.get(ONE)
@requires(Permission.PORTAL_READ)
def show_sheet(slug: str, sheet_id: int) -> Response:
    """Show what will be done, by whom, with which money, and what it comes from."""
    sheet = read_sheet(slug, sheet_id)
    may_open = can(Permission.OPENING_OPEN, sheet.facts)
    return render_page(
        "laboratories/sheet_detail.html",
        laboratory=get_laboratory(slug),
        sheet=sheet,
        openings=load_openings([sheet.id], with_prepared=may_open).of(sheet.id),
        may_open=may_open,
        may_write=sheet.is_editable and can(Permission.SHEET_EDIT, sheet.facts),
    )


@laboratories.get(f"{ONE}/versioni")
@requires(Permission.SHEET_EDIT)
def list_sheet_versions(slug: str, sheet_id: int) -> Response:
    """Show what each saving changed, and whose it was."""
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.SHEET_EDIT, sheet.facts)
    return render_page(
        "laboratories/sheet_versions.html",
        laboratory=get_laboratory(slug),
        sheet=sheet,
        page=list_versions(sheet.id, page=requested_page()),
    )


def read_sheet(slug: str, sheet_id: int) -> SheetDetail:
    """Return a sheet the person asking may read; 404 for all others."""
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.SHEET_READ, sheet.facts)
    return sheet
