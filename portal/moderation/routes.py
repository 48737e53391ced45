"""The queue of the staff: the list, a case, its decision."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.queries import get_recipient
from portal.core.access import Actor, authorize, can, current_actor, requires
from portal.core.errors import AlreadyDecidedError, DomainError
from portal.core.htmx import push_address, redirect_after_post, render_page, wants_partial
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.unit_of_work import writes
from portal.moderation.forms import DecideForm, VersionForm
from portal.moderation.kinds import case_looks, load_subject
from portal.moderation.queries import (
    CaseRow,
    QueueFilter,
    case_history,
    count_queue,
    find_neighbours,
    get_case_row,
    list_queue,
    next_case,
)
from portal.moderation.services import (
    ask_integration,
    decide_case,
    give_refusal_notice,
    release_case,
    take_case,
)
from portal.moderation.states import CaseAction, CaseKind, CaseState, QueueOrder, QueueView
from portal.permissions import Permission

moderation = Blueprint("moderation", __name__)

# A number no id can have is no address of ours (404, not a refusal of the database).
CASE_ID = f"<int(max={2**63 - 1}):case_id>"
CASE = f"/gestione/coda/{CASE_ID}"


@moderation.get(f"/area-personale/richieste/{CASE_ID}")
@requires(Permission.CASE_READ_OWN)
def show_own_case(case_id: int) -> Response:
    """Show somebody the steps of what they asked for."""
    case = get_case_row(case_id)
    authorize(Permission.CASE_READ_OWN, case)
    return render_page(
        "moderation/own_case_detail.html",
        case=case,
        look=case_looks()[case.kind],
        history=case_history(case_id),
    )


@moderation.get("/gestione/")
@requires(Permission.QUEUE_READ)
def show_desk() -> BaseResponse:
    """Lead to the queue: the staff's desk has nothing else yet."""
    return redirect(url_for("moderation.show_queue"))


@moderation.get("/gestione/coda")
@requires(Permission.QUEUE_READ)
def show_queue() -> Response:
    """Show what waits."""
    return render_page(
        "moderation/case_list.html",
        partial="moderation/_results.html",
        case=None,
        **_queue_context(_wanted()),
    )


@moderation.get(CASE)
@requires(Permission.QUEUE_READ)
def show_case(case_id: int) -> Response:
    """Show one case beside the list it was opened from."""
    case = get_case_row(case_id)
    authorize(Permission.QUEUE_READ, case)
    wanted = _wanted()
    return render_page(
        "moderation/case_detail.html",
        partial="moderation/_desk.html",
        **_queue_context(wanted),
        **_case_context(case, wanted, DecideForm(formdata=None)),
    )


@moderation.get(f"{CASE}/<any(prendi, lascia, decidi):_step>")
@requires(Permission.QUEUE_READ)
def show_case_again(case_id: int, _step: str) -> BaseResponse:
    """Lead a reloaded answer, or a way back from signing in, to the case itself."""
    return redirect(_case_address(case_id, _wanted()))


@moderation.post(f"{CASE}/prendi")
@requires(Permission.CASE_TAKE)
@writes
def take(case_id: int) -> BaseResponse:
    """Take a case in charge."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_TAKE, case)
    form = VersionForm()
    if not form.validate_on_submit():
        return _show_refused(case, status=422, sentence=form.error_list[0][1])
    try:
        take_case(actor=current_actor(), case_id=case_id, version=form.version.data)
    except DomainError as error:
        return _show_refused(get_case_row(case_id), status=409, error=error)
    return _show_done(get_case_row(case_id), _("You have taken this request in charge."))


@moderation.post(f"{CASE}/lascia")
@requires(Permission.CASE_RELEASE)
@writes
def release(case_id: int) -> BaseResponse:
    """Give a case back to nobody."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_RELEASE, case)
    form = VersionForm()
    if not form.validate_on_submit():
        return _show_refused(case, status=422, sentence=form.error_list[0][1])
    try:
        release_case(actor=current_actor(), case_id=case_id, version=form.version.data)
    except DomainError as error:
        return _show_refused(get_case_row(case_id), status=409, error=error)
    return _show_done(get_case_row(case_id), _("This request is nobody’s again."))


