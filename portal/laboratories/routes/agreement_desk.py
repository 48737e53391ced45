"""The drafting desk of an agreement: text, sheets, commitments, steps."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.forms.agreements import (
    DAY_FIELDS,
    TEXT_FIELDS,
    AgreementForm,
    ApprovalForm,
    ReasonForm,
    SheetsForm,
    StepForm,
    write_marks,
)
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries import agreements as queries
from portal.laboratories.queries import signing as signing_queries
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.commitments import list_commitments
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.commitments import board_context
from portal.laboratories.routes.desk import CONFLICT, INVALID, led_laboratory
from portal.laboratories.services import agreements as services
from portal.laboratories.services.agreements import AgreementGuardedError
from portal.laboratories.services.draft_marks import AgreementChangedError, mark_draft
from portal.laboratories.services.force import enter_into_force
from portal.laboratories.states import SIGNED_AGREEMENTS, AgreementState
from portal.permissions import Permission

DESK = "/gestione/laboratori/<slug>/accordo"

STEPS: Mapping[str, Callable[..., object]] = {
    "condividi": services.share_agreement,
    "togli-dalla-condivisione": services.unshare_agreement,
    "apri-alla-firma": services.open_for_signature,
    "entra-in-vigore": enter_into_force,
}
"""The steps that ask for nothing but a button, by the end of their address."""


@laboratories.get(f"{DESK}/")
@requires(Permission.LABORATORY_LEAD)
def show_agreement_desk(slug: str) -> Response:
    """Show where the agreement is, what is missing, and what can be done now."""
    return _desk(led_laboratory(slug))


@laboratories.get(f"{DESK}/testo")
@requires(Permission.LABORATORY_LEAD)
def show_agreement_form(slug: str) -> Response:
    """Show the texts and days to be written."""
    laboratory = led_laboratory(slug)
    agreement = queries.find_agreement_of_laboratory(laboratory.id)
    form = AgreementForm(formdata=None, data=_written(agreement))
    return _text_page(laboratory, agreement, form)


@laboratories.post(f"{DESK}/testo")
@requires(Permission.LABORATORY_LEAD)
@writes
def save_agreement(slug: str) -> BaseResponse:
    """Save the texts; the first time this starts the agreement."""
    laboratory = led_laboratory(slug)
    agreement = queries.find_agreement_of_laboratory(laboratory.id)
    form = AgreementForm()
    if not form.validate():
        return _text_page(laboratory, agreement, form, status=INVALID)
    actor = current_actor()
    try:
        if agreement is None:
            services.start_agreement(actor=actor, laboratory_id=laboratory.id, content=form.content)
        else:
            services.save_agreement(
                actor=actor,
                agreement_id=agreement.id,
                version=form.version.data,
                content=form.content,
            )
    except AgreementChangedError as error:
        form.version.data = error.version
        return _text_page(laboratory, agreement, form, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _text_page(laboratory, agreement, form, status=INVALID)
    flash(_("Saved."), "yes")
    return to_agreement_desk(slug)


@laboratories.post(f"{DESK}/schede")
@requires(Permission.LABORATORY_LEAD)
@writes
def choose_sheets(slug: str) -> BaseResponse:
    """Keep which sheets belong to the agreement."""
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    form = _sheets_form(laboratory, agreement)
    if not form.validate():
        return _desk(laboratory, sheets=form, status=INVALID)
    try:
        services.choose_sheets(
            actor=current_actor(),
            agreement_id=agreement.id,
            version=form.version.data,
            sheet_ids=form.sheets.data or [],
        )
    except AgreementChangedError as error:
        return _desk(laboratory, status=CONFLICT, changed=error)
    flash(_("Saved."), "yes")
    return to_agreement_desk(slug)


@laboratories.post(f"{DESK}/schede/<int:sheet_id>/<any(su, giu):step>")
@requires(Permission.LABORATORY_LEAD)
@writes
def order_sheet(slug: str, sheet_id: int, step: str) -> BaseResponse:
    """Put a sheet of the agreement one place up or down."""
    agreement = agreement_of(led_laboratory(slug))
    services.move_sheet(
        actor=current_actor(), agreement_id=agreement.id, sheet_id=sheet_id, up=step == "su"
    )
    desk = url_for("laboratories.show_agreement_desk", slug=slug)
    # Who moves it with the keyboard goes on from there.
    return redirect_after_post(f"{desk}#scheda-{sheet_id}")


@laboratories.post(f"{DESK}/passo/<any({', '.join(repr(step) for step in STEPS)}):step>")
@requires(Permission.LABORATORY_LEAD)
@writes
def take_agreement_step(slug: str, step: str) -> BaseResponse:
    """Share, take back from sharing, open for signature, bring into force."""
    return _do(slug, partial(STEPS[step], actor=current_actor()))


@laboratories.post(f"{DESK}/approva")
@requires(Permission.LABORATORY_LEAD)
@writes
def approve_agreement(slug: str) -> BaseResponse:
    """Enter the resolution and freeze the text."""
    laboratory = led_laboratory(slug)
    form = ApprovalForm()
    if not form.validate():
        return _desk(laboratory, approval=form, status=INVALID)
    approve = partial(
        services.approve_agreement,
        actor=current_actor(),
        version=form.version.data,
        seen=form.marks,
        number=form.number.data,
        approved_on=form.on.data,
    )
    return _do(slug, approve, form)


@laboratories.post(f"{DESK}/riapri")
@requires(Permission.LABORATORY_LEAD)
@writes
def take_back_agreement(slug: str) -> BaseResponse:
    """Open the frozen text again, for a reason, before anybody signed."""
    form = ReasonForm()
    if not form.validate():
        return _desk(led_laboratory(slug), reason=form, status=INVALID)
    take_back = partial(
        services.take_back_agreement, actor=current_actor(), reason=form.reason.data
    )
    return _do(slug, take_back)


def agreement_of(laboratory: LaboratoryDetail) -> AgreementDetail:
    """Return its newest agreement; raises `NotFoundError` before there is one."""
    agreement = queries.find_agreement_of_laboratory(laboratory.id)
    if agreement is None:
        raise NotFoundError
    return agreement


def signed_agreement_of(laboratory: LaboratoryDetail) -> AgreementDetail:
    """Return its newest agreement once it has been in force; raises `NotFoundError` before."""
    agreement = agreement_of(laboratory)
    if agreement.state not in SIGNED_AGREEMENTS:
        raise NotFoundError
    return agreement


def _do(
    slug: str, act: Callable[..., object], approval: ApprovalForm | None = None
) -> BaseResponse:
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    try:
        act(agreement_id=agreement.id)
    except AgreementGuardedError as error:
        return _desk(laboratory, guards=error.guards, status=CONFLICT)
    except AgreementChangedError as error:
        if approval is None:
            return _desk(laboratory, status=CONFLICT, changed=error)
        # Freezing once more is then a choice made after reading what changed.
        approval.version.data = error.version
        approval.seen.data = write_marks(mark_draft(agreement.id))
        return _desk(laboratory, status=CONFLICT, changed=error, approval=approval)
    except RuleBrokenError as error:
        if approval is None:
            raise
        approval.take_error(error)
        return _desk(laboratory, approval=approval, status=INVALID)
    flash(_("Done."), "yes")
    return to_agreement_desk(slug)


def _desk(laboratory: LaboratoryDetail, *, status: int = 200, **context: object) -> Response:
    agreement = queries.find_agreement_of_laboratory(laboratory.id)
    version = agreement.newest if agreement else None
    number = str(agreement.texts.version) if agreement else "0"
    is_shared = agreement is not None and agreement.state is AgreementState.SHARED
    seen = write_marks(mark_draft(agreement.id)) if agreement and is_shared else ""
    is_signed = agreement is not None and agreement.state in SIGNED_AGREEMENTS
    commitments = list_commitments(agreement.id) if agreement and is_signed else []
    shown: dict[str, Any] = {
        "approval": ApprovalForm(formdata=None, version=number, seen=seen),
        "reason": ReasonForm(formdata=None),
        "step": StepForm(formdata=None, version=number),
        "guards": (),
        "changed": None,
        "sheets": _sheets_form(laboratory, agreement, is_empty=True)
        if agreement and agreement.is_editable
        else None,
        **context,
    }
    return render_page(
        "laboratories/agreement_desk.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        version=version,
        missing=signing_queries.list_missing(version.id) if version else [],
        **board_context(commitments),
        **shown,
    )


def _sheets_form(
    laboratory: LaboratoryDetail, agreement: AgreementDetail, *, is_empty: bool = False
) -> SheetsForm:
    written = {
        "version": agreement.texts.version,
        "sheets": [sheet.id for sheet in agreement.sheets],
    }
    form = SheetsForm(formdata=None, data=written) if is_empty else SheetsForm()
    form.sheets.choices = [
        (sheet.id, sheet.title)
        for sheet in signing_queries.list_sheets_to_choose(laboratory.id, agreement.id)
    ]
    return form


def _written(agreement: AgreementDetail | None) -> dict[str, object]:
    if agreement is None:
        return {}
    names = (*TEXT_FIELDS, *DAY_FIELDS, "version")
    return {name: getattr(agreement.texts, name) for name in names}


def _text_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail | None,
    form: AgreementForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/agreement_form.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        form=form,
        is_changed=is_changed,
    )


def to_agreement_desk(slug: str) -> BaseResponse:
    """Go back to the desk of the agreement."""
    return redirect_after_post(url_for("laboratories.show_agreement_desk", slug=slug))
