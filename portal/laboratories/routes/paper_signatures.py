"""Signatures given on paper, recorded at the desk of the agreement."""

from flask import Response
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.signing import PaperForm
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.parties import find_listed_association
from portal.laboratories.routes.agreement_desk import (
    DESK,
    agreement_of,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import INVALID, led_laboratory
from portal.laboratories.services import signing
from portal.permissions import Permission


@laboratories.get(f"{DESK}/firma-su-carta")
@requires(Permission.LABORATORY_LEAD)
def show_paper_form(slug: str) -> Response:
    """Show the form of a signature given on paper."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    if agreement.to_sign is None:
        raise NotFoundError
    form = PaperForm(
        formdata=None,
        data={"fingerprint": agreement.to_sign.sha256, "signed_on": local_today()},
    )
    return _paper_page(laboratory, agreement, form)


@laboratories.post(f"{DESK}/firma-su-carta")
@requires(Permission.LABORATORY_LEAD)
@writes
def record_paper_signature(slug: str) -> BaseResponse:
    """Keep a signature given on paper, and show the receipt with its code once."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    form = PaperForm()
    if not form.validate():
        return _paper_page(laboratory, agreement, form, status=INVALID)
    try:
        signature, code = signing.record_paper_signature(
            actor=current_actor(),
            agreement_id=agreement.id,
            content=form.content_with(find_listed_association(form.association.data or "")),
            paper=form.paper,
            scan=form.scan.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _paper_page(laboratory, agreement, form, status=INVALID)
    # No redirect: the code is nowhere but on this page, and goes with it.
    return render_page(
        "laboratories/signature_receipt.html",
        laboratory=laboratory,
        agreement=agreement,
        signature=signature,
        code=code,
    )


def _paper_page(
    laboratory: LaboratoryDetail, agreement: AgreementDetail, form: PaperForm, *, status: int = 200
) -> Response:
    return render_page(
        "laboratories/signature_paper.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
    )