@moderation.post(f"{CASE}/decidi")
@requires(Permission.CASE_DECIDE)
@writes
def decide(case_id: int) -> BaseResponse:
    """Decide a case, and go on to the next one of the list."""
    authorize(Permission.QUEUE_READ, case := get_case_row(case_id))
    authorize(Permission.CASE_DECIDE, case)
    form = DecideForm()
    if not form.validate_on_submit():
        return _show_refused(case, status=422, form=form)
    actor, wanted = current_actor(), _wanted()
    following = next_case(actor=actor, wanted=wanted, case_id=case_id)
    try:
        _take_decision(case_id, form)
    except DomainError as error:
        return _show_refused(get_case_row(case_id), status=409, form=form, error=error)
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


def _wanted() -> QueueFilter:
    kind = requested_choice("tipo", set(CaseKind))
    state = requested_choice("stato", set(CaseState))
    return QueueFilter(
        view=QueueView(requested_choice("vista", set(QueueView))),
        kind=CaseKind(kind) if kind else None,
        state=CaseState(state) if state else None,
        text=requested_text(),
        order=QueueOrder(requested_choice("ordina", set(QueueOrder))),
        page=requested_page(),
    )


def _queue_context(wanted: QueueFilter) -> dict[str, Any]:
    actor = current_actor()
    return {
        "wanted": wanted,
        "figures": count_queue(actor=actor),
        "page": list_queue(actor=actor, wanted=wanted),
        "looks": case_looks(),
        "views": list(QueueView),
        "kinds": list(CaseKind),
        "states": list(CaseState),
        "orders": list(QueueOrder),
    }


def _case_context(case: CaseRow, wanted: QueueFilter, form: DecideForm) -> dict[str, Any]:
    actor: Actor = current_actor()
    neighbours = find_neighbours(actor=actor, wanted=wanted, case_id=case.id)
    may_see_contact = can(Permission.CASE_READ_CONTACT)
    return {
        "case": case,
        "look": case_looks()[case.kind],
        "subject": load_subject(case.kind, case.subject_id),
        "email": get_recipient(case.applicant_id).email if may_see_contact else None,
        "history": case_history(case.id),
        "neighbours": neighbours,
        "following": get_case_row(neighbours.next_id) if neighbours.next_id else None,
        "form": form,
        "version": case.version,
    }


def _show_refused(
    case: CaseRow,
    *,
    status: int,
    form: DecideForm | None = None,
    error: DomainError | None = None,
    sentence: object = None,
) -> Response:
    """Show the case as it is now, with what stood in the way and what was typed."""
    wanted = _wanted()
    context = _case_context(case, wanted, form or DecideForm(formdata=None))
    if form is not None and error is None:
        # Only what was typed is wrong: what changed meanwhile is still told at the next try.
        context["version"] = form.version.data
    return render_page(
        "moderation/case_detail.html",
        partial="moderation/_case.html",
        status=status,
        has_changed=isinstance(error, AlreadyDecidedError),
        problem=sentence or (error.sentence if error else None),
        **_queue_context(wanted),
        **context,
    )


def _go_on(decided: CaseRow, following: CaseRow | None, wanted: QueueFilter) -> BaseResponse:
    """Lead from a decision to the next case, or where it was asked to stay."""
    words = _("Decided: “%(title)s”. The reason is on its way to who asked.", title=decided.title)
    if request.form.get("poi") == "qui" or (following is None and wants_partial()):
        return _show_done(decided, words)
    if wants_partial() and following is not None:
        return _show_done(following, words, changed=decided)
    flash(words, "yes")
    if following is None:
        return redirect_after_post(url_for("moderation.show_queue", **_arguments(wanted)))
    return redirect_after_post(_case_address(following.id, wanted))


def _show_done(case: CaseRow, words: str, *, changed: CaseRow | None = None) -> BaseResponse:
    """Show `case` after a step on it, or on `changed`; for HTMX its panel and the rows of both."""
    wanted = _wanted()
    address = _case_address(case.id, wanted)
    if not wants_partial():
        flash(words, "yes")
        return redirect_after_post(address)
    response = render_page(
        "moderation/_case_step.html",
        done=words,
        rows=[case, changed] if changed else [case],
        wanted=wanted,
        looks=case_looks(),
        **_case_context(case, wanted, DecideForm(formdata=None)),
    )
    return push_address(response, address) if changed else response


def _case_address(case_id: int, wanted: QueueFilter) -> str:
    return url_for("moderation.show_case", case_id=case_id, **_arguments(wanted))


def _arguments(wanted: QueueFilter) -> dict[str, Any]:
    return dict(wanted.arguments)
