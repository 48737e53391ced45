"""What a sheet opens, at the desk: written from it, tied to it or untied."""

from dataclasses import asdict

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.chain import services
from portal.chain.forms import (
    OpenInitiativeForm,
    OpenProjectForm,
    StepForm,
    TieForm,
    written_initiative_of_sheet,
    written_of_sheet,
)
from portal.chain.policies import find_opening_refusal
from portal.chain.queries import desk as queries
from portal.chain.routes.blueprint import chain
from portal.chain.services.openings import HISTORY
from portal.core.access import authorize, can, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.history import list_history
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.openings import OpeningKind
from portal.laboratories.queries import get_laboratory
from portal.laboratories.queries.openings import load_openings
from portal.laboratories.queries.sheet_details import SheetDetail, get_sheet
from portal.permissions import Permission
from portal.places.policies import cared_scope
from portal.places.queries import list_place_choices
from portal.places.queries.initiatives import filter_cared
from portal.territory.queries import list_districts
from portal.volunteering.queries import list_programme_choices

DESK = "/gestione/laboratori/<slug>/schede/<int:sheet_id>/aperture"
INVALID, CONFLICT = 422, 409


@chain.get(DESK)
@requires(Permission.OPENING_OPEN)
def list_openings(slug: str, sheet_id: int) -> Response:
    """Show what a sheet has opened, drafts too, and what can be opened."""
    return _desk_page(slug, _led_sheet(slug, sheet_id))


@chain.get(f"{DESK}/nuovo")
@requires(Permission.OPENING_OPEN)
def new_project(slug: str, sheet_id: int) -> BaseResponse:
    """Show the form of a project with what the sheet says."""
    sheet = _led_sheet(slug, sheet_id)
    if find_opening_refusal(queries.get_opening_facts(sheet.id)) is not None:
        return redirect_after_post(_address(slug, sheet_id))
    start = queries.find_starting_point(sheet, list_districts())
    data = written_of_sheet(sheet.title, sheet.texts, asdict(start))
    return _form_page(slug, sheet, _offered(OpenProjectForm(formdata=None, data=data), sheet))


