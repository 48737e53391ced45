"""Commitments: the board everybody follows, reports from the phone, and their confirmation."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask import Response, flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, can, current_actor, requires
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.htmx import redirect_after_post, render_page
from portal.core.pagination import requested_choice
from portal.core.spreadsheet import csv_response
from portal.core.unit_of_work import writes
from portal.laboratories import services
from portal.laboratories.forms.commitments import ProgressForm, ReasonForm, RefusalForm
from portal.laboratories.policies import LaboratoryFacts, is_followed
from portal.laboratories.queries import commitment_reports as reports
from portal.laboratories.queries import commitments as queries
from portal.laboratories.queries.commitment_boards import (
    BoardFilter,
    board_by_party,
    count_commitments,
)
from portal.laboratories.queries.commitments import (
    AgreementHead,
    CommitmentDetail,
    CommitmentRow,
)
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.desk import CONFLICT, DESK, INVALID, led_laboratory
from portal.laboratories.services import CommitmentChangedError
from portal.permissions import Permission

BOARD = "/accordi/<slug>/impegni/"
CSV_HEADER = (
    "parte",
    "tipo",
    "impegno",
    "entro",
    "indicatore",
    "stato",
    "mantenuto",
    "giorni_di_ritardo",
    "scheda",
)


@laboratories.get(BOARD)
@requires(Permission.PORTAL_READ)
def list_commitments(slug: str) -> Response:
    """Show who has taken on what, and how far it is."""
    agreement = queries.get_agreement_head(slug)
    asked = requested_choice("stato", set(BoardFilter))
    only = BoardFilter(asked) if asked else None
    rows = queries.list_commitments(agreement.id)
    return render_page(
        "laboratories/commitment_list.html",
        partial="laboratories/_commitments.html",
        agreement=agreement,
        **board_context(rows, only),
    )


def board_context(rows: Sequence[CommitmentRow], only: BoardFilter | None = None) -> dict[str, Any]:
    """Return what `laboratories/_commitments.html` shows: by party, all or those that fit."""
    return {
        "counts": count_commitments(rows),
        "parties": board_by_party(rows, only),
        "only": only,
    }


@laboratories.get(f"{BOARD}scarica.csv")
@requires(Permission.PORTAL_READ)
def download_commitments(slug: str) -> Response:
    """Send the commitments of an agreement as a table."""
    agreement = queries.get_agreement_head(slug)
    rows = queries.list_commitments(agreement.id)
    return csv_response(
        _table(rows), header=CSV_HEADER, file_name=f"impegni-{agreement.slug[:60]}.csv"
    )


@laboratories.get(f"{BOARD}<int:commitment_id>")
@requires(Permission.PORTAL_READ)
def show_commitment(slug: str, commitment_id: int) -> Response:
    """Show a commitment with what has been done for it."""
    agreement, commitment, leads = _load(slug, commitment_id)
    return _commitment_page(agreement, commitment, leads=leads)


@laboratories.get(f"{BOARD}<int:commitment_id>/foto/<int:progress_id>")
@requires(Permission.PORTAL_READ)
def show_progress_photo(slug: str, commitment_id: int, progress_id: int) -> Response:
    """Send the picture of a confirmed report."""
    photo = reports.get_progress_photo(slug, commitment_id, progress_id)
    return file_response(photo, as_attachment=False)


@laboratories.get(f"{BOARD}<int:commitment_id>/racconta")
@requires(Permission.COMMITMENT_REPORT)
def show_progress_form(slug: str, commitment_id: int) -> Response:
    """Show the form in which a party says what it has done."""
    agreement, commitment, _leads = _load_own(slug, commitment_id)
    return _progress_page(agreement, commitment, ProgressForm())


@laboratories.post(f"{BOARD}<int:commitment_id>/racconta")
@requires(Permission.COMMITMENT_REPORT)
@writes
def report_progress(slug: str, commitment_id: int) -> BaseResponse:
    """Keep what a party says, to be confirmed."""
    agreement, commitment, leads = _load_own(slug, commitment_id)
    form = ProgressForm()
    if not form.validate_on_submit():
        return _progress_page(agreement, commitment, form, status=INVALID)
    try:
        services.report_progress(
            actor=current_actor(),
            commitment_id=commitment.id,
            form_key=form.form_key.data,
            content=form.content,
            is_confirmed=leads,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _progress_page(agreement, commitment, form, status=INVALID)
    words = (
        _("It is on the page.")
        if leads
        else _("Thank you. Who leads the laboratory confirms it, then everybody reads it.")
    )
    flash(words, "yes")
    return redirect_after_post(_address(agreement, commitment))


@laboratories.post(f"{BOARD}<int:commitment_id>/ritardo")
@requires(Permission.COMMITMENT_REPORT)
@writes
def explain_delay(slug: str, commitment_id: int) -> BaseResponse:
    """Say in public why a commitment is late."""
    agreement, commitment, leads = _load_own(slug, commitment_id)
    return _act(agreement, commitment, services.explain_delay, "delay_form", leads=leads)


@laboratories.post(f"{BOARD}<int:commitment_id>/lascia")
@requires(Permission.LABORATORY_OPEN)
@writes
def drop_commitment(slug: str, commitment_id: int) -> BaseResponse:
    """Let a commitment go, with the reason."""
    agreement, commitment = _load_led(slug, commitment_id)
    return _act(agreement, commitment, services.drop_commitment, "drop_form", leads=True)


@laboratories.post(f"{BOARD}<int:commitment_id>/riprendi")
@requires(Permission.LABORATORY_OPEN)
@writes
def take_up_commitment(slug: str, commitment_id: int) -> BaseResponse:
    """Open a commitment again."""
    agreement, commitment = _load_led(slug, commitment_id)
    return _act(agreement, commitment, services.take_up_again, "again_form", leads=True)


# --- the desk


@laboratories.get(f"{DESK}<slug>/impegni")
@requires(Permission.LABORATORY_OPEN)
def list_reports(slug: str) -> Response:
    """Show what parties reported and nobody has confirmed yet."""
    laboratory = led_laboratory(slug)
    return _reports_page(laboratory.id, slug)


@laboratories.get(f"{DESK}<slug>/impegni/<int:progress_id>/foto")
@requires(Permission.LABORATORY_OPEN)
def show_reported_photo(slug: str, progress_id: int) -> Response:
    """Send the picture of a report to who confirms it."""
    laboratory = led_laboratory(slug)
    photo = reports.get_reported_photo(laboratory.id, progress_id)
    return file_response(photo, as_attachment=False)


@laboratories.post(f"{DESK}<slug>/impegni/<int:progress_id>/conferma")
@requires(Permission.LABORATORY_OPEN)
@writes
def confirm_progress(slug: str, progress_id: int) -> BaseResponse:
    """Confirm a report: everybody reads it from now on."""
    _check_report(slug, progress_id)
    services.confirm_progress(actor=current_actor(), progress_id=progress_id)
    flash(_("Confirmed: everybody reads it now."), "yes")
    return redirect_after_post(url_for("laboratories.list_reports", slug=slug))


@laboratories.post(f"{DESK}<slug>/impegni/<int:progress_id>/rifiuta")
@requires(Permission.LABORATORY_OPEN)
@writes
def refuse_progress(slug: str, progress_id: int) -> BaseResponse:
    """Say why a report is not confirmed."""
    laboratory_id, form = _check_report(slug, progress_id), RefusalForm()
    if not form.validate_on_submit():
        return _reports_page(laboratory_id, slug, form, progress_id, status=INVALID)
    services.refuse_progress(
        actor=current_actor(), progress_id=progress_id, reason=form.reason.data
    )
    flash(_("Who reported it has been told why."), "yes")
    return redirect_after_post(url_for("laboratories.list_reports", slug=slug))


# --- loading


def _load(slug: str, commitment_id: int) -> tuple[AgreementHead, CommitmentDetail, bool]:
    agreement = queries.get_agreement_head(slug)
    leads = can(
        Permission.LABORATORY_LEAD, LaboratoryFacts(agreement.id, agreement.facts.district_ids)
    )
    commitment = queries.get_commitment(
        current_actor(), slug=slug, commitment_id=commitment_id, leads=leads
    )
    return agreement, commitment, leads


def _load_own(slug: str, commitment_id: int) -> tuple[AgreementHead, CommitmentDetail, bool]:
    agreement, commitment, leads = _load(slug, commitment_id)
    authorize(Permission.COMMITMENT_REPORT, commitment.facts)
    return agreement, commitment, leads


def _load_led(slug: str, commitment_id: int) -> tuple[AgreementHead, CommitmentDetail]:
    agreement, commitment, _leads = _load(slug, commitment_id)
    authorize(
        Permission.LABORATORY_LEAD, LaboratoryFacts(agreement.id, agreement.facts.district_ids)
    )
    return agreement, commitment


def _check_report(slug: str, progress_id: int) -> int:
    laboratory = led_laboratory(slug)
    if not reports.report_is_of_laboratory(laboratory.id, progress_id):
        raise NotFoundError
    return laboratory.id


def _act(
    agreement: AgreementHead,
    commitment: CommitmentDetail,
    service: Callable[..., object],
    form_name: str,
    *,
    leads: bool,
) -> BaseResponse:
    """Do what asks for a reason, or show the page again with what was typed."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _commitment_page(
            agreement, commitment, leads=leads, status=INVALID, refused={form_name: form}
        )
    try:
        service(
            actor=current_actor(),
            commitment_id=commitment.id,
            version=form.version.data,
            reason=form.reason.data,
        )
    except CommitmentChangedError as error:
        form.version.data = commitment.version
        form.form_errors.append(error.sentence)
        return _commitment_page(
            agreement, commitment, leads=leads, status=CONFLICT, refused={form_name: form}
        )
    flash(_("Saved: everybody reads it."), "yes")
    return redirect_after_post(_address(agreement, commitment))


