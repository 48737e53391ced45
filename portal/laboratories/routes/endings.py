"""The end of an agreement: its final account, closing it, ending it early, renewing it."""

from collections.abc import Callable, Sequence
from functools import partial

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import current_actor, requires
from portal.core.clock import local_today
from portal.core.downloads import made_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.unit_of_work import writes
from portal.laboratories.account_paper import account_paper
from portal.laboratories.forms.agreements import StepForm
from portal.laboratories.forms.endings import AccountForm, CarryForm, EarlyEndForm
from portal.laboratories.policies.agreements import AgreementGuard
from portal.laboratories.policies.endings import (
    days_left,
    find_account_guards,
    find_closing_guards,
)
from portal.laboratories.queries import LaboratoryDetail
from portal.laboratories.queries import endings as queries
from portal.laboratories.queries import evaluation as evaluations
from portal.laboratories.queries.agreements import AgreementDetail
from portal.laboratories.queries.commitment_boards import count_commitments
from portal.laboratories.queries.commitments import list_commitments
from portal.laboratories.queries.endings import AccountDetail
from portal.laboratories.queries.renewals import Carry, load_carry
from portal.laboratories.routes.agreement_desk import (
    DESK,
    agreement_of,
    signed_agreement_of,
    to_agreement_desk,
)
from portal.laboratories.routes.agreements import read_agreement
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, INVALID, led_laboratory
from portal.laboratories.services import final_accounts, force
from portal.laboratories.services.agreements import AgreementGuardedError
from portal.laboratories.services.draft_marks import AgreementChangedError
from portal.laboratories.services.renewals import carry_over
from portal.permissions import Permission


@laboratories.get("/accordi/<slug>/rendiconto")
@requires(Permission.PORTAL_READ)
def show_final_account(slug: str) -> Response:
    """Show what an agreement came to, once that is published."""
    agreement, account = _published(slug)
    return render_page(
        "laboratories/final_account.html",
        agreement=agreement,
        account=account,
        figures=evaluations.summarise_answers(agreement.id),
        counts=count_commitments(list_commitments(agreement.id)),
    )


@laboratories.get("/accordi/<slug>/rendiconto.pdf")
@requires(Permission.PORTAL_READ)
def download_final_account(slug: str) -> Response:
    """Send the account as an accessible PDF (behaviour 28)."""
    agreement, account = _published(slug)
    content = account_paper(
        agreement,
        account,
        count_commitments(list_commitments(agreement.id)),
        evaluations.summarise_answers(agreement.id),
    )
    return made_response(f"rendiconto-{slug}.pdf", content)


@laboratories.get(f"{DESK}/fine")
@requires(Permission.LABORATORY_LEAD)
def show_ending_desk(slug: str) -> Response:
    """Show step by step how an agreement comes to its end, and what is missing."""
    laboratory = led_laboratory(slug)
    return _desk(laboratory, signed_agreement_of(laboratory))


@laboratories.get(f"{DESK}/rendiconto")
@requires(Permission.LABORATORY_LEAD)
def show_account_form(slug: str) -> Response:
    """Show the account to be written."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    account = queries.load_account(agreement.texts)
    data = AccountForm.written(account, agreement.texts.version)
    form = AccountForm.for_account(account)(formdata=None, data=data)
    return _account_page(laboratory, agreement, account, form)


@laboratories.post(f"{DESK}/rendiconto")
@requires(Permission.LABORATORY_LEAD)
@writes
def save_account(slug: str) -> BaseResponse:
    """Save the account."""
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    account = queries.load_account(agreement.texts)
    form = AccountForm.for_account(account)()
    page = partial(_account_page, laboratory, agreement, account, form)
    if not form.validate():
        return page(status=INVALID)
    try:
        final_accounts.save_account(
            actor=current_actor(),
            agreement_id=agreement.id,
            version=form.version.data,
            content=form.content,
        )
    except AgreementChangedError as error:
        form.version.data = error.version
        return page(status=CONFLICT, is_changed=True)
    except AgreementGuardedError as error:
        return page(status=CONFLICT, guards=error.guards)
    flash(_("Saved."), "yes")
    return to_ending_desk(slug)


@laboratories.post(f"{DESK}/rendiconto/pubblica")
@requires(Permission.LABORATORY_LEAD)
@writes
def publish_account(slug: str) -> BaseResponse:
    """Publish the account."""
    return _do(slug, final_accounts.publish_account, _("Published: everybody reads it now."))


@laboratories.post(f"{DESK}/chiudi")
@requires(Permission.LABORATORY_LEAD)
@writes
def close_agreement(slug: str) -> BaseResponse:
    """Close the agreement."""
    return _do(slug, force.close_agreement, _("Closed. We are telling who signed."))


@laboratories.post(f"{DESK}/termina")
@requires(Permission.LABORATORY_LEAD)
@writes
def end_agreement_early(slug: str) -> BaseResponse:
    """End the agreement before its day, for a reason."""
    laboratory = led_laboratory(slug)
    form = EarlyEndForm()
    if not form.validate():
        return _desk(laboratory, signed_agreement_of(laboratory), early=form, status=INVALID)
    end = partial(force.end_agreement_early, reason=form.reason.data)
    return _do(slug, end, _("Ended. We are telling who signed."))


@laboratories.get(f"{DESK}/riporta")
@requires(Permission.LABORATORY_LEAD)
def show_carry_form(slug: str) -> Response:
    """Show what of the agreement before can go on in this one."""
    laboratory, agreement, carry = _renewal(slug)
    # What is still open stays by itself: whoever renews says what does not.
    data = {
        "version": agreement.texts.version,
        "sheets": list(carry.sheets),
        "commitments": [n for n, row in carry.commitments.items() if row.is_open],
    }
    return _carry_page(laboratory, agreement, carry, CarryForm(formdata=None, data=data))


@laboratories.post(f"{DESK}/riporta")
@requires(Permission.LABORATORY_LEAD)
@writes
def carry_over_agreement(slug: str) -> BaseResponse:
    """Carry over what was chosen."""
    laboratory, agreement, carry = _renewal(slug)
    form = _with_choices(CarryForm(), carry)
    if not form.validate():
        return _carry_page(laboratory, agreement, carry, form, status=INVALID)
    try:
        carry_over(
            actor=current_actor(),
            agreement_id=agreement.id,
            version=form.version.data,
            content=form.content,
        )
    except AgreementChangedError as error:
        form.version.data = error.version
        return _carry_page(laboratory, agreement, carry, form, status=CONFLICT, is_changed=True)
    except RuleBrokenError as error:
        form.take_error(error)
        return _carry_page(laboratory, agreement, carry, form, status=INVALID)
    flash(_("Carried over: look through it, and change what is to be different."), "yes")
    return to_agreement_desk(slug)


def to_ending_desk(slug: str) -> BaseResponse:
    """Go back to the page of an agreement's end."""
    return redirect_after_post(url_for("laboratories.show_ending_desk", slug=slug))


