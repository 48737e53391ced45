"""Commitments of a draft, written at the desk of the agreement."""

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.agreements import CommitmentForm, StepForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.parties import find_listed_association
from portal.laboratories.routes.agreement_desk import DESK, agreement_of, led_laboratory
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.services import commitment_drafts as services
from portal.laboratories.services.agreements import AgreementChangedError
from portal.permissions import Permission

ONE = f"{DESK}/impegni/<int:commitment_id>"
WRITTEN = ("party_kind", "party_name", "title", "details", "due_on", "indicator", "version")


@laboratories.get(f"{DESK}/impegni/nuovo")
@requires(Permission.LABORATORY_LEAD)
def show_commitment_form(slug: str) -> Response:
    """Show the empty form of a commitment."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    return _page(laboratory, agreement, _form(agreement, CommitmentForm(formdata=None)))


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
    commitment = next((c for c in agreement.commitments if c.id == commitment_id), None)
    if commitment is None:
        raise NotFoundError
    written = {name: getattr(commitment, name) for name in WRITTEN}
    written["sheet"] = str(commitment.sheet_id or "")
    written["association"] = commitment.party_name if commitment.association_id else ""
    form = _form(agreement, CommitmentForm(formdata=None, data=written))
    return _page(laboratory, agreement, form, commitment_id)


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
    return _to_desk(slug)


def _save(slug: str, commitment_id: int | None) -> BaseResponse:
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    form = _form(agreement, CommitmentForm())
    if not form.validate():
        return _page(laboratory, agreement, form, commitment_id, status=422)
    content = form.content_with(find_listed_association(form.association.data or ""))
    try:
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
        return _page(laboratory, agreement, form, commitment_id, status=409)
    except RuleBrokenError as error:
        form.take_error(error)
        return _page(laboratory, agreement, form, commitment_id, status=422)
    flash(_("Saved."), "yes")
    return _to_desk(slug)


def _form(agreement: AgreementDetail, form: CommitmentForm) -> CommitmentForm:
    sheets = [(str(sheet.id), sheet.title) for sheet in agreement.sheets]
    form.sheet.choices = [("", _("None in particular")), *sheets]
    return form


def _page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    form: CommitmentForm,
    commitment_id: int | None = None,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/commitment_form.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
        commitment_id=commitment_id,
        step=StepForm(formdata=None),
    )


def _to_desk(slug: str) -> BaseResponse:
    return redirect_after_post(url_for("laboratories.show_agreement_desk", slug=slug))
