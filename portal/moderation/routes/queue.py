"""The queue of the staff: the list, a case, its decision."""

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import DomainError
from portal.core.htmx import redirect_after_post, render_page, wants_partial
from portal.core.unit_of_work import writes
from portal.moderation.forms import DecideForm, VersionForm
from portal.moderation.queries import CaseRow, QueueFilter, get_case_row, next_case
from portal.moderation.routes import CASE, moderation
from portal.moderation.routes.case_pages import (
    case_address,
    desk_context,
    panel_forms,
    queue_arguments,
    queue_context,
    show_done,
    show_refused,
    wanted_queue,
)
from portal.moderation.services import (
    ask_integration,
    decide_case,
    give_refusal_notice,
    release_case,
    take_case,
)
from portal.moderation.states import CaseAction
from portal.permissions import Permission


@moderation.get("/gestione/coda")
@requires(Permission.QUEUE_READ)
def show_queue() -> Response:
    """Show what waits."""
    return render_page(
        "moderation/case_list.html",
        partial="moderation/_results.html",
        case=None,
        **queue_context(wanted_queue()),
    )


@moderation.get(CASE)
@requires(Permission.QUEUE_READ)
def show_case(case_id: int) -> Response:
    """Show one case beside the list it was opened from."""
    case = get_case_row(case_id)
    authorize(Permission.QUEUE_READ, case)
    wanted = wanted_queue()
    return render_page(
        "moderation/case_detail.html",
        partial="moderation/_desk.html",
        **desk_context(case, wanted, panel_forms()),
    )


@moderation.get(f"{CASE}/<any(prendi, lascia, decidi, scrivi, nota):_step>")
@requires(Permission.QUEUE_READ)
def show_case_again(case_id: int, _step: str) -> BaseResponse:
    """Lead a reloaded answer, or a way back from signing in, to the case itself."""
    return redirect(case_address(case_id, wanted_queue()))


@moderation.post(f"{CASE}/prendi")
@requires(Permission.CASE_TAKE)
@writes
def take(case_id: int) -> BaseResponse:
    """Take a case in charge."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_TAKE, case)
    form = VersionForm()
    if not form.validate_on_submit():
        return show_refused(case, status=422, sentence=form.error_list[0][1])
    try:
        take_case(actor=current_actor(), case_id=case_id, version=form.version.data)
    except DomainError as error:
        return show_refused(get_case_row(case_id), status=409, error=error)
    return show_done(get_case_row(case_id), _("You have taken this request in charge."))


@moderation.post(f"{CASE}/lascia")
@requires(Permission.CASE_RELEASE)
@writes
def release(case_id: int) -> BaseResponse:
    """Give a case back to nobody."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_RELEASE, case)
    form = VersionForm()
    if not form.validate_on_submit():
        return show_refused(case, status=422, sentence=form.error_list[0][1])
    try:
        release_case(actor=current_actor(), case_id=case_id, version=form.version.data)
    except DomainError as error:
        return show_refused(get_case_row(case_id), status=409, error=error)
    return show_done(get_case_row(case_id), _("This request is nobody’s again."))


@moderation.post(f"{CASE}/decidi")
@requires(Permission.CASE_DECIDE)
@writes
def decide(case_id: int) -> BaseResponse:
    """Decide a case, and go on to the next one of the list."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_DECIDE, case)
    form = DecideForm()
    if not form.validate_on_submit():
        return show_refused(case, status=422, forms=panel_forms(decide=form))
    actor, wanted = current_actor(), wanted_queue()
    following = next_case(actor=actor, wanted=wanted, case_id=case_id)
    try:
        _take_decision(case_id, form)
    except DomainError as error:
        return show_refused(
            get_case_row(case_id), status=409, forms=panel_forms(decide=form), error=error
        )
    return _go_on(get_case_row(case_id), following, wanted)


def _take_decision(case_id: int, form: DecideForm) -> None:
    """Do what was decided; asking and telling leave the case open, the rest ends it."""
    action, actor, version = CaseAction(form.decision.data), current_actor(), form.version.data
    if action is CaseAction.ASK_INTEGRATION:
        ask_integration(actor=actor, case_id=case_id, version=version, text=form.reason.data)
    elif action is CaseAction.GIVE_NOTICE:
        give_refusal_notice(actor=actor, case_id=case_id, version=version, text=form.reason.data)
    else:
        decide_case(
            actor=actor,
            case_id=case_id,
            version=version,
            action=action,
            reason=form.reason.data,
            observations_answer=form.observations_answer.data or None,
        )


def _go_on(decided: CaseRow, following: CaseRow | None, wanted: QueueFilter) -> BaseResponse:
    """Lead from a decision to the next case, or where it was asked to stay."""
    words = _("Decided: “%(title)s”. The reason is on its way to who asked.", title=decided.title)
    if request.form.get("poi") == "qui" or (following is None and wants_partial()):
        return show_done(decided, words)
    if wants_partial() and following is not None:
        return show_done(following, words, changed=decided)
    flash(words, "yes")
    if following is None:
        return redirect_after_post(url_for("moderation.show_queue", **queue_arguments(wanted)))
    return redirect_after_post(case_address(following.id, wanted))
