"""Proposals from phone, mail or paper: written down at the desk, claimed by their author."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.accounts.routes.throttling import limit_wrong_codes, note_failed_proof
from portal.core.access import current_actor, requires
from portal.core.downloads import made_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories import queries, services
from portal.laboratories.forms.proposals import IdeaForm
from portal.laboratories.forms.recorded import ClaimProposalForm, MendRecordedForm, RecordedForm
from portal.laboratories.queries import LaboratoryDetail, ProposalDetail
from portal.laboratories.queries.neighbourhoods import get_city_map, list_neighbourhoods_of
from portal.laboratories.receipts import proposal_receipt
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import led_laboratory
from portal.laboratories.routes.proposal_pages import idea_context, take_spot, written
from portal.laboratories.services import WritingClosedError
from portal.laboratories.states import Origin, ProposalState
from portal.permissions import Permission

DESK = "/gestione/laboratori/<slug>/proposte"
ONE = f"{DESK}/<int:proposal_id>"
CLAIM = "/laboratori/rivendica"
CONFLICT, INVALID = 409, 422


@laboratories.get(f"{DESK}/nuova")
@requires(Permission.LABORATORY_LEAD)
def show_record_form(slug: str) -> Response:
    """Ask what somebody proposes, and who that is."""
    laboratory = led_laboratory(slug)
    return _form_page(_offer(RecordedForm(formdata=None), laboratory), laboratory)


@laboratories.post(f"{DESK}/nuova")
@requires(Permission.LABORATORY_LEAD)
@writes
def record_proposal(slug: str) -> BaseResponse:
    """Write the proposal down and hand it in."""
    laboratory = led_laboratory(slug)
    form = RecordedForm()
    _offer(form, laboratory)
    if not form.validate():
        return _form_page(form, laboratory, status=INVALID)
    try:
        proposal = services.record_proposal(
            actor=current_actor(),
            laboratory_id=laboratory.id,
            form_key=form.form_key.data,
            author=form.author,
            content=form.content,
            scans=form.scans.uploads,
        )
    except WritingClosedError as error:
        form.form_errors.append(error.sentence)
        return _form_page(form, laboratory, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _form_page(form, laboratory, status=INVALID)
    return redirect_after_post(
        url_for("laboratories.show_recorded", slug=slug, proposal_id=proposal.id)
    )


@laboratories.post(f"{DESK}/nuova/punto")
@requires(Permission.LABORATORY_LEAD)
def pick_recorded_spot(slug: str) -> Response:
    """Show the form again with the spot that was tapped, and everything typed."""
    laboratory = led_laboratory(slug)
    form = RecordedForm()
    _offer(form, laboratory)
    take_spot(form, get_city_map(laboratory.facts.district_ids))
    return _form_page(form, laboratory)


@laboratories.get(f"{ONE}/registrata")
@requires(Permission.LABORATORY_LEAD)
def show_recorded(slug: str, proposal_id: int) -> Response:
    """Show what was written down, and what the author takes home."""
    proposal = _recorded(slug, proposal_id)
    return render_page(
        "laboratories/proposal_recorded.html",
        proposal=proposal,
        code=None if proposal.has_account else services.claim_code_of(proposal.id),
    )


@laboratories.get(f"{ONE}/ricevuta.pdf")
@requires(Permission.LABORATORY_LEAD)
def download_receipt(slug: str, proposal_id: int) -> Response:
    """Make the receipt with the code, for paper."""
    proposal = _recorded(slug, proposal_id)
    if proposal.case is None:
        raise NotFoundError
    content = proposal_receipt(
        proposal,
        proposal.case,
        code=None if proposal.has_account else services.claim_code_of(proposal.id),
        clerk=current_actor().name,
    )
    return made_response(f"ricevuta-{proposal.case.case_number}.pdf", content)


@laboratories.get(f"{ONE}/sistema")
@requires(Permission.LABORATORY_LEAD)
def show_mend_form(slug: str, proposal_id: int) -> BaseResponse:
    """Show what was sent back, to be mended with its author on the telephone."""
    laboratory, proposal = led_laboratory(slug), _recorded(slug, proposal_id)
    if not _is_to_mend(proposal):
        return _to_recorded(proposal)
    form = MendRecordedForm(formdata=None, data=written(proposal))
    return _mend_page(_offer(form, laboratory), laboratory, proposal)


@laboratories.post(f"{ONE}/sistema")
@requires(Permission.LABORATORY_LEAD)
@writes
def mend_recorded(slug: str, proposal_id: int) -> BaseResponse:
    """Hand the mended proposal in again; a second tap finds it handed in."""
    laboratory, proposal = led_laboratory(slug), _recorded(slug, proposal_id)
    if not _is_to_mend(proposal):
        return _to_recorded(proposal)
    form = MendRecordedForm()
    _offer(form, laboratory)
    if not form.validate():
        return _mend_page(form, laboratory, proposal, status=INVALID)
    try:
        services.mend_recorded(actor=current_actor(), proposal_id=proposal_id, content=form.content)
    except WritingClosedError as error:
        form.form_errors.append(error.sentence)
        return _mend_page(form, laboratory, proposal, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _mend_page(form, laboratory, proposal, status=INVALID)
    flash(_("Mended and handed in again."), "yes")
    return _to_recorded(proposal)


@laboratories.get(CLAIM)
@requires(Permission.PROPOSAL_WRITE)
def show_claim_form() -> Response:
    """Ask for the code on the receipt."""
    return render_page("laboratories/proposal_claim.html", form=ClaimProposalForm(formdata=None))


@laboratories.post(CLAIM)
@requires(Permission.PROPOSAL_WRITE)
@limit_wrong_codes
@writes
def claim_proposal() -> BaseResponse:
    """Become the author of what a clerk wrote down for me."""
    form = ClaimProposalForm()
    if not form.validate():
        return invalid_form("laboratories/proposal_claim.html", form=form)
    try:
        proposal = services.claim_proposal(actor=current_actor(), code=form.code.data)
    except RuleBrokenError as error:
        note_failed_proof()
        form.take_error(error)
        return invalid_form("laboratories/proposal_claim.html", form=form)
    flash(_("This proposal is yours now: you follow it here."), "yes")
    return redirect_after_post(
        url_for(
            "laboratories.show_proposal",
            slug=proposal.laboratory.slug,
            proposal_id=proposal.id,
        )
    )


def _recorded(slug: str, proposal_id: int) -> ProposalDetail:
    led_laboratory(slug)
    proposal = queries.get_proposal(current_actor(), slug=slug, proposal_id=proposal_id)
    if proposal.origin is Origin.ONLINE:
        raise NotFoundError
    return proposal


def _is_to_mend(proposal: ProposalDetail) -> bool:
    return proposal.state is ProposalState.RETURNED and not proposal.has_account


def _to_recorded(proposal: ProposalDetail) -> BaseResponse:
    return redirect_after_post(
        url_for(
            "laboratories.show_recorded",
            slug=proposal.laboratory_slug,
            proposal_id=proposal.id,
        )
    )


def _offer(form: IdeaForm, laboratory: LaboratoryDetail) -> IdeaForm:
    form.offer_neighbourhoods(list_neighbourhoods_of(laboratory.facts.district_ids))
    return form


def _form_page(form: IdeaForm, laboratory: LaboratoryDetail, *, status: int = 200) -> Response:
    return render_page(
        "laboratories/proposal_record_form.html",
        partial="laboratories/_spot.html",
        status=status,
        form=form,
        laboratory=laboratory,
        **idea_context(form, laboratory),
    )


def _mend_page(
    form: IdeaForm, laboratory: LaboratoryDetail, proposal: ProposalDetail, *, status: int = 200
) -> Response:
    return render_page(
        "laboratories/proposal_mend_form.html",
        status=status,
        form=form,
        laboratory=laboratory,
        proposal=proposal,
        **idea_context(form, laboratory),
    )
