"""Reporting what should not be public, and the one answer of who wrote it."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from flask_limiter.errors import RateLimitExceeded
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.extensions import limiter
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_number
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.talk import HiddenAnswerForm, ReportForm
from portal.laboratories.queries.talk import find_comment
from portal.laboratories.queries.talk_cases import ReportCase, get_report_case
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import proposal_talk
from portal.laboratories.routes.supports import PROPOSAL
from portal.laboratories.routes.talk_places import (
    HTTP_CONFLICT,
    HTTP_INVALID,
    HTTP_TOO_MANY,
    LARGEST_ID,
    TalkPlace,
)
from portal.laboratories.states import ProposalState, ReportState
from portal.permissions import Permission

REPORTS_PER_ADDRESS = "20 per hour"


@laboratories.get(f"{PROPOSAL}/segnala")
@requires(Permission.CONTENT_REPORT)
def show_report_form(slug: str, proposal_id: int) -> Response:
    """Ask what is wrong with a proposal, or with one comment on it."""
    comment_id = requested_number("commento", default=0, least=1, most=LARGEST_ID)
    return report_form_page(ReportForm(comment_id=comment_id), _get_public(slug, proposal_id))


@laboratories.post(f"{PROPOSAL}/segnala")
@requires(Permission.CONTENT_REPORT)
@writes
def report_content(slug: str, proposal_id: int) -> BaseResponse:
    """Take a report; a machine is told the same and nothing is kept."""
    return send_report(ReportForm(), _get_public(slug, proposal_id))


@laboratories.get("/laboratori/nascosti/<int:report_id>")
@requires(Permission.COMMENT_WRITE)
def show_hidden(report_id: int) -> Response:
    """Show who wrote something what is hidden of it, why, and the form to answer once."""
    return _hidden_page(_get_own(report_id), HiddenAnswerForm(formdata=None))


@laboratories.post("/laboratori/nascosti/<int:report_id>")
@requires(Permission.COMMENT_WRITE)
@writes
def answer_report(report_id: int) -> BaseResponse:
    """Send the one answer."""
    case = _get_own(report_id)
    form = HiddenAnswerForm()
    if not form.validate():
        return _hidden_page(case, form, HTTP_INVALID)
    try:
        services.answer_report(actor=current_actor(), report_id=report_id, text=form.text.data)
    except ForbiddenStepError as error:
        form.form_errors.append(error.sentence)
        return _hidden_page(_get_own(report_id), form, HTTP_CONFLICT)
    flash(_("Your answer is with the office."), "yes")
    return redirect_after_post(url_for("laboratories.show_hidden", report_id=report_id))


@laboratories.post("/gestione/laboratori/nascosti/<int:report_id>/mostra")
@requires(Permission.LABORATORY_LEAD)
@writes
def show_content_again(report_id: int) -> BaseResponse:
    """Show a hidden comment again: its author was right."""
    case = get_report_case(report_id)
    laboratory = queries.get_laboratory(case.laboratory_slug)
    authorize(Permission.LABORATORY_LEAD, laboratory.facts)
    if case.comment_id is None:
        raise NotFoundError
    services.show_comment_again(actor=current_actor(), comment_id=case.comment_id)
    flash(_("Everybody can read the comment again."), "yes")
    return redirect_after_post(_address_of_comment(case, case.comment_id))


def report_form_page(form: ReportForm, place: TalkPlace, status: int = 200) -> Response:
    """Return the page that asks what is wrong with a comment of a talk, or with its proposal."""
    comment = find_comment(place.topic, form.comment_id.data)
    if comment is None and (form.comment_id.data or place.topic.sheet_id is not None):
        raise NotFoundError
    return render_page(
        "laboratories/report_form.html",
        status=status,
        form=form,
        talk_place=place,
        comment=comment,
    )


def send_report(form: ReportForm, place: TalkPlace) -> BaseResponse:
    """Take a report of a comment of a talk, or of its proposal."""
    if not form.validate():
        return report_form_page(form, place, HTTP_INVALID)
    if not form.is_from_machine:
        try:
            with limiter.limit(REPORTS_PER_ADDRESS):
                services.report_content(
                    actor=current_actor(),
                    proposal_id=place.topic.proposal_id,
                    comment_id=form.comment_id.data or None,
                    reason=form.reason.data,
                )
        except RateLimitExceeded:
            form.form_errors.append(_("Many reports came from here: wait an hour, then send."))
            return report_form_page(form, place, HTTP_TOO_MANY)
    flash(_("Thank you: the office reads what you reported within two working days."), "yes")
    return redirect_after_post(place.page())


def _get_public(slug: str, proposal_id: int) -> TalkPlace:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    if proposal.state is not ProposalState.PUBLISHED:
        raise NotFoundError
    return proposal_talk(proposal)


def _address_of_comment(case: ReportCase, comment_id: int) -> str:
    path: dict[str, Any] = {"slug": case.laboratory_slug, "comment_id": comment_id}
    if case.topic.sheet_id is not None:
        return url_for("laboratories.show_section_comment", sheet_id=case.topic.sheet_id, **path)
    return url_for("laboratories.show_comment", proposal_id=case.topic.proposal_id, **path)


def _get_own(report_id: int) -> ReportCase:
    case = get_report_case(report_id)
    if case.state is not ReportState.UPHELD or case.author_id != current_actor().id:
        raise NotFoundError
    return case


def _hidden_page(case: ReportCase, form: HiddenAnswerForm, status: int = 200) -> Response:
    return render_page("laboratories/hidden_detail.html", status=status, case=case, form=form)