# --- pages


def _address(agreement: AgreementHead, commitment: CommitmentDetail) -> str:
    return url_for("laboratories.show_commitment", slug=agreement.slug, commitment_id=commitment.id)


def _commitment_page(
    agreement: AgreementHead,
    commitment: CommitmentDetail,
    *,
    leads: bool,
    status: int = 200,
    refused: dict[str, ReasonForm] | None = None,
) -> Response:
    version = str(commitment.version)
    names = ("delay_form", "drop_form", "again_form")
    forms = {
        name: (refused or {}).get(name) or ReasonForm(formdata=None, version=version)
        for name in names
    }
    return render_page(
        "laboratories/commitment_detail.html",
        status=status,
        agreement=agreement,
        commitment=commitment,
        leads=leads,
        is_followed=is_followed(agreement.state),
        refused=next(iter((refused or {}).values()), None),
        **forms,
    )


def _progress_page(
    agreement: AgreementHead,
    commitment: CommitmentDetail,
    form: ProgressForm,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/progress_form.html",
        status=status,
        agreement=agreement,
        commitment=commitment,
        form=form,
    )


def _reports_page(
    laboratory_id: int,
    slug: str,
    refused: RefusalForm | None = None,
    refused_id: int | None = None,
    *,
    status: int = 200,
) -> Response:
    return render_page(
        "laboratories/report_list.html",
        status=status,
        slug=slug,
        laboratory=led_laboratory(slug),
        reports=reports.list_reports(laboratory_id),
        refused=refused,
        refused_id=refused_id,
        form=RefusalForm(formdata=None),
    )


def _table(rows: list[CommitmentRow]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        yield (
            row.party_name,
            row.party_kind,
            row.title,
            row.due_on.isoformat(),
            row.indicator,
            row.state,
            row.done_on.isoformat() if row.done_on else None,
            row.days_late,
            row.sheet_title,
        )
