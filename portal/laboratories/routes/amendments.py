"""Changing an agreement in force: written at the desk, opened for those it touches to sign."""

from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.agreements import ReasonForm, StepForm
from portal.laboratories.forms.amendments import AmendmentForm
from portal.laboratories.forms.commitment_drafts import CommitmentForm, PromiseForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.amendments import (
    AmendmentDetail,
    find_amendment,
    written_amendment,
)
from portal.laboratories.queries.commitment_drafts import written_commitment
from portal.laboratories.routes.agreement_desk import (
    DESK,
    agreement_of,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.commitment_drafts import offer_sheets, typed_commitment
from portal.laboratories.routes.desk import CONFLICT, INVALID, led_laboratory
from portal.laboratories.services import amendments as services
from portal.laboratories.services.agreements import AgreementGuardedError
from portal.laboratories.services.amendments import AmendmentChangedError
from portal.laboratories.states import AgreementState
from portal.permissions import Permission

AMENDMENT = f"{DESK}/modifica"


@laboratories.get(f"{AMENDMENT}/")
@requires(Permission.LABORATORY_LEAD)
def show_amendment(slug: str) -> Response:
    """Show what is to change, whom it touches, and who has not signed it yet."""
    laboratory, agreement = _in_force(slug)
    return _page(laboratory, agreement)


@laboratories.get(f"{AMENDMENT}/testo")
@requires(Permission.LABORATORY_LEAD)
def show_amendment_form(slug: str) -> Response:
    """Show the texts as they are to be."""
    laboratory, agreement = _in_force(slug)
    form = AmendmentForm(formdata=None, data=written_amendment(agreement))
    return _text_page(laboratory, agreement, form)


@laboratories.post(f"{AMENDMENT}/testo")
@requires(Permission.LABORATORY_LEAD)
@writes
def save_amendment(slug: str) -> BaseResponse:
    """Save what is to change; the first time this begins the change."""
    laboratory, agreement = _in_force(slug)
    form = AmendmentForm()
    if not form.validate():
        return _text_page(laboratory, agreement, form, status=INVALID)
    actor = current_actor()
    try:
        if find_amendment(agreement) is None:
            services.start_amendment(actor=actor, agreement_id=agreement.id, content=form.content)
        else:
            services.save_amendment(
                actor=actor,
                agreement_id=agreement.id,
                version=form.version.data,
                content=form.content,
            )
    except AmendmentChangedError as error:
        form.version.data = error.version
        return _text_page(laboratory, agreement, form, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _text_page(laboratory, agreement, form, status=INVALID)
    flash(_("Saved."), "yes")
    return _to_amendment(slug)


@laboratories.get(f"{AMENDMENT}/impegni/nuovo")
@requires(Permission.LABORATORY_LEAD)
def show_new_entry(slug: str) -> Response:
    """Show the form of a commitment that the change adds."""
    laboratory, agreement, _amendment = _pending(slug)
    form = offer_sheets(agreement, CommitmentForm(formdata=None))
    return _entry_page(laboratory, form, _entry_address(slug, None))


@laboratories.post(f"{AMENDMENT}/impegni/nuovo")
@requires(Permission.LABORATORY_LEAD)
@writes
def add_entry(slug: str) -> BaseResponse:
    """Let the change add a commitment."""
    return _save_entry(slug, None)


@laboratories.get(f"{AMENDMENT}/impegni/aggiunti/<int:entry_id>")
@requires(Permission.LABORATORY_LEAD)
def show_entry(slug: str, entry_id: int) -> Response:
    """Show a commitment that the change adds, to be written once more."""
    laboratory, agreement, amendment = _pending(slug)
    entry = amendment.find_entry(entry_id)
    if entry is None or entry.commitment_id is not None:
        raise NotFoundError
    form = offer_sheets(agreement, CommitmentForm(formdata=None, data=written_commitment(entry)))
    return _entry_page(laboratory, form, _entry_address(slug, entry_id))


@laboratories.post(f"{AMENDMENT}/impegni/aggiunti/<int:entry_id>")
@requires(Permission.LABORATORY_LEAD)
@writes
def change_entry(slug: str, entry_id: int) -> BaseResponse:
    """Write a commitment that the change adds once more."""
    return _save_entry(slug, entry_id)


@laboratories.get(f"{AMENDMENT}/impegni/<int:commitment_id>")
@requires(Permission.LABORATORY_LEAD)
def show_amended(slug: str, commitment_id: int) -> Response:
    """Show a commitment of the agreement as the change writes it."""
    laboratory, agreement, amendment = _pending(slug)
    commitment = agreement.get_commitment(commitment_id)
    written = written_commitment(amendment.entry_of(commitment_id) or commitment)
    form = offer_sheets(agreement, PromiseForm(formdata=None, data=written))
    address = url_for("laboratories.amend_commitment", slug=slug, commitment_id=commitment_id)
    return _entry_page(laboratory, form, address, party=commitment.party_name)


@laboratories.post(f"{AMENDMENT}/impegni/<int:commitment_id>")
@requires(Permission.LABORATORY_LEAD)
@writes
def amend_commitment(slug: str, commitment_id: int) -> BaseResponse:
    """Let the change write a commitment of the agreement anew."""
    laboratory, agreement, _amendment = _pending(slug)
    commitment = agreement.get_commitment(commitment_id)
    form = offer_sheets(agreement, PromiseForm())
    if not form.validate():
        address = url_for("laboratories.amend_commitment", slug=slug, commitment_id=commitment_id)
        return _entry_page(laboratory, form, address, party=commitment.party_name, status=INVALID)
    services.amend_commitment(
        agreement_id=agreement.id,
        commitment_id=commitment_id,
        form_key=form.form_key.data,
        content=form.content_for(commitment.party_kind),
    )
    flash(_("Saved."), "yes")
    return _to_amendment(slug)


@laboratories.post(f"{AMENDMENT}/impegni/aggiunti/<int:entry_id>/togli")
@requires(Permission.LABORATORY_LEAD)
@writes
def remove_entry(slug: str, entry_id: int) -> BaseResponse:
    """Let the change say nothing about a commitment."""
    _laboratory, agreement, _amendment = _pending(slug)
    services.remove_entry(agreement_id=agreement.id, entry_id=entry_id)
    flash(_("The commitment has been taken out."), "yes")
    return _to_amendment(slug)


@laboratories.post(f"{AMENDMENT}/apri")
@requires(Permission.LABORATORY_LEAD)
@writes
def open_amendment(slug: str) -> BaseResponse:
    """Freeze the change and let those it touches sign it."""
    laboratory, agreement = _in_force(slug)
    form = StepForm()
    try:
        services.open_amendment(
            actor=current_actor(), agreement_id=agreement.id, version=form.version.data
        )
    except AgreementGuardedError as error:
        return _page(laboratory, agreement, guards=error.guards, status=CONFLICT)
    except AmendmentChangedError as error:
        return _page(laboratory, agreement, changed=error, status=CONFLICT)
    flash(_("The change can be signed now. Whoever it touches has been told."), "yes")
    return _to_amendment(slug)


@laboratories.post(f"{AMENDMENT}/ritira")
@requires(Permission.LABORATORY_LEAD)
@writes
def withdraw_amendment(slug: str) -> BaseResponse:
    """Give the change up, for a reason."""
    laboratory, agreement = _in_force(slug)
    form = ReasonForm()
    if not form.validate():
        return _page(laboratory, agreement, reason=form, status=INVALID)
    services.withdraw_amendment(
        actor=current_actor(), agreement_id=agreement.id, reason=form.reason.data
    )
    flash(_("The change is withdrawn: the agreement holds as it was signed."), "yes")
    return redirect_after_post(url_for("laboratories.show_agreement_desk", slug=slug))


def _save_entry(slug: str, entry_id: int | None) -> BaseResponse:
    laboratory, agreement, _amendment = _pending(slug)
    form = offer_sheets(agreement, CommitmentForm())
    address = _entry_address(slug, entry_id)
    if not form.validate():
        return _entry_page(laboratory, form, address, status=INVALID)
    try:
        content = typed_commitment(form)
        if entry_id is None:
            services.add_amended_commitment(
                agreement_id=agreement.id, form_key=form.form_key.data, content=content
            )
        else:
            services.change_entry(agreement_id=agreement.id, entry_id=entry_id, content=content)
    except RuleBrokenError as error:
        form.take_error(error)
        return _entry_page(laboratory, form, address, status=INVALID)
    flash(_("Saved."), "yes")
    return _to_amendment(slug)


def _entry_address(slug: str, entry_id: int | None) -> str:
    if entry_id is None:
        return url_for("laboratories.add_entry", slug=slug)
    return url_for("laboratories.change_entry", slug=slug, entry_id=entry_id)


def _in_force(slug: str) -> tuple[LaboratoryDetail, AgreementDetail]:
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    if agreement.state is not AgreementState.IN_FORCE:
        raise NotFoundError
    return laboratory, agreement


def _pending(slug: str) -> tuple[LaboratoryDetail, AgreementDetail, AmendmentDetail]:
    laboratory, agreement = _in_force(slug)
    amendment = find_amendment(agreement)
    if amendment is None:
        raise NotFoundError
    return laboratory, agreement, amendment


def _page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    *,
    status: int = 200,
    **context: object,
) -> Response:
    amendment = find_amendment(agreement)
    number = str(amendment.version) if amendment else "0"
    shown: dict[str, Any] = {
        "guards": (),
        "changed": None,
        "reason": ReasonForm(formdata=None),
        "step": StepForm(formdata=None, version=number),
        **context,
    }
    return render_page(
        "laboratories/amendment_desk.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        amendment=amendment,
        **shown,
    )


def _text_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    form: AmendmentForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/amendment_form.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
        is_changed=is_changed,
    )


def _entry_page(
    laboratory: LaboratoryDetail,
    form: PromiseForm,
    address: str,
    *,
    party: str | None = None,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/commitment_form.html",
        status=status,
        laboratory=laboratory,
        form=form,
        address=address,
        party=party,
        back=url_for("laboratories.show_amendment", slug=laboratory.slug),
    )


def _to_amendment(slug: str) -> BaseResponse:
    return redirect_after_post(url_for("laboratories.show_amendment", slug=slug))
