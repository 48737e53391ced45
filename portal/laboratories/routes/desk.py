"""The desk of who leads laboratories: opening, changing, planning, moving on."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.queries import list_staff
from portal.core.access import authorize, can, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.laboratories import (
    AdvanceForm,
    GoBackForm,
    LaboratoryForm,
    PhasesForm,
)
from portal.laboratories.policies import LaboratoryFacts
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.desk import list_led_laboratories
from portal.laboratories.queries.guards import list_phase_guards
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.services import LaboratoryChangedError, PhaseGuardedError
from portal.laboratories.states import PHASES, Phase
from portal.permissions import Permission, Role
from portal.territory.queries import list_districts

DESK = "/gestione/laboratori/"
INVALID, CONFLICT = 422, 409


def led_laboratory(slug: str) -> LaboratoryDetail:
    """Return a laboratory that the actor leads; 403 for all others."""
    laboratory = queries.get_laboratory(slug)
    authorize(Permission.LABORATORY_LEAD, laboratory.facts)
    return laboratory


@laboratories.get(DESK)
@requires(Permission.LABORATORY_OPEN)
def show_laboratories_desk() -> Response:
    """Show one's laboratories, each with its next step and what is owed."""
    rows = list_led_laboratories(current_actor(), with_archived=True)
    return render_page(
        "laboratories/desk.html",
        rows=[row for row in rows if not row.is_archived],
        archived=[row for row in rows if row.is_archived],
    )


@laboratories.get(f"{DESK}nuovo")
@requires(Permission.LABORATORY_OPEN)
def new_laboratory() -> Response:
    """Show an empty form."""
    renewed = request.args.get("rinnova", "")
    form = LaboratoryForm(formdata=None, data={"answer_days": 30, "renews_id": renewed})
    return _form_page(_with_choices(form))


@laboratories.post(f"{DESK}nuovo")
@requires(Permission.LABORATORY_OPEN)
@writes
def create_laboratory() -> BaseResponse:
    """Open a laboratory in its first phase."""
    form = _with_choices(LaboratoryForm())
    if not form.validate_on_submit():
        return _form_page(form, status=INVALID)
    content = form.content
    authorize(Permission.LABORATORY_LEAD, LaboratoryFacts(0, frozenset(content.district_ids)))
    laboratory = services.create_laboratory(
        actor=current_actor(), content=content, form_key=form.form_key.data
    )
    flash(_("The laboratory is open. Plan its phases: everybody sees the days."), "yes")
    return redirect_after_post(url_for("laboratories.edit_phases", slug=laboratory.slug))


@laboratories.get(f"{DESK}<slug>/")
@requires(Permission.LABORATORY_OPEN)
def show_laboratory_desk(slug: str) -> Response:
    """Show what waits in one laboratory, and what is missing for its next phase."""
    return _desk_page(led_laboratory(slug))


@laboratories.get(f"{DESK}<slug>/modifica")
@requires(Permission.LABORATORY_OPEN)
def edit_laboratory(slug: str) -> Response:
    """Show the form with what is said now."""
    laboratory = led_laboratory(slug)
    form = LaboratoryForm(
        data={
            "title": laboratory.title,
            "summary": laboratory.summary,
            "description": laboratory.description,
            "district_ids": [str(n) for n in sorted(laboratory.facts.district_ids)],
            "answer_days": laboratory.answer_days,
            "architect_id": str(laboratory.architect_id or ""),
            "renews_id": str(laboratory.renews_id or ""),
            "version": laboratory.version,
        }
    )
    return _form_page(_with_choices(form), laboratory)