@chain.post(f"{DESK}/nuovo")
@requires(Permission.OPENING_OPEN)
@writes
def open_project(slug: str, sheet_id: int) -> BaseResponse:
    """Write the draft of a project from a sheet."""
    sheet = _led_sheet(slug, sheet_id)
    form = _offered(OpenProjectForm(), sheet)
    if not form.validate():
        return _form_page(slug, sheet, form, status=INVALID)
    try:
        services.open_project(
            actor=current_actor(),
            sheet_id=sheet.id,
            form_key=form.form_key.data,
            programme_id=form.chosen_programme,
            content=form.content,
        )
    except services.CannotOpenError:
        return _desk_page(slug, sheet, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(slug, sheet, form, status=INVALID)
    flash(_("The draft is saved: the office of R+ plans its shifts and publishes it."), "yes")
    return redirect_after_post(_address(slug, sheet_id))


@chain.get(f"{DESK}/nuova-iniziativa")
@requires(Permission.OPENING_OPEN)
def new_initiative(slug: str, sheet_id: int) -> BaseResponse:
    """Show the form of an initiative with what the sheet says."""
    sheet = _led_sheet(slug, sheet_id)
    if find_opening_refusal(queries.get_opening_facts(sheet.id)) is not None:
        return redirect_after_post(_address(slug, sheet_id))
    start = asdict(queries.find_starting_point(sheet, list_districts()))
    partners = queries.list_partners(sheet)
    data = written_initiative_of_sheet(sheet.title, sheet.texts, start, partners)
    return _initiative_page(slug, sheet, _for_places(OpenInitiativeForm(None, data=data), sheet))


@chain.post(f"{DESK}/nuova-iniziativa")
@requires(Permission.OPENING_OPEN)
@writes
def open_initiative(slug: str, sheet_id: int) -> BaseResponse:
    """Write the draft of an initiative from a sheet."""
    sheet = _led_sheet(slug, sheet_id)
    form = _for_places(OpenInitiativeForm(), sheet)
    if not form.validate():
        return _initiative_page(slug, sheet, form, status=INVALID)
    try:
        initiative = services.open_initiative(
            actor=current_actor(),
            sheet_id=sheet.id,
            form_key=form.form_key.data,
            place_id=form.chosen_place,
            content=form.content,
        )
    except services.CannotOpenError:
        return _desk_page(slug, sheet, status=CONFLICT)
    if filter_cared([initiative.id], cared_scope(current_actor())):
        flash(_("The draft is saved. Now say when it takes place, then publish it."), "yes")
        return redirect_after_post(
            url_for(
                "places.show_initiative_desk",
                slug=initiative.place.slug,
                initiative_id=initiative.id,
            )
        )
    flash(_("The draft is saved: who runs the place says when, and publishes it."), "yes")
    return redirect_after_post(_address(slug, sheet_id))


@chain.post(f"{DESK}/lega")
@requires(Permission.OPENING_TIE)
@writes
def tie_opening(slug: str, sheet_id: int) -> BaseResponse:
    """Tie a project or an initiative that is there already to a sheet."""
    sheet = _led_sheet(slug, sheet_id)
    form = TieForm()
    form.offer(queries.list_free_choices())
    if not form.validate():
        return _desk_page(slug, sheet, form, status=INVALID)
    kind, thing_id = form.chosen
    try:
        services.tie_opening(actor=current_actor(), sheet_id=sheet.id, kind=kind, thing_id=thing_id)
    except services.CannotOpenError:
        return _desk_page(slug, sheet, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _desk_page(slug, sheet, form, status=INVALID)
    flash(_("Tied to the sheet: both pages say so."), "yes")
    return redirect_after_post(_address(slug, sheet_id))


@chain.post(f"{DESK}/<any(project, initiative):opened>/<int:thing_id>/slega")
@requires(Permission.OPENING_TIE)
@writes
def untie_opening(slug: str, sheet_id: int, opened: str, thing_id: int) -> BaseResponse:
    """Say that something does not come from a sheet after all."""
    sheet = _led_sheet(slug, sheet_id)
    services.untie_opening(
        actor=current_actor(), sheet_id=sheet.id, kind=OpeningKind(opened), thing_id=thing_id
    )
    flash(_("Done: it stays, and the sheet no longer counts it."), "yes")
    return redirect_after_post(_address(slug, sheet_id))


def _led_sheet(slug: str, sheet_id: int) -> SheetDetail:
    sheet = get_sheet(slug, sheet_id)
    authorize(Permission.OPENING_OPEN, sheet.facts)
    return sheet


def _address(slug: str, sheet_id: int) -> str:
    return url_for("chain.list_openings", slug=slug, sheet_id=sheet_id)


def _offered(form: OpenProjectForm, sheet: SheetDetail) -> OpenProjectForm:
    form.offer(list_programme_choices(), list_districts())
    form.offer_of_sheet(list_place_choices(), queries.list_partners(sheet))
    return form


def _for_places(form: OpenInitiativeForm, sheet: SheetDetail) -> OpenInitiativeForm:
    form.offer_of_sheet(list_place_choices(), queries.list_partners(sheet))
    return form


def _initiative_page(
    slug: str, sheet: SheetDetail, form: OpenInitiativeForm, *, status: int = 200
) -> Response:
    return render_page(
        "chain/initiative_form.html",
        status=status,
        laboratory=get_laboratory(slug),
        sheet=sheet,
        form=form,
    )


def _form_page(
    slug: str, sheet: SheetDetail, form: OpenProjectForm, *, status: int = 200
) -> Response:
    return render_page(
        "chain/project_form.html",
        status=status,
        laboratory=get_laboratory(slug),
        sheet=sheet,
        form=form,
    )


def _desk_page(
    slug: str, sheet: SheetDetail, tying: TieForm | None = None, *, status: int = 200
) -> Response:
    if tying is None and can(Permission.OPENING_TIE):
        tying = TieForm(formdata=None)
        tying.offer(queries.list_free_choices())
    openings = load_openings([sheet.id], with_prepared=True).of(sheet.id)
    initiatives = [row.id for row in openings.rows if row.kind is OpeningKind.INITIATIVE]
    return render_page(
        "chain/opening_list.html",
        status=status,
        laboratory=get_laboratory(slug),
        sheet=sheet,
        openings=openings,
        cared=filter_cared(initiatives, cared_scope(current_actor())),
        refusal=find_opening_refusal(queries.get_opening_facts(sheet.id)),
        tying=tying,
        untying=StepForm(formdata=None),
        history=list_history(subject_kind=HISTORY, subject_id=sheet.id),
    )
