"""Claim a listed association, and what becomes of the claim."""

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.errors import NotFoundError
from portal.core.forms import invalid_form
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.moderation.queries import case_history
from portal.permissions import Permission
from portal.registry import services
from portal.registry.forms import ClaimForm, ConfirmForm
from portal.registry.queries import (
    ClaimDetail,
    find_open_claim_id,
    find_successor_slug,
    get_association_by_slug,
    get_claim,
)
from portal.registry.routes import registry
from portal.registry.states import AssociationState, RequestState

# A number no id can have is no address of ours (404, not a refusal of the database).
CLAIM = "/registro/rivendicazioni/<int:claim_id>"


@registry.get("/registro/<slug>/rivendica")
@requires(Permission.ASSOCIATION_CLAIM)
def start_claim(slug: str) -> BaseResponse:
    """Ask who claims a listed association how they can show that they represent it."""
    actor, association = current_actor(), get_association_by_slug(slug)
    if association.state is AssociationState.REMOVED:
        survivor = find_successor_slug(slug)
        if survivor is None:
            raise NotFoundError
        return redirect(url_for("registry.start_claim", slug=survivor))
    if association.id in actor.association_ids:
        flash(_("You already represent this association."), "yes")
        return redirect(url_for("registry.show_desk", slug=slug))
    claim_id = find_open_claim_id(user_id=actor.account_id, association_id=association.id)
    if claim_id is not None:
        return redirect(url_for("registry.show_claim", claim_id=claim_id))
    return render_page(
        "registry/claim_form.html", association=association, claim=None, form=ClaimForm()
    )


@registry.post("/registro/<slug>/rivendica")
@requires(Permission.ASSOCIATION_CLAIM)
@writes
def send_claim(slug: str) -> BaseResponse:
    """Hand the claim in."""
    association = get_association_by_slug(slug)
    form = ClaimForm()
    if not form.validate_on_submit():
        return invalid_form(
            "registry/claim_form.html", association=association, claim=None, form=form
        )
    claim = services.claim_association(
        actor=current_actor(),
        association_id=association.id,
        applicant_role=form.applicant_role.data,
        evidence=form.evidence.data,
        has_declared=form.has_declared.data,
        uploads=form.documents.uploads,
    )
    return redirect_after_post(url_for("registry.show_claim", claim_id=claim.id))


@registry.get(CLAIM)
@requires(Permission.ASSOCIATION_CLAIM)
def show_claim(claim_id: int) -> Response:
    """Show where my claim is: the receipt, the steps, what to do next."""
    claim = _own_claim(claim_id)
    return render_page(
        "registry/claim_detail.html",
        claim=claim,
        history=case_history(claim.case.id) if claim.case else [],
        form=ConfirmForm(formdata=None),
    )


@registry.get(f"{CLAIM}/modifica")
@requires(Permission.ASSOCIATION_CLAIM)
def edit_claim(claim_id: int) -> BaseResponse:
    """Show my returned claim, to be completed."""
    claim = _own_claim(claim_id)
    if claim.state is not RequestState.RETURNED:
        return redirect(url_for("registry.show_claim", claim_id=claim_id))
    return _claim_page(claim, ClaimForm(data=_written(claim)))


@registry.post(f"{CLAIM}/modifica")
@requires(Permission.ASSOCIATION_CLAIM)
@writes
def resend_claim(claim_id: int) -> BaseResponse:
    """Hand my completed claim in again; a second tap finds it handed in."""
    claim = _own_claim(claim_id)
    if claim.state is not RequestState.RETURNED:
        return redirect_after_post(url_for("registry.show_claim", claim_id=claim_id))
    form = ClaimForm()
    if not form.validate_on_submit():
        return _claim_page(claim, form, status=422)
    services.resubmit_claim(
        actor=current_actor(),
        claim_id=claim_id,
        applicant_role=form.applicant_role.data,
        evidence=form.evidence.data,
        uploads=form.documents.uploads,
    )
    return redirect_after_post(url_for("registry.show_claim", claim_id=claim_id))


@registry.post(f"{CLAIM}/ritira")
@requires(Permission.ASSOCIATION_CLAIM)
@writes
def withdraw_claim(claim_id: int) -> BaseResponse:
    """Take my claim back."""
    _own_claim(claim_id)
    services.withdraw_claim(actor=current_actor(), claim_id=claim_id)
    flash(_("You have withdrawn the claim."), "yes")
    return redirect_after_post(url_for("registry.show_claim", claim_id=claim_id))


def _own_claim(claim_id: int) -> ClaimDetail:
    claim = get_claim(claim_id)
    authorize(Permission.ASSOCIATION_CLAIM, claim)
    return claim


def _written(claim: ClaimDetail) -> dict[str, object]:
    return {
        "applicant_role": claim.applicant_role,
        "evidence": claim.evidence,
        "has_declared": True,
    }


def _claim_page(claim: ClaimDetail, form: ClaimForm, *, status: int = 200) -> Response:
    return render_page(
        "registry/claim_form.html",
        status=status,
        association=get_association_by_slug(claim.association_slug),
        claim=claim,
        form=form,
    )
