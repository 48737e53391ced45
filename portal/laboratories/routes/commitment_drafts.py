"""Commitments of a draft, written at the desk of the agreement."""

from typing import TypeVar

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import RuleBrokenError
from portal.core.htmx import render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.agreements import StepForm
from portal.laboratories.forms.commitment_drafts import CommitmentForm, PromiseForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.commitment_drafts import written_commitment
from portal.laboratories.queries.parties import find_listed_association
from portal.laboratories.routes.agreement_desk import (
    DESK,
    agreement_of,
    to_agreement_desk,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, INVALID, led_laboratory
from portal.laboratories.services import commitment_drafts as services
from portal.laboratories.services.commitment_drafts import CommitmentContent
from portal.laboratories.services.draft_marks import AgreementChangedError
from portal.permissions import Permission

AnyPromise = TypeVar("AnyPromise", bound=PromiseForm)
ONE = f"{DESK}/impegni/<int:commitment_id>"


@laboratories.get(f"{DESK}/impegni/nuovo")
@requires(Permission.LABORATORY_LEAD)
def show_commitment_form(slug: str) -> Response:
    """Show the empty form of a commitment."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    return _page(laboratory, offer_sheets(agreement, CommitmentForm(formdata=None)))


@laboratories.post(f"{DESK}/impegni/nuovo")
@requires(Permission.LABORATORY_LEAD)
@writes
def add_commitment(slug: str) -> BaseResponse:
    """Add a commitment."""
    return _save(slug, None)


@laboratories.get(ONE)
@requires(Permission.LABORATORY_LEAD)
def show_commitment_edit(slug: str, commitment_id: int) -> Response:
    """Show a commitment to be changed."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    commitment = agreement.get_commitment(commitment_id)
    form = CommitmentForm(formdata=None, data=written_commitment(commitment))
    return _page(laboratory, offer_sheets(agreement, form), commitment_id)


@laboratories.post(ONE)
@requires(Permission.LABORATORY_LEAD)
@writes
def change_commitment(slug: str, commitment_id: int) -> BaseResponse:
    """Change a commitment."""
    return _save(slug, commitment_id)


@laboratories.post(f"{ONE}/togli")
@requires(Permission.LABORATORY_LEAD)
@writes
def remove_commitment(slug: str, commitment_id: int) -> BaseResponse:
    """Take a commitment out of the draft."""
    agreement = agreement_of(led_laboratory(slug))
    services.remove_commitment(agreement_id=agreement.id, commitment_id=commitment_id)
    flash(_("The commitment has been taken out."), "yes")
    return to_agreement_desk(slug)


def _save(slug: str, commitment_id: int | None) -> BaseResponse:
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    form = offer_sheets(agreement, CommitmentForm())
    if not form.validate():
        return _page(laboratory, form, commitment_id, status=INVALID)
    try:
        content = typed_commitment(form)
        if commitment_id is None:
            services.add_commitment(
                actor=current_actor(),
                agreement_id=agreement.id,
                form_key=form.form_key.data,
                content=content,
            )
        else:
            services.change_commitment(
                agreement_id=agreement.id,
                commitment_id=commitment_id,
                version=form.version.data,
                content=content,
            )
    except AgreementChangedError as error:
        form.version.data = error.version
        form.form_errors.append(str(error.sentence))
        return _page(laboratory, form, commitment_id, status=CONFLICT)
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(laboratory, form, commitment_id, status=INVALID)
    flash(_("Saved."), "yes")
    return to_agreement_desk(slug)


def typed_commitment(form: CommitmentForm) -> CommitmentContent:
    """Return what was typed with the association and the account found for it.

    Raises `RuleBrokenError` for a spokesperson nobody knows.
    """
    return form.content_with(
        find_listed_association(form.association.data or ""),
        services.find_spokesperson(form.spokesperson.data or ""),
    )


def offer_sheets(agreement: AgreementDetail, form: AnyPromise) -> AnyPromise:
    """Let a commitment be part of one of the agreement's sheets."""
    sheets = [(str(sheet.id), sheet.title) for sheet in agreement.sheets]
    form.sheet.choices = [("", _("None in particular")), *sheets]
    return form


def _page(
    laboratory: LaboratoryDetail,
    form: CommitmentForm,
    commitment_id: int | None = None,
    *,
    status: int = 200,
) -> Response:
    slug = laboratory.slug
    address = (
        url_for("laboratories.change_commitment", slug=slug, commitment_id=commitment_id)
        if commitment_id
        else url_for("laboratories.add_commitment", slug=slug)
    )
    return render_page(
        "laboratories/commitment_form.html",
        status=status,
        laboratory=laboratory,
        form=form,
        address=address,
        back=url_for("laboratories.show_agreement_desk", slug=slug),
        commitment_id=commitment_id,
        step=StepForm(formdata=None),
    )
