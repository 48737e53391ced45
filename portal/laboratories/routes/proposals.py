"""Proposals: reading, writing, handing in."""

from typing import Any

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.text import short_name
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.proposals import NextStep, ProposalForm, SendForm
from portal.laboratories.queries import (
    LaboratoryDetail,
    ProposalDetail,
    ProposalOrder,
    ProposalStanding,
    ProposalVoice,
)
from portal.laboratories.queries.answers import count_answers, find_answer
from portal.laboratories.queries.openings import load_openings
from portal.laboratories.queries.stories import list_story
from portal.laboratories.queries.windows import get_windows
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import proposal_talk_context
from portal.laboratories.routes.proposal_pages import (
    can_write,
    form_page,
    own_proposal,
    proposal_address,
    proposal_form,
)
from portal.laboratories.routes.supports import support_context
from portal.laboratories.services import ChangedMeanwhileError, WritingClosedError
from portal.laboratories.states import ProposalState
from portal.permissions import Permission

HTTP_CONFLICT = 409
HTTP_INVALID = 422


@laboratories.get("/laboratori/<slug>/proposte/")
@requires(Permission.PROPOSAL_READ)
def list_proposals(slug: str) -> Response:
    """Show the published proposals of a laboratory."""
    return render_page(
        "laboratories/proposal_list.html",
        partial="laboratories/_proposal_results.html",
        **proposal_list_context(queries.get_laboratory(slug)),
    )


@laboratories.get("/laboratori/<slug>/proposte/nuova")
@requires(Permission.PROPOSAL_WRITE)
def show_proposal_form(slug: str) -> Response:
    """Show the empty form, or why nothing can be written today."""
    laboratory = queries.get_laboratory(slug)
    if not laboratory.proposing.is_open:
        return _closed(laboratory)
    form = proposal_form(laboratory)
    project = queries.find_listed_project(laboratory.id, request.args.get("progetto", type=int))
    if project is not None and project.can_be_adopted:
        form.listed_project.data = str(project.id)
    return form_page(form, laboratory)


