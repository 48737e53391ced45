"""Project sheets as everybody reads them."""

from flask import Response

from portal.core.access import authorize, can, current_actor, requires
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice, requested_page
from portal.laboratories.policies import find_section_refusal, speaks_for_office_of_sheet
from portal.laboratories.queries import LaboratoryDetail, get_laboratory
from portal.laboratories.queries.openings import load_openings
from portal.laboratories.queries.sheet_details import SheetDetail, get_sheet
from portal.laboratories.queries.sheet_writing import list_versions
from portal.laboratories.queries.sheets import list_public_sheets, list_sheets_written_by
from portal.laboratories.queries.talk import count_by_section
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.talk_places import (
    SECTION_WORDS,
    SECTIONS,
    TalkPlace,
    talk_context,
)
from portal.laboratories.states import Ability, SheetSection, Topic
from portal.permissions import Permission

SHEETS = "/laboratori/<slug>/schede/"
ONE = f"{SHEETS}<int:sheet_id>"


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
    sheet, laboratory = read_sheet(slug, sheet_id), get_laboratory(slug)
    section = SECTIONS.get(requested_choice("sezione", set(SECTIONS)) or "")
    talks = {name: section_talk(laboratory, sheet, name) for name in SECTION_WORDS}
    counts = count_by_section(current_actor(), sheet.id)
    may_open = can(Permission.OPENING_OPEN, sheet.facts)
    return render_page(
        "laboratories/sheet_detail.html",
        partial="laboratories/_talk.html" if section else None,
        laboratory=laboratory,
        sheet=sheet,
        openings=load_openings([sheet.id], with_prepared=may_open).of(sheet.id),
        may_open=may_open,
        may_write=sheet.is_editable and can(Permission.SHEET_EDIT, sheet.facts),
        talks=talks,
        comment_counts=counts,
        section=section,
        comment_count=counts.get(section, 0) if section else 0,
        **(talk_context(talks[section]) if section else {}),
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


def section_talk(
    laboratory: LaboratoryDetail, sheet: SheetDetail, section: SheetSection
) -> TalkPlace:
    """Return where people talk about a section of a sheet."""
    window = laboratory.window(Ability.COMMENT_DRAFT)
    actor = current_actor()
    return TalkPlace(
        topic=Topic(sheet_id=sheet.id, section=section),
        slug=laboratory.slug,
        laboratory_title=laboratory.title,
        title=sheet.title,
        author_ids=sheet.facts.editor_ids,
        window=window,
        refusal=find_section_refusal(sheet.state, is_open=window.is_open, waiting=0),
        is_for_office=actor.is_signed_in and speaks_for_office_of_sheet(actor, sheet.facts),
    )


def read_sheet(slug: str, sheet_id: int) -> SheetDetail:
    """Return a sheet the person asking may read; 404 for all others."""
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.SHEET_READ, sheet.facts)
    return sheet
