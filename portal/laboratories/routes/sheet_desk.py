"""Project sheets at the desk: starting one, naming who writes, sharing and withdrawing."""

from collections.abc import Callable, Mapping

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.credentials import normalise_email
from portal.core.access import authorize, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.sheets import EditorForm, StartSheetForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.sheet_details import SheetDetail, get_sheet
from portal.laboratories.queries.sheet_writing import list_editor_names, list_linkable_proposals
from portal.laboratories.queries.sheets import list_all_sheets
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import led_laboratory
from portal.laboratories.routes.sheet_writing import edit_again
from portal.laboratories.states import SheetFamily
from portal.permissions import Permission

DESK = "/gestione/laboratori/<slug>/schede/"
ONE = f"{DESK}<int:sheet_id>"
INVALID = 422

STEPS: Mapping[str, Callable[..., object]] = {
    "condividi": services.share_sheet,
    "togli-dalla-condivisione": services.unshare_sheet,
    "ritira": services.withdraw_sheet,
}
"""What a button does with a sheet, by the end of its address."""


@laboratories.get(DESK)
@requires(Permission.LABORATORY_LEAD)
def list_sheets_desk(slug: str) -> Response:
    """Show every sheet of a laboratory, and who writes in it."""
    laboratory = led_laboratory(slug)
    return render_page(
        "laboratories/sheet_desk_list.html",
        laboratory=laboratory,
        sheets=list_all_sheets(laboratory.id),
        editors=list_editor_names(laboratory.id),
    )


@laboratories.get(f"{DESK}nuova")
@requires(Permission.LABORATORY_LEAD)
def new_sheet(slug: str) -> Response:
    """Ask what the sheet is called and which proposals it comes from."""
    laboratory = led_laboratory(slug)
    return _start_page(laboratory, StartSheetForm(formdata=None))


@laboratories.post(f"{DESK}nuova")
@requires(Permission.LABORATORY_LEAD)
@writes
def start_sheet(slug: str) -> BaseResponse:
    """Start a sheet."""
    laboratory = led_laboratory(slug)
    form = StartSheetForm()
    _offer(form, laboratory)
    if not form.validate():
        return _start_page(laboratory, form, status=INVALID)
    try:
        sheet = services.start_sheet(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            title=form.title.data,
            family=SheetFamily(form.family.data),
            proposal_ids=form.proposals.data or [],
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _start_page(laboratory, form, status=INVALID)
    return redirect_after_post(url_for("laboratories.edit_sheet", slug=slug, sheet_id=sheet.id))


@laboratories.post(f"{ONE}/<any({', '.join(repr(step) for step in STEPS)}):step>")
@requires(Permission.LABORATORY_LEAD)
@writes
def take_sheet_step(slug: str, sheet_id: int, step: str) -> BaseResponse:
    """Share a sheet, take it back, or give it up."""
    laboratory, sheet = _led_sheet(slug, sheet_id)
    try:
        STEPS[step](actor=current_actor(), sheet_id=sheet.id)
    except RuleBrokenError as error:
        flash(error.sentence, "no")
        return redirect_after_post(
            url_for("laboratories.edit_sheet", slug=laboratory.slug, sheet_id=sheet.id)
        )
    flash(_("Done."), "yes")
    return redirect_after_post(url_for("laboratories.list_sheets_desk", slug=laboratory.slug))


@laboratories.post(f"{ONE}/chi-scrive")
@requires(Permission.LABORATORY_LEAD)
@writes
def add_sheet_editor(slug: str, sheet_id: int) -> BaseResponse:
    """Let somebody write in the sheet."""
    laboratory, sheet = _led_sheet(slug, sheet_id)
    form = EditorForm()
    if not form.validate():
        return edit_again(laboratory, sheet, editor=form, status=INVALID)
    try:
        services.add_editor(
            actor=current_actor(), sheet_id=sheet.id, email=_address(form.email.data)
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return edit_again(laboratory, sheet, editor=form, status=INVALID)
    flash(_("They can write in the sheet now, and have been told."), "yes")
    return _to_writing(slug, sheet_id)


@laboratories.post(f"{ONE}/chi-scrive/<int:user_id>/togli")
@requires(Permission.LABORATORY_LEAD)
@writes
def remove_sheet_editor(slug: str, sheet_id: int, user_id: int) -> BaseResponse:
    """Let somebody no longer write in the sheet; what they wrote stays."""
    _laboratory, sheet = _led_sheet(slug, sheet_id)
    services.remove_editor(actor=current_actor(), sheet_id=sheet.id, user_id=user_id)
    flash(_("Done: what they wrote stays."), "yes")
    return _to_writing(slug, sheet_id)


def _led_sheet(slug: str, sheet_id: int) -> tuple[LaboratoryDetail, SheetDetail]:
    laboratory = led_laboratory(slug)
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.SHEET_EDIT, sheet.facts)
    return laboratory, sheet


def _address(text: str) -> str:
    try:
        return normalise_email(text)
    except ValueError:
        # Nobody has an address that is none.
        return text


def _offer(form: StartSheetForm, laboratory: LaboratoryDetail) -> None:
    form.proposals.choices = [
        (proposal.id, proposal.title) for proposal in list_linkable_proposals(laboratory.id)
    ]


def _start_page(
    laboratory: LaboratoryDetail, form: StartSheetForm, *, status: int = 200
) -> Response:
    if form.proposals.choices == []:
        _offer(form, laboratory)
    return render_page(
        "laboratories/sheet_start_form.html", status=status, laboratory=laboratory, form=form
    )


def _to_writing(slug: str, sheet_id: int) -> BaseResponse:
    return redirect_after_post(url_for("laboratories.edit_sheet", slug=slug, sheet_id=sheet_id))