def _published(slug: str) -> tuple[AgreementDetail, AccountDetail]:
    agreement = read_agreement(slug)
    account = queries.load_account(agreement.texts)
    if account.published_at is None:
        raise NotFoundError
    return agreement, account


def _do(slug: str, act: Callable[..., object], done: str) -> BaseResponse:
    laboratory = led_laboratory(slug)
    agreement = signed_agreement_of(laboratory)
    try:
        act(actor=current_actor(), agreement_id=agreement.id)
    except AgreementGuardedError as error:
        return _desk(laboratory, agreement, guards=error.guards, status=CONFLICT)
    flash(done, "yes")
    return to_ending_desk(slug)


def _renewal(slug: str) -> tuple[LaboratoryDetail, AgreementDetail, Carry]:
    laboratory = led_laboratory(slug)
    agreement = agreement_of(laboratory)
    if agreement.texts.renews_id is None or not agreement.is_editable:
        raise NotFoundError
    return laboratory, agreement, load_carry(agreement.texts)


def _desk(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    *,
    status: int = 200,
    guards: Sequence[AgreementGuard] = (),
    early: EarlyEndForm | None = None,
) -> Response:
    facts = queries.load_ending_facts(agreement.texts)
    ends_on = agreement.texts.ends_on
    return render_page(
        "laboratories/ending_desk.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        facts=facts,
        guards=guards,
        account_guards=find_account_guards(facts),
        closing_guards=find_closing_guards(facts),
        days_left=days_left(ends_on, local_today()) if ends_on else None,
        window=evaluations.find_evaluation_window(agreement.texts),
        participants=evaluations.count_participants(agreement.texts),
        answers=evaluations.count_answers(agreement.id),
        asked_at=queries.find_last_asked(agreement.id),
        renewals=queries.find_renewals(agreement.texts),
        early=early or EarlyEndForm(formdata=None),
        step=StepForm(formdata=None, version=agreement.texts.version),
    )


def _account_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    account: AccountDetail,
    form: AccountForm,
    *,
    status: int = 200,
    is_changed: bool = False,
    guards: Sequence[AgreementGuard] = (),
) -> Response:
    return render_page(
        "laboratories/account_form.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        account=account,
        form=form,
        is_changed=is_changed,
        guards=guards,
    )


def _carry_page(
    laboratory: LaboratoryDetail,
    agreement: AgreementDetail,
    carry: Carry,
    form: CarryForm,
    *,
    status: int = 200,
    is_changed: bool = False,
) -> Response:
    return render_page(
        "laboratories/carry_form.html",
        status=status,
        laboratory=laboratory,
        agreement=agreement,
        carry=carry,
        form=_with_choices(form, carry),
        is_changed=is_changed,
    )


def _with_choices(form: CarryForm, carry: Carry) -> CarryForm:
    commitments = carry.commitments.values()
    form.offer(
        sheets=list(carry.sheets.items()),
        commitments=[(row.id, f"{row.party_name}: {row.title}") for row in commitments],
    )
    return form
