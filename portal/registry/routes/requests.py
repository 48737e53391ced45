"""Ask to be included: the service card, the steps, the summary, and what becomes of it."""

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.extensions import limiter
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.text import without_forbidden_characters
from portal.core.unit_of_work import writes
from portal.moderation.own_procedure import own_procedure
from portal.moderation.queries import case_history
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import (
    STEP_FORMS,
    ConfirmForm,
    RequestDocumentsForm,
    RequestStepForm,
    SendRequestForm,
)
from portal.registry.queries import (
    RequestDetail,
    find_listed_association,
    find_request_under_way,
    get_request,
    has_open_request_of_another,
    list_activity_areas,
)
from portal.registry.request_gaps import fingerprint
from portal.registry.routes import registry
from portal.registry.states import RequestState, RequestStep
from portal.registry.tax_code import clean_tax_code, find_tax_code_problem
from portal.registry.tax_code_answer import answer_tax_code
from portal.territory.queries import list_districts, list_municipalities

STEP = f"/registro/richiesta/<any({', '.join(RequestStep)}):step>"
SUMMARY = "/registro/richiesta/riepilogo"
CHECKS_PER_PERSON = "60 per minute"
"""One every second: a person types a code in ten. Enough to see none of it as a list."""
LONGEST_CODE = 40
"""Of what is looked at: a code has 16 characters, and people put spaces between them."""
_LEAVES_GAPS = frozenset({"dopo", "altra", "qui"})
"""Buttons that save what is there; only going on asks for the rest."""
# A number no id can have is no address of ours (404, not a refusal of the database).
REQUEST = "/registro/richieste/<int:request_id>"


@registry.get("/registro/richiesta")
@requires(Permission.PORTAL_READ)
def start_request() -> Response:
    """Say who may ask, what is needed and how long it takes; everybody can read that."""
    actor = current_actor()
    under_way = find_request_under_way(actor.account_id) if actor.is_signed_in else None
    return render_page(
        "registry/request_start.html",
        under_way=under_way,
        # A form gives its reader a session, and a visitor has no use for one.
        form=ConfirmForm(formdata=None) if under_way else None,
    )


@registry.get(STEP)
@requires(Permission.ASSOCIATION_REQUEST)
def edit_request_step(step: str) -> BaseResponse:
    """Show one step of my request."""
    under_way = find_request_under_way(current_actor().account_id)
    if under_way is not None and under_way.state is RequestState.SUBMITTED:
        return redirect(url_for("registry.show_request", request_id=under_way.id))
    form = _step_form(RequestStep(step), under_way)
    form.seen.data = fingerprint(form.step, under_way)
    return render_page("registry/request_form.html", **_step_context(form, under_way))


@registry.post(STEP)
@requires(Permission.ASSOCIATION_REQUEST)
@writes
def save_request_step(step: str) -> BaseResponse:
    """Keep one step and go on to the next, or to my summary."""
    under_way = find_request_under_way(current_actor().account_id)
    form = _step_form(RequestStep(step), under_way)
    button = request.form.get("poi", "")
    is_whole = button not in _LEAVES_GAPS
    is_valid = form.validate_on_submit() if is_whole else form.validate_what_is_there()
    listed = find_listed_association(form.values.get("tax_code")) if is_valid else None
    if listed is not None:
        form.take_error(RuleBrokenError(services.ALREADY_LISTED, "tax_code"))
    if is_valid and listed is None:
        try:
            _save(form)
            return _go_on(form, button)
        except services.StepChangedError as error:
            form.form_errors.append(error.sentence)
            form.seen.data = fingerprint(form.step, under_way)
    return invalid_form(
        "registry/request_form.html", listed=listed, **_step_context(form, under_way)
    )


@registry.get("/registro/richiesta/codice")
@requires(Permission.ASSOCIATION_REQUEST)
@limiter.limit(CHECKS_PER_PERSON, key_func=lambda: f"account:{current_actor().account_id}")
def check_tax_code() -> Response:
    """Say while a tax code is typed whether it is right and whether we know the association."""
    code = clean_tax_code(request.args.get("tax_code", "")[:LONGEST_CODE])
    problem = find_tax_code_problem(code)
    listed = find_listed_association(code) if problem is None else None
    is_asked = problem is None and has_open_request_of_another(
        code, user_id=current_actor().account_id
    )
    return render_page(
        "registry/code_check.html",
        partial="registry/_code.html",
        code=without_forbidden_characters(code),
        answer=answer_tax_code(problem, is_listed=listed is not None, is_asked_by_another=is_asked),
        problem=problem,
        listed=listed,
    )


@registry.post("/registro/richiesta/scarta")
@requires(Permission.ASSOCIATION_REQUEST)
@writes
def discard_draft() -> BaseResponse:
    """Throw my draft away."""
    services.discard_draft(actor=current_actor())
    flash(_("The draft is gone. Nothing of it has been kept."), "yes")
    return redirect_after_post(url_for("registry.start_request"))


