"""What applicants see of a case and do with it: follow, write, complete, observe."""

from collections.abc import Callable

from flask import Response, flash
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import DomainError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.forms import AnswerForm, MessageForm
from portal.moderation.kinds import case_looks, own_page
from portal.moderation.own_procedure import own_procedure
from portal.moderation.queries import CaseRow, case_history, get_case_row
from portal.moderation.routes import OWN_CASE, moderation
from portal.moderation.services import send_observations, supply_integration, write_message
from portal.permissions import Permission


@moderation.get(OWN_CASE)
@requires(Permission.CASE_READ_OWN)
def show_own_case(case_id: int) -> Response:
    """Show somebody the steps of what they asked for."""
    case = get_case_row(case_id)
    authorize(Permission.CASE_READ_OWN, case)
    return _show(case)


@moderation.post(f"{OWN_CASE}/scrivi")
@requires(Permission.CASE_ANSWER_OWN)
@writes
def write_to_office(case_id: int) -> BaseResponse:
    """Write to the office about my request."""
    case = get_case_row(case_id)
    authorize(Permission.CASE_ANSWER_OWN, case)
    form = MessageForm()
    if not form.validate_on_submit():
        return _show(case, status=422, message_form=form)
    write_message(
        actor=current_actor(),
        case_id=case_id,
        body=form.message.data,
        uploads=form.message_documents.data,
        is_from_office=False,
    )
    flash(_("Sent: the office reads it with your request."), "yes")
    return redirect_after_post(own_page(case))


@moderation.post(f"{OWN_CASE}/integra")
@requires(Permission.CASE_ANSWER_OWN)
@writes
def supply(case_id: int) -> BaseResponse:
    """Send what was missing."""
    sent = _("Sent: the time to answer you runs again from tomorrow.")
    return _answer(case_id, supply_integration, sent)


@moderation.post(f"{OWN_CASE}/osservazioni")
@requires(Permission.CASE_ANSWER_OWN)
@writes
def observe(case_id: int) -> BaseResponse:
    """Send my observations on a notice of refusal."""
    sent = _("Sent: whatever we decide, we answer your observations.")
    return _answer(case_id, send_observations, sent)


def _answer(case_id: int, send: Callable[..., object], sent: str) -> BaseResponse:
    case = get_case_row(case_id)
    authorize(Permission.CASE_ANSWER_OWN, case)
    form = AnswerForm()
    if not form.validate_on_submit():
        return _show(case, status=422, answer_form=form)
    try:
        send(
            actor=current_actor(),
            case_id=case_id,
            text=form.answer.data,
            uploads=form.answer_documents.data,
        )
    except DomainError as error:
        return _show(get_case_row(case_id), status=409, answer_form=form, error=error)
    flash(sent, "yes")
    return redirect_after_post(own_page(case))


def _show(
    case: CaseRow,
    *,
    status: int = 200,
    answer_form: AnswerForm | None = None,
    message_form: MessageForm | None = None,
    error: DomainError | None = None,
) -> Response:
    history = case_history(case.id)
    return render_page(
        "moderation/own_case_detail.html",
        status=status,
        look=case_looks()[case.kind],
        history=history,
        own_page=own_page(case),
        problem=error.sentence if error else None,
        refusal=getattr(error, "refusal", None),
        **own_procedure(case, history=history, answer_form=answer_form, message_form=message_form),
    )