@laboratories.post("/laboratori/<slug>/proposte/nuova")
@requires(Permission.PROPOSAL_WRITE)
@writes
def create_proposal(slug: str) -> BaseResponse:
    """Save a new draft and go on to the review, or to the draft."""
    laboratory = queries.get_laboratory(slug)
    form = proposal_form(laboratory)
    if not form.validate():
        return form_page(form, laboratory, status=HTTP_INVALID)
    try:
        proposal = services.start_proposal(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            content=form.content,
        )
    except WritingClosedError:
        return form_page(form, laboratory, status=HTTP_CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return form_page(form, laboratory, status=HTTP_INVALID)
    return _after_saving(form, slug, proposal.id)


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>")
@requires(Permission.PROPOSAL_READ)
def show_proposal(slug: str, proposal_id: int) -> Response:
    """Show a proposal; to its author also its steps and what can be done now."""
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_READ, proposal.facts)
    laboratory = queries.get_laboratory(slug) if proposal.is_own else None
    windows = get_windows(slug)
    return render_page(
        "laboratories/proposal_detail.html",
        partial="laboratories/_talk.html",
        proposal=proposal,
        story=list_story(proposal_id) if not proposal.is_trace else (),
        laboratory=laboratory,
        answer=find_answer(proposal.id) if proposal.published_at else None,
        form=SendForm(formdata=None, version=str(proposal.version)),
        openings=load_openings([sheet.id for sheet in proposal.sheets]),
        **support_context(proposal, windows),
        **proposal_talk_context(proposal, windows),
    )


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>/modifica")
@requires(Permission.PROPOSAL_EDIT)
def show_edit_form(slug: str, proposal_id: int) -> BaseResponse:
    """Show the form with what was saved last."""
    proposal = own_proposal(slug, proposal_id)
    laboratory = queries.get_laboratory(slug)
    if not can_write(proposal, laboratory):
        return redirect_after_post(proposal_address(proposal))
    return form_page(proposal_form(laboratory, proposal), laboratory, proposal)


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/modifica")
@requires(Permission.PROPOSAL_EDIT)
@writes
def save_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Save what changed and go on; who saves after another window is told, with the text kept."""
    proposal = own_proposal(slug, proposal_id)
    laboratory = queries.get_laboratory(slug)
    form = proposal_form(laboratory)
    if not form.validate():
        return form_page(form, laboratory, proposal, status=HTTP_INVALID)
    try:
        _save(proposal, form)
    except ChangedMeanwhileError as error:
        # Saving once more is then a choice made with open eyes.
        form.version.data = error.version
        return form_page(form, laboratory, proposal, status=HTTP_CONFLICT, is_changed=True)
    except WritingClosedError:
        return form_page(form, laboratory, proposal, status=HTTP_CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return form_page(form, laboratory, proposal, status=HTTP_INVALID)
    if proposal.state is ProposalState.PUBLISHED:
        flash(_("Saved: everybody reads the new text, and what changed."), "yes")
        return redirect_after_post(proposal_address(proposal))
    return _after_saving(form, slug, proposal_id)


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>/riepilogo")
@requires(Permission.PROPOSAL_EDIT)
def show_review(slug: str, proposal_id: int) -> BaseResponse:
    """Show on one screen what is about to be sent."""
    proposal = own_proposal(slug, proposal_id)
    if not proposal.is_editable:
        return redirect_after_post(proposal_address(proposal))
    return _review(proposal, queries.get_laboratory(slug))


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/invia")
@requires(Permission.PROPOSAL_EDIT)
@writes
def submit_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Hand the proposal in; a second tap finds it handed in."""
    proposal = own_proposal(slug, proposal_id)
    form = SendForm()
    try:
        services.submit_proposal(
            actor=current_actor(), proposal_id=proposal_id, version=form.version.data
        )
    except (ChangedMeanwhileError, WritingClosedError, RuleBrokenError) as error:
        return _review(
            proposal, queries.get_laboratory(slug), status=HTTP_CONFLICT, problem=error.sentence
        )
    flash(_("Your proposal has been sent. We wrote you a mail with what happens next."), "yes")
    return redirect_after_post(proposal_address(proposal))


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/ritira")
@requires(Permission.PROPOSAL_EDIT)
@writes
def withdraw_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Take the proposal back."""
    proposal = own_proposal(slug, proposal_id)
    services.withdraw_proposal(actor=current_actor(), proposal_id=proposal_id)
    flash(_("You have taken your proposal back."), "yes")
    return redirect_after_post(proposal_address(proposal))


def proposal_list_context(laboratory: LaboratoryDetail) -> dict[str, Any]:
    """Return what the list of a laboratory's proposals shows, as its address asks."""
    text = requested_text()
    order = requested_choice("ordina", set(ProposalOrder)) or ProposalOrder.NEWEST
    voice = requested_choice("chi", set(ProposalVoice))
    standing = requested_choice("risposta", set(ProposalStanding))
    figures = count_answers(laboratory.id)
    return {
        "laboratory": laboratory,
        "text": text,
        "order": order,
        "orders": tuple(ProposalOrder),
        "voice": voice,
        "standing": standing,
        "figures": figures,
        "page": queries.list_published_proposals(
            laboratory_id=laboratory.id,
            text=text,
            voice=voice,
            standing=standing,
            order=order,
            page=requested_page(),
            published=figures.total,
        ),
    }


def _save(proposal: ProposalDetail, form: ProposalForm) -> None:
    save = (
        services.change_published
        if proposal.state is ProposalState.PUBLISHED
        else services.save_draft
    )
    save(
        actor=current_actor(),
        proposal_id=proposal.id,
        version=form.version.data,
        content=form.content,
    )


def _after_saving(form: ProposalForm, slug: str, proposal_id: int) -> BaseResponse:
    if form.next_step is NextStep.SAVE:
        flash(_("Draft saved. Nobody but you can read it."), "yes")
        page = "laboratories.show_proposal"
    else:
        page = "laboratories.show_review"
    return redirect_after_post(url_for(page, slug=slug, proposal_id=proposal_id))


def _closed(laboratory: LaboratoryDetail) -> Response:
    return render_page(
        "laboratories/proposal_closed.html", status=HTTP_CONFLICT, laboratory=laboratory
    )


def _review(
    proposal: ProposalDetail,
    laboratory: LaboratoryDetail,
    *,
    status: int = 200,
    problem: object = None,
) -> Response:
    return render_page(
        "laboratories/proposal_review.html",
        status=status,
        proposal=proposal,
        laboratory=laboratory,
        problem=problem,
        similar=queries.find_similar_proposals(
            laboratory_id=laboratory.id, title=proposal.title, except_id=proposal.id
        ),
        listed_project=queries.find_listed_project(laboratory.id, proposal.listed_project_id),
        public_name=short_name(current_actor().name),
        form=SendForm(formdata=None, version=str(proposal.version)),
    )