@registry.get(SUMMARY)
@requires(Permission.ASSOCIATION_REQUEST)
def show_request_summary() -> BaseResponse:
    """Show on one screen what I am about to hand in."""
    under_way = find_request_under_way(current_actor().account_id)
    if under_way is None:
        return redirect(url_for("registry.start_request"))
    if under_way.state is RequestState.SUBMITTED:
        return redirect(url_for("registry.show_request", request_id=under_way.id))
    return _summary(under_way, SendRequestForm(formdata=None))


@registry.post(SUMMARY)
@requires(Permission.ASSOCIATION_REQUEST)
@writes
def send_request() -> BaseResponse:
    """Hand my request in."""
    actor = current_actor()
    form = SendRequestForm()
    under_way = find_request_under_way(actor.account_id)
    if under_way is None:
        return redirect_after_post(url_for("registry.start_request"))
    if not form.validate():
        return _summary(under_way, form, status=422)
    try:
        sent = services.submit_request(actor=actor, note=form.note.data or "")
    except (services.IncompleteRequestError, RuleBrokenError) as error:
        form.form_errors.append(error.sentence)
        return _summary(under_way, form, status=422)
    return redirect_after_post(url_for("registry.show_request", request_id=sent.id))


@registry.get(REQUEST)
@requires(Permission.ASSOCIATION_REQUEST)
def show_request(request_id: int) -> BaseResponse:
    """Show where my request is: the receipt, the steps, what to do next."""
    shown = get_request(request_id)
    authorize(Permission.ASSOCIATION_REQUEST, shown)
    if shown.case is None:
        return redirect(url_for("registry.show_request_summary"))
    history = case_history(shown.case.id)
    return render_page(
        "registry/request_detail.html",
        request_row=shown,
        history=history,
        form=ConfirmForm(formdata=None),
        **own_procedure(shown.case, history=history),
    )


@registry.post(f"{REQUEST}/ritira")
@requires(Permission.ASSOCIATION_REQUEST)
@writes
def withdraw_request(request_id: int) -> BaseResponse:
    """Take my request back."""
    authorize(Permission.ASSOCIATION_REQUEST, get_request(request_id))
    services.withdraw_request(actor=current_actor(), request_id=request_id)
    flash(_("You have withdrawn the request."), "yes")
    return redirect_after_post(url_for("registry.show_request", request_id=request_id))


def _save(form: RequestStepForm) -> None:
    actor = current_actor()
    if isinstance(form, RequestDocumentsForm):
        services.save_request_documents(actor=actor, uploads=form.uploads)
        return
    services.save_request_step(actor=actor, step=form.step, values=form.values, seen=form.seen.data)


def _go_on(form: RequestStepForm, button: str) -> BaseResponse:
    """Go where the button says: the same step, the card, or the next step."""
    address = url_for("registry.edit_request_step", step=form.step)
    if button == "altra":
        filled = len(form.values.get("officers", ()))
        return redirect_after_post(f"{address}?persone={filled + 1}#officers-{filled}-name")
    if button == "qui":
        flash(_("Saved: add another one, or go on."), "yes")
        return redirect_after_post(address)
    if button == "dopo":
        flash(_("Your draft is safe: you find it here and in your personal area."), "yes")
        return redirect_after_post(url_for("registry.start_request"))
    return redirect_after_post(_next_address(form.step))


def _step_form(step: RequestStep, under_way: RequestDetail | None) -> RequestStepForm:
    form = STEP_FORMS[step](obj=under_way)
    form.offer(
        municipalities=list_municipalities(),
        districts=list_districts(),
        areas=list_activity_areas(),
        documents=under_way.document_kinds if under_way else (),
    )
    return form


def _step_context(form: RequestStepForm, under_way: RequestDetail | None) -> dict[str, Any]:
    steps = list(RequestStep)
    number = steps.index(form.step)
    return {
        "form": form,
        "step": form.step,
        "steps": steps,
        "number": number + 1,
        "previous_step": steps[number - 1] if number else None,
        "under_way": under_way,
        "rows_wanted": request.args.get("persone", 0, type=int),
    }


def _next_address(step: RequestStep) -> str:
    """The next step while something is missing; the summary once all is there, or at the end."""
    under_way = find_request_under_way(current_actor().account_id)
    steps = list(RequestStep)
    is_last = step is steps[-1]
    if is_last or (under_way is not None and not under_way.incomplete_steps):
        return url_for("registry.show_request_summary")
    return url_for("registry.edit_request_step", step=steps[steps.index(step) + 1])


def _summary(under_way: RequestDetail, form: SendRequestForm, *, status: int = 200) -> Response:
    return render_page(
        "registry/request_summary.html",
        status=status,
        request_row=under_way,
        listed=find_listed_association(under_way.tax_code),
        form=form,
        steps=list(RequestStep),
    )
