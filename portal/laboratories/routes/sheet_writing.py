"""Writing a project sheet together: who leads the laboratory, and the people they named."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, can, current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.sheets import (
    BudgetForm,
    EditorForm,
    IndicatorForm,
    LinksForm,
    PartyForm,
    SheetForm,
)
from portal.laboratories.policies import Clash
from portal.laboratories.queries import LaboratoryDetail, get_laboratory
from portal.laboratories.queries.parties import find_listed_association
from portal.laboratories.queries.sheet_details import (
    BudgetRow,
    IndicatorRow,
    PartyRow,
    SheetDetail,
    get_sheet,
)
from portal.laboratories.queries.sheet_writing import list_editors, list_proposals_to_choose
from portal.laboratories.queries.talk import count_by_section, list_newest_by_section
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.sheets import ONE
from portal.laboratories.routes.talk_places import SECTION_WORDS
from portal.laboratories.services import (
    BudgetContent,
    IndicatorContent,
    LineChangedError,
    LineContent,
    PartyContent,
    SheetClashError,
    line_mark,
)
from portal.laboratories.states import PartyKind
from portal.moderation.letter_texts import MUNICIPALITY
from portal.permissions import Permission
from portal.places.queries import list_place_choices
from portal.registry.queries import get_association

WRITING = f"{ONE}/scrivi"
CONFLICT, INVALID = 409, 422
AnyLineForm = PartyForm | BudgetForm | IndicatorForm
AnyRow = PartyRow | BudgetRow | IndicatorRow


@dataclass(frozen=True)
class _Part:
    """One kind of lines."""

    form: type[AnyLineForm]
    content: type[LineContent]
    rows: str
    """Name of the lines in `SheetDetail`."""


PARTS: Mapping[str, _Part] = {
    "chi": _Part(PartyForm, PartyContent, "parties"),
    "soldi": _Part(BudgetForm, BudgetContent, "budget"),
    "indicatori": _Part(IndicatorForm, IndicatorContent, "indicators"),
}
"""Kinds of lines by their word in addresses."""
_ANY_PART = f"<any({', '.join(PARTS)}):part>"


@laboratories.get(WRITING)
@requires(Permission.SHEET_EDIT)
def edit_sheet(slug: str, sheet_id: int) -> Response:
    """Show the texts to be written, the lines, and what the sheet is linked with."""
    return edit_again(*written_sheet(slug, sheet_id))


@laboratories.post(WRITING)
@requires(Permission.SHEET_EDIT)
@writes
def save_sheet(slug: str, sheet_id: int) -> BaseResponse:
    """Save the texts; where somebody else wrote in the same ones, show both."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    form = SheetForm()
    if not form.validate():
        return _page(laboratory, sheet, form=form, status=INVALID)
    try:
        saved = services.save_sheet(
            actor=current_actor(), sheet_id=sheet.id, version=form.version.data, texts=form.texts
        )
    except SheetClashError as error:
        # What only the others changed comes along; what both did is decided by who saves next.
        for name, text in error.merge.texts.items():
            form[name].data = text
        form.version.data = error.version
        clashes = {clash.name: clash for clash in error.merge.clashes}
        for name in clashes:
            form[name].errors = [
                _(
                    "Somebody else has written in “%(field)s” too: choose what is to stand.",
                    field=form[name].label.text,
                )
            ]
        return _page(laboratory, sheet, form=form, clashes=clashes, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(laboratory, sheet, form=form, status=INVALID)
    if saved.taken:
        flash(_("Saved, together with what others had written in other parts meanwhile."), "yes")
    else:
        flash(_("Saved."), "yes")
    return _to_writing(slug, sheet_id)


@laboratories.get(f"{WRITING}/{_ANY_PART}/nuova")
@requires(Permission.SHEET_EDIT)
def show_new_line(slug: str, sheet_id: int, part: str) -> Response:
    """Show an empty line."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    return _line_page(laboratory, sheet, part, PARTS[part].form(formdata=None))


@laboratories.post(f"{WRITING}/{_ANY_PART}/nuova")
@requires(Permission.SHEET_EDIT)
@writes
def add_line(slug: str, sheet_id: int, part: str) -> BaseResponse:
    """Add a line."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    form = PARTS[part].form()
    if not form.validate():
        return _line_page(laboratory, sheet, part, form, status=INVALID)
    try:
        services.add_line(actor=current_actor(), sheet_id=sheet.id, content=_content(form))
    except RuleBrokenError as error:
        form.take_error(error)
        return _line_page(laboratory, sheet, part, form, status=INVALID)
    flash(_("Saved."), "yes")
    return _to_writing(slug, sheet_id)


@laboratories.get(f"{WRITING}/{_ANY_PART}/<int:line_id>")
@requires(Permission.SHEET_EDIT)
def show_line(slug: str, sheet_id: int, part: str, line_id: int) -> Response:
    """Show a line to be changed."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    row = _row(sheet, part, line_id)
    form = PARTS[part].form(formdata=None, data=_written(row))
    return _line_page(laboratory, sheet, part, form, line_id)


@laboratories.post(f"{WRITING}/{_ANY_PART}/<int:line_id>")
@requires(Permission.SHEET_EDIT)
@writes
def change_line(slug: str, sheet_id: int, part: str, line_id: int) -> BaseResponse:
    """Change a line; where somebody else did, say what it says now."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    form = PARTS[part].form()
    if not form.validate():
        return _line_page(laboratory, sheet, part, form, line_id, status=INVALID)
    try:
        services.change_line(
            actor=current_actor(),
            sheet_id=sheet.id,
            line_id=line_id,
            seen=form.seen.data or "",
            content=_content(form),
        )
    except LineChangedError as error:
        return _line_page(laboratory, sheet, part, form, line_id, changed=error)
    except RuleBrokenError as error:
        form.take_error(error)
        return _line_page(laboratory, sheet, part, form, line_id, status=INVALID)
    flash(_("Saved."), "yes")
    return _to_writing(slug, sheet_id)


@laboratories.post(f"{WRITING}/{_ANY_PART}/<int:line_id>/togli")
@requires(Permission.SHEET_EDIT)
@writes
def remove_line(slug: str, sheet_id: int, part: str, line_id: int) -> BaseResponse:
    """Take a line away, as it was on the page."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    form = PARTS[part].form()
    try:
        services.remove_line(
            actor=current_actor(),
            sheet_id=sheet.id,
            kind=PARTS[part].content,
            line_id=line_id,
            seen=form.seen.data or "",
        )
    except LineChangedError as error:
        form = PARTS[part].form(formdata=None, data=_written(_row(sheet, part, line_id)))
        return _line_page(laboratory, sheet, part, form, line_id, changed=error)
    flash(_("Taken out."), "yes")
    return _to_writing(slug, sheet_id)


@laboratories.post(f"{WRITING}/legami")
@requires(Permission.SHEET_EDIT)
@writes
def link_sheet(slug: str, sheet_id: int) -> BaseResponse:
    """Keep which proposals and places belong to the sheet; what others linked meanwhile stays."""
    laboratory, sheet = written_sheet(slug, sheet_id)
    links = LinksForm()
    _offer(links, laboratory, sheet)
    if not links.validate():
        return edit_again(laboratory, sheet, links=links, status=INVALID)
    actor, (seen_proposals, seen_places) = current_actor(), links.seen
    try:
        services.choose_proposals(
            actor=actor,
            sheet_id=sheet.id,
            seen=seen_proposals,
            chosen=frozenset(links.proposals.data or ()),
        )
    except RuleBrokenError as error:
        links.take_error(error)
        return edit_again(laboratory, sheet, links=links, status=INVALID)
    services.choose_places(
        actor=actor,
        sheet_id=sheet.id,
        seen=seen_places,
        chosen=frozenset(links.places.data or ()),
    )
    flash(_("Saved."), "yes")
    return _to_writing(slug, sheet_id)


def written_sheet(slug: str, sheet_id: int) -> tuple[LaboratoryDetail, SheetDetail]:
    """Return a sheet the person asking may write in; 404 for all others."""
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.SHEET_EDIT, sheet.facts)
    return get_laboratory(slug), sheet


def edit_again(
    laboratory: LaboratoryDetail,
    sheet: SheetDetail,
    *,
    status: int = 200,
    links: LinksForm | None = None,
    editor: EditorForm | None = None,
) -> Response:
    """Return the page of writing as the sheet is, or with one of its other forms refused."""
    written = {"version": sheet.version, "title": sheet.title, "family": sheet.family}
    written |= {**sheet.texts, "contact": sheet.contact}
    form = SheetForm(formdata=None, data=written)
    return _page(laboratory, sheet, form=form, status=status, links=links, editor=editor)


def _page(
    laboratory: LaboratoryDetail,
    sheet: SheetDetail,
    *,
    form: SheetForm,
    status: int = 200,
    links: LinksForm | None = None,
    editor: EditorForm | None = None,
    clashes: Mapping[str, Clash] = MappingProxyType({}),
) -> Response:
    return render_page(
        "laboratories/sheet_form.html",
        status=status,
        laboratory=laboratory,
        sheet=sheet,
        form=form,
        links=links or _links(laboratory, sheet),
        editor=editor or EditorForm(formdata=None),
        editors=list_editors(sheet.id),
        leads=can(Permission.LABORATORY_LEAD, laboratory.facts),
        clashes=clashes,
        comment_counts=count_by_section(current_actor(), sheet.id),
        newest_comments=list_newest_by_section(sheet.id),
        section_pages={
            section: url_for(
                "laboratories.show_sheet", slug=laboratory.slug, sheet_id=sheet.id, sezione=word
            )
            for section, word in SECTION_WORDS.items()
        },
    )


def _links(laboratory: LaboratoryDetail, sheet: SheetDetail) -> LinksForm:
    # What was merged into a chosen proposal comes along with it: it is not chosen itself.
    proposals = [p.id for p in sheet.proposals if p.merged_into_id is None]
    places = [place.id for place in sheet.places]
    written = {
        "proposals": proposals,
        "places": places,
        "seen_proposals": ",".join(map(str, proposals)),
        "seen_places": ",".join(map(str, places)),
    }
    form = LinksForm(formdata=None, data=written)
    _offer(form, laboratory, sheet)
    return form


def _offer(form: LinksForm, laboratory: LaboratoryDetail, sheet: SheetDetail) -> None:
    form.proposals.choices = list_proposals_to_choose(laboratory.id, sheet.id)
    form.places.choices = [(place.id, place.name) for place in list_place_choices()]


def _content(form: AnyLineForm) -> LineContent:
    if not isinstance(form, PartyForm):
        return form.content
    kind = PartyKind(form.kind.data)
    if kind is PartyKind.MUNICIPALITY:
        return form.content_as(MUNICIPALITY, None)
    if kind is not PartyKind.ASSOCIATION:
        return form.content_as(form.name.data, None)
    association_id = find_listed_association(form.association.data or "")
    if association_id is None:
        raise RuleBrokenError(_("Choose the association from the registry."), "association")
    return form.content_as(get_association(association_id).name, association_id)


def _row(sheet: SheetDetail, part: str, line_id: int) -> AnyRow:
    rows: tuple[AnyRow, ...] = getattr(sheet, PARTS[part].rows)
    found = next((row for row in rows if row.id == line_id), None)
    if found is None:
        raise NotFoundError
    return found


def _written(row: AnyRow) -> dict[str, object]:
    written: dict[str, object] = {**vars(row), "seen": line_mark(_said(row))}
    if isinstance(row, PartyRow):
        is_listed = row.kind is PartyKind.ASSOCIATION
        written["association"] = row.name if is_listed else ""
    if isinstance(row, BudgetRow):
        written["amount"] = row.planned_cents
    return written


def _said(row: AnyRow) -> LineContent:
    if isinstance(row, PartyRow):
        return PartyContent(row.kind, row.name, row.does, row.association_id)
    if isinstance(row, BudgetRow):
        return BudgetContent(row.source, row.words, row.planned_cents)
    return IndicatorContent(row.name, row.unit, row.target)


def _line_page(
    laboratory: LaboratoryDetail,
    sheet: SheetDetail,
    part: str,
    form: AnyLineForm,
    line_id: int | None = None,
    *,
    status: int = 200,
    changed: LineChangedError | None = None,
) -> Response:
    if changed is not None and changed.now is not None:
        # Saving once more is then a choice made after reading what it says now.
        form.seen.data = line_mark(changed.now)
    return render_page(
        "laboratories/sheet_line_form.html",
        status=CONFLICT if changed else status,
        laboratory=laboratory,
        sheet=sheet,
        part=part,
        form=form,
        line_id=line_id,
        changed=changed,
    )


def _to_writing(slug: str, sheet_id: int) -> BaseResponse:
    return redirect_after_post(url_for("laboratories.edit_sheet", slug=slug, sheet_id=sheet_id))
