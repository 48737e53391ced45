"""Answering proposals: the desk, one proposal on it, the author who asks again."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.forms import PortalForm
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.answers import (
    AnswerForm,
    AskAgainForm,
    OpinionForm,
    ReviewForm,
)
from portal.laboratories.queries import LaboratoryDetail, ProposalDetail
from portal.laboratories.queries import answers as reads
from portal.laboratories.queries.answers import AnswerRow, OwedFilter
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, DESK, INVALID, led_laboratory
from portal.laboratories.services import AnswerChangedError, ReviewChangedError
from portal.laboratories.states import ProposalState
from portal.permissions import Permission

ONE = f"{DESK}<slug>/proposte/<int:proposal_id>"


@laboratories.get(f"{DESK}<slug>/proposte/")
@requires(Permission.LABORATORY_OPEN)
def list_owed_answers(slug: str) -> Response:
    """Show the proposals of a laboratory by the time left to answer them."""
    laboratory = led_laboratory(slug)
    asked = requested_choice("mostra", set(OwedFilter))
    only = OwedFilter(asked) if asked else OwedFilter.OWED
    return render_page(
        "laboratories/owed_answers.html",
        laboratory=laboratory,
        figures=reads.count_answers(laboratory.id),
        page=reads.list_owed(laboratory.id, only=only, page=requested_page()),
        only=only,
    )


@laboratories.get(ONE)
@requires(Permission.LABORATORY_OPEN)
def show_proposal_desk(slug: str, proposal_id: int) -> Response:
    """Show a proposal with what offices think of it, and what is answered."""
    laboratory, proposal = _load(slug, proposal_id)
    return _desk_page(laboratory, proposal)


@laboratories.post(f"{ONE}/pareri")
@requires(Permission.LABORATORY_OPEN)
@writes
def ask_office(slug: str, proposal_id: int) -> BaseResponse:
    """Ask an office for its opinion."""
    laboratory, proposal = _load(slug, proposal_id)
    form = _review_form()
    if not form.validate_on_submit():
        return _desk_page(laboratory, proposal, review_form=form, status=INVALID)
    try:
        services.ask_office(
            actor=current_actor(),
            proposal_id=proposal.id,
            office_id=int(form.office_id.data),
            question=form.question.data,
            due_on=form.due_on.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _desk_page(laboratory, proposal, review_form=form, status=INVALID)
    flash(_("The office has been asked."), "yes")
    return redirect_after_post(_desk_address(slug, proposal_id))


@laboratories.get(f"{ONE}/pareri/<int:review_id>")
@requires(Permission.LABORATORY_OPEN)
def edit_opinion(slug: str, proposal_id: int, review_id: int) -> Response:
    """Show the form in which the opinion of an office is written down."""
    laboratory, proposal = _load(slug, proposal_id)
    review = _review(proposal, review_id)
    form = OpinionForm(
        data={
            "verdict": review.verdict,
            "opinion": review.opinion,
            "cost": review.cost_cents,
            "times": review.times,
            "conditions": review.conditions,
            "version": review.version,
        }
    )
    return _opinion_page(laboratory, proposal, review, form)


@laboratories.post(f"{ONE}/pareri/<int:review_id>")
@requires(Permission.LABORATORY_OPEN)
@writes
def give_opinion(slug: str, proposal_id: int, review_id: int) -> BaseResponse:
    """Write down what an office thinks."""
    laboratory, proposal = _load(slug, proposal_id)
    review, form = _review(proposal, review_id), OpinionForm()
    if not form.validate_on_submit():
        return _opinion_page(laboratory, proposal, review, form, status=INVALID)
    try:
        services.give_opinion(
            actor=current_actor(),
            review_id=review.id,
            version=form.version.data,
            content=form.content,
        )
    except ReviewChangedError as error:
        form.version.data = review.version
        form.form_errors.append(error.sentence)
        return _opinion_page(laboratory, proposal, review, form, status=CONFLICT)
    flash(_("The opinion is written down."), "yes")
    return redirect_after_post(_desk_address(slug, proposal_id))


@laboratories.post(f"{ONE}/pareri/<int:review_id>/togli")
@requires(Permission.LABORATORY_OPEN)
@writes
def drop_review(slug: str, proposal_id: int, review_id: int) -> BaseResponse:
    """Take a question to an office back."""
    _laboratory, proposal = _load(slug, proposal_id)
    services.drop_review(actor=current_actor(), review_id=_review(proposal, review_id).id)
    flash(_("The question is taken back."), "yes")
    return redirect_after_post(_desk_address(slug, proposal_id))


@laboratories.get(f"{ONE}/risposta")
@requires(Permission.LABORATORY_OPEN)
def edit_answer(slug: str, proposal_id: int) -> BaseResponse:
    """Show the form of the answer, with what is answered now."""
    laboratory, proposal = _load(slug, proposal_id)
    if proposal.state is not ProposalState.PUBLISHED:
        return redirect_after_post(_desk_address(slug, proposal_id))
    return _answer_page(
        laboratory, proposal, _answer_form(proposal, reads.find_answer(proposal.id))
    )


@laboratories.post(f"{ONE}/risposta")
@requires(Permission.LABORATORY_OPEN)
@writes
def publish_answer(slug: str, proposal_id: int) -> BaseResponse:
    """Answer a proposal in public."""
    laboratory, proposal = _load(slug, proposal_id)
    form = _answer_form(proposal)
    if not form.validate_on_submit():
        return _answer_page(laboratory, proposal, form, status=INVALID)
    try:
        services.publish_answer(
            actor=current_actor(),
            proposal_id=proposal.id,
            seen_answer_id=form.seen.data,
            content=form.content,
        )
    except AnswerChangedError as error:
        # Publishing once more is then a choice made with open eyes.
        form.seen.data = error.answer_id
        return _answer_page(laboratory, proposal, form, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _answer_page(laboratory, proposal, form, status=INVALID)
    flash(_("The answer is public; authors and supporters get a mail."), "yes")
    return redirect_after_post(_desk_address(slug, proposal_id))


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>/riesame")
@requires(Permission.PROPOSAL_EDIT)
def show_ask_again(slug: str, proposal_id: int) -> BaseResponse:
    """Show the form in which an author asks to look at the answer once more."""
    proposal, answer = _load_own(slug, proposal_id)
    if answer is None or not answer.may_be_asked_again:
        return redirect_after_post(_address(slug, proposal_id))
    return render_page(
        "laboratories/ask_again_form.html", proposal=proposal, answer=answer, form=AskAgainForm()
    )


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/riesame")
@requires(Permission.PROPOSAL_EDIT)
@writes
def ask_again(slug: str, proposal_id: int) -> BaseResponse:
    """Ask to look at the answer once more."""
    proposal, answer = _load_own(slug, proposal_id)
    form = AskAgainForm()
    if not form.validate_on_submit():
        return render_page(
            "laboratories/ask_again_form.html",
            status=INVALID,
            proposal=proposal,
            answer=answer,
            form=form,
        )
    services.ask_again(actor=current_actor(), proposal_id=proposal.id, reason=form.reason.data)
    flash(_("Sent: who leads the laboratory looks at it once more."), "yes")
    return redirect_after_post(_address(slug, proposal_id))


def _load(slug: str, proposal_id: int) -> tuple[LaboratoryDetail, ProposalDetail]:
    laboratory = led_laboratory(slug)
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    if proposal.published_at is None:
        raise NotFoundError
    return laboratory, proposal


def _load_own(slug: str, proposal_id: int) -> tuple[ProposalDetail, AnswerRow | None]:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_EDIT, proposal.facts)
    return proposal, reads.find_answer(proposal.id)


def _review(proposal: ProposalDetail, review_id: int) -> reads.ReviewRow:
    found = next((r for r in reads.list_reviews(proposal.id) if r.id == review_id), None)
    if found is None:
        raise NotFoundError
    return found


def _address(slug: str, proposal_id: int) -> str:
    return url_for("laboratories.show_proposal", slug=slug, proposal_id=proposal_id)


def _desk_address(slug: str, proposal_id: int) -> str:
    return url_for("laboratories.show_proposal_desk", slug=slug, proposal_id=proposal_id)


def _offices() -> list[tuple[int, str]]:
    return [(office.id, office.name) for office in reads.list_offices()]


def _review_form() -> ReviewForm:
    form = ReviewForm()
    form.offer(_offices())
    return form


def _answer_form(proposal: ProposalDetail, standing: AnswerRow | None = None) -> AnswerForm:
    if standing is None:
        form = AnswerForm()
    else:
        form = AnswerForm(
            data={
                "outcome": standing.outcome,
                "headline": standing.headline,
                "reasons": standing.reasons,
                "cost": standing.cost_cents,
                "cost_words": standing.cost_words,
                "times": standing.times,
                "merged_into_id": str(standing.merged_into_id or ""),
                "office_id": str(standing.office_id),
                "contact_name": standing.contact_name,
                "seen": standing.id,
            }
        )
    form.offer(offices=_offices(), targets=reads.list_targets(proposal.laboratory_id, proposal.id))
    return form


def _desk_page(
    laboratory: LaboratoryDetail,
    proposal: ProposalDetail,
    *,
    review_form: ReviewForm | None = None,
    status: int = 200,
) -> Response:
    if review_form is None:
        review_form = ReviewForm(formdata=None)
        review_form.offer(_offices())
    return render_page(
        "laboratories/proposal_desk.html",
        status=status,
        laboratory=laboratory,
        proposal=proposal,
        answer=reads.find_answer(proposal.id),
        reviews=reads.list_reviews(proposal.id),
        review_form=review_form,
        form=PortalForm(formdata=None),
    )


def _opinion_page(
    laboratory: LaboratoryDetail,
    proposal: ProposalDetail,
    review: reads.ReviewRow,
    form: OpinionForm,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/opinion_form.html",
        status=status,
        laboratory=laboratory,
        proposal=proposal,
        review=review,
        form=form,
    )


def _answer_page(
    laboratory: LaboratoryDetail,
    proposal: ProposalDetail,
    form: AnswerForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/answer_form.html",
        status=status,
        laboratory=laboratory,
        proposal=proposal,
        form=form,
        is_changed=is_changed,
    )
