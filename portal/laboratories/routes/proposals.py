"""Proposals: reading, writing, handing in."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.core.text import short_name
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.proposals import MYSELF, NextStep, ProposalForm, SendForm
from portal.laboratories.queries import (
    LaboratoryDetail,
    ProposalDetail,
    ProposalOrder,
    ProposalVoice,
)
from portal.laboratories.queries.windows import get_windows
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.comments import talk_context
from portal.laboratories.routes.supports import support_context
from portal.laboratories.services import ChangedMeanwhileError, WritingClosedError
from portal.permissions import Permission
from portal.registry.queries import list_associations_of

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
    return _form_page(_proposal_form(), laboratory)


@laboratories.post("/laboratori/<slug>/proposte/nuova")
@requires(Permission.PROPOSAL_WRITE)
@writes
def create_proposal(slug: str) -> BaseResponse:
    """Save a new draft and go on to the review, or to the draft."""
    laboratory = queries.get_laboratory(slug)
    form = _proposal_form()
    if not form.validate():
        return _form_page(form, laboratory, status=HTTP_INVALID)
    try:
        proposal = services.start_proposal(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            content=form.content,
        )
    except WritingClosedError:
        return _form_page(form, laboratory, status=HTTP_CONFLICT)
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
        laboratory=laboratory,
        form=SendForm(formdata=None, version=str(proposal.version)),
        **support_context(proposal, windows),
        **talk_context(proposal, windows),
    )


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>/modifica")
@requires(Permission.PROPOSAL_EDIT)
def show_edit_form(slug: str, proposal_id: int) -> BaseResponse:
    """Show the form with what was saved last."""
    proposal = _own_proposal(slug, proposal_id)
    laboratory = queries.get_laboratory(slug)
    if not _can_write(proposal, laboratory):
        return redirect_after_post(_address(proposal))
    return _form_page(_proposal_form(proposal), laboratory, proposal)


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/modifica")
@requires(Permission.PROPOSAL_EDIT)
@writes
def save_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Save what changed and go on; who saves after another window is told, with the text kept."""
    proposal = _own_proposal(slug, proposal_id)
    laboratory = queries.get_laboratory(slug)
    form = _proposal_form()
    if not form.validate():
        return _form_page(form, laboratory, proposal, status=HTTP_INVALID)
    try:
        services.save_draft(
            actor=current_actor(),
            proposal_id=proposal_id,
            version=form.version.data,
            content=form.content,
        )
    except ChangedMeanwhileError as error:
        # Saving once more is then a choice made with open eyes.
        form.version.data = error.version
        return _form_page(form, laboratory, proposal, status=HTTP_CONFLICT, is_changed=True)
    except WritingClosedError:
        return _form_page(form, laboratory, proposal, status=HTTP_CONFLICT)
    return _after_saving(form, slug, proposal_id)


@laboratories.get("/laboratori/<slug>/proposte/<int:proposal_id>/riepilogo")
@requires(Permission.PROPOSAL_EDIT)
def show_review(slug: str, proposal_id: int) -> BaseResponse:
    """Show on one screen what is about to be sent."""
    proposal = _own_proposal(slug, proposal_id)
    if not proposal.is_editable:
        return redirect_after_post(_address(proposal))
    return _review(proposal, queries.get_laboratory(slug))


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/invia")
@requires(Permission.PROPOSAL_EDIT)
@writes
def submit_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Hand the proposal in; a second tap finds it handed in."""
    proposal = _own_proposal(slug, proposal_id)
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
    return redirect_after_post(_address(proposal))


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/ritira")
@requires(Permission.PROPOSAL_EDIT)
@writes
def withdraw_proposal(slug: str, proposal_id: int) -> BaseResponse:
    """Take the proposal back."""
    proposal = _own_proposal(slug, proposal_id)
    services.withdraw_proposal(actor=current_actor(), proposal_id=proposal_id)
    flash(_("You have taken your proposal back."), "yes")
    return redirect_after_post(_address(proposal))


def proposal_list_context(laboratory: LaboratoryDetail) -> dict[str, Any]:
    """Return what the list of a laboratory's proposals shows, as its address asks."""
    text = requested_text()
    order = requested_choice("ordina", set(ProposalOrder)) or ProposalOrder.NEWEST
    voice = requested_choice("chi", set(ProposalVoice))
    return {
        "laboratory": laboratory,
        "text": text,
        "order": order,
        "orders": tuple(ProposalOrder),
        "voice": voice,
        "page": queries.list_published_proposals(
            laboratory_id=laboratory.id,
            text=text,
            voice=voice,
            order=order,
            page=requested_page(),
        ),
    }


def _address(proposal: ProposalDetail) -> str:
    return url_for(
        "laboratories.show_proposal", slug=proposal.laboratory_slug, proposal_id=proposal.id
    )


def _own_proposal(slug: str, proposal_id: int) -> ProposalDetail:
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    authorize(Permission.PROPOSAL_EDIT, proposal.facts)
    return proposal


def _can_write(proposal: ProposalDetail, laboratory: LaboratoryDetail) -> bool:
    return proposal.is_editable and laboratory.writing(proposal.state).is_open


def _proposal_form(proposal: ProposalDetail | None = None) -> ProposalForm:
    voices = list_associations_of(current_actor().account_id)
    if proposal is None:
        form = ProposalForm()
    else:
        form = ProposalForm(
            title=proposal.title,
            text=proposal.text,
            what_i_offer=proposal.what_i_offer,
            place_words=proposal.place_words,
            on_behalf_of=str(proposal.association_id or MYSELF),
            version=str(proposal.version),
        )
    form.offer_voices(voices)
    return form


def _after_saving(form: ProposalForm, slug: str, proposal_id: int) -> BaseResponse:
    if form.next_step is NextStep.SAVE:
        flash(_("Draft saved. Nobody but you can read it."), "yes")
        page = "laboratories.show_proposal"
    else:
        page = "laboratories.show_review"
    return redirect_after_post(url_for(page, slug=slug, proposal_id=proposal_id))


def _form_page(
    form: ProposalForm,
    laboratory: LaboratoryDetail,
    proposal: ProposalDetail | None = None,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/proposal_form.html",
        status=status,
        form=form,
        laboratory=laboratory,
        proposal=proposal,
        public_name=short_name(current_actor().name),
        is_changed=is_changed,
    )


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
        public_name=short_name(current_actor().name),
        form=SendForm(formdata=None, version=str(proposal.version)),
    )