@laboratories.post(f"{DESK}<slug>/modifica")
@requires(Permission.LABORATORY_OPEN)
@writes
def save_laboratory(slug: str) -> BaseResponse:
    """Change what a laboratory says of itself."""
    laboratory = led_laboratory(slug)
    form = _with_choices(LaboratoryForm())
    if not form.validate_on_submit():
        return _form_page(form, laboratory, status=INVALID)
    content = form.content
    authorize(
        Permission.LABORATORY_LEAD, LaboratoryFacts(laboratory.id, frozenset(content.district_ids))
    )
    try:
        services.change_laboratory(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            version=form.version.data,
            content=content,
        )
    except LaboratoryChangedError:
        # Saving once more is then a choice made with open eyes.
        form.version.data = laboratory.version
        return _form_page(form, laboratory, status=CONFLICT, is_changed=True)
    flash(_("Saved."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratory_desk", slug=slug))


@laboratories.get(f"{DESK}<slug>/fasi")
@requires(Permission.LABORATORY_OPEN)
def edit_phases(slug: str) -> Response:
    """Show the phases with their days, names, and what each allows."""
    laboratory = led_laboratory(slug)
    return _phases_page(PhasesForm.filled(laboratory.phases, laboratory.version), laboratory)


@laboratories.post(f"{DESK}<slug>/fasi")
@requires(Permission.LABORATORY_OPEN)
@writes
def save_phases(slug: str) -> BaseResponse:
    """Write the phases of a laboratory."""
    laboratory, form = led_laboratory(slug), PhasesForm()
    if not form.validate_on_submit():
        return _phases_page(form, laboratory, status=INVALID)
    try:
        services.set_phases(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            version=form.version.data,
            plans=form.plans,
        )
    except LaboratoryChangedError:
        form.version.data = laboratory.version
        return _phases_page(form, laboratory, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _phases_page(form, laboratory, status=INVALID)
    flash(_("The phases are saved: the page of the laboratory shows them."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratory_desk", slug=slug))


@laboratories.post(f"{DESK}<slug>/avanza")
@requires(Permission.LABORATORY_OPEN)
@writes
def advance_phase(slug: str) -> BaseResponse:
    """Move a laboratory on, or say everything that is missing."""
    laboratory, form = led_laboratory(slug), AdvanceForm()
    try:
        services.advance_phase(
            actor=current_actor(), laboratory_id=laboratory.id, version=form.version.data
        )
    except (PhaseGuardedError, LaboratoryChangedError) as error:
        return _desk_page(led_laboratory(slug), status=CONFLICT, problem=error.sentence)
    flash(_("The laboratory has moved on."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratory_desk", slug=slug))


@laboratories.post(f"{DESK}<slug>/indietro")
@requires(Permission.LABORATORY_OPEN)
@writes
def go_back_a_phase(slug: str) -> BaseResponse:
    """Move a laboratory back, with the reason."""
    laboratory, form = led_laboratory(slug), GoBackForm()
    if not form.validate_on_submit():
        return _desk_page(laboratory, status=INVALID, back_form=form)
    try:
        services.go_back(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            version=form.version.data,
            reason=form.reason.data,
        )
    except LaboratoryChangedError as error:
        form.version.data = laboratory.version
        return _desk_page(laboratory, status=CONFLICT, problem=error.sentence, back_form=form)
    flash(_("The laboratory has gone back to the phase before."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratory_desk", slug=slug))


@laboratories.post(f"{DESK}<slug>/chiudi")
@requires(Permission.LABORATORY_OPEN)
@writes
def archive_laboratory(slug: str) -> BaseResponse:
    """Close a laboratory for good; its pages stay."""
    laboratory = led_laboratory(slug)
    services.archive_laboratory(actor=current_actor(), laboratory_id=laboratory.id)
    flash(_("The laboratory is closed. Its pages stay to be read."), "yes")
    return redirect_after_post(url_for("laboratories.show_laboratories_desk"))


def _with_choices(form: LaboratoryForm) -> LaboratoryForm:
    """Offer an architect her own districts, staff all of them."""
    actor = current_actor()
    leads_all = can(Permission.LABORATORY_LEAD, LaboratoryFacts(0, frozenset()))
    form.offer(
        districts=[
            (d.id, d.name) for d in list_districts() if leads_all or d.id in actor.district_ids
        ],
        leaders=[
            (person.id, person.name)
            for person in list_staff()
            if any(held.role is Role.ARCHITECT for held in person.roles)
        ],
        agreements=queries.list_renewable_agreements(),
    )
    return form


def _form_page(
    form: LaboratoryForm,
    laboratory: LaboratoryDetail | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/laboratory_form.html",
        status=status,
        form=form,
        laboratory=laboratory,
        is_changed=is_changed,
    )


def _phases_page(
    form: PhasesForm, laboratory: LaboratoryDetail, *, status: int = 200, is_changed: bool = False
) -> Response:
    known = [phase.kind for phase in laboratory.phases]
    order: list[Phase] = [*known, *(kind for kind in PHASES if kind not in known)]
    return render_page(
        "laboratories/phases_form.html",
        status=status,
        form=form,
        laboratory=laboratory,
        kinds=order,
        is_changed=is_changed,
    )


def _desk_page(
    laboratory: LaboratoryDetail,
    *,
    status: int = 200,
    problem: object = None,
    back_form: GoBackForm | None = None,
) -> Response:
    version = str(laboratory.version)
    [row] = list_led_laboratories(current_actor(), slug=laboratory.slug)
    return render_page(
        "laboratories/laboratory_desk.html",
        status=status,
        laboratory=laboratory,
        row=row,
        guards=list_phase_guards(laboratory.id, laboratory.phase),
        problem=problem,
        advance_form=AdvanceForm(formdata=None, version=version),
        back_form=back_form or GoBackForm(formdata=None, version=version),
        form=PortalForm(formdata=None),
    )
