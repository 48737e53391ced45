"""Expenses: mine, and what accounting pays back."""

from flask import Response, flash, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from portal.core.access import authorize, current_actor, requires
from portal.core.amounts import spreadsheet_money
from portal.core.clock import local_today
from portal.core.downloads import file_response
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.files import get_stored_file
from portal.core.htmx import redirect_after_post, render_page
from portal.core.spreadsheet import csv_response
from portal.core.unit_of_work import writes
from portal.moderation.queries import find_case_of
from portal.moderation.states import CaseKind
from portal.permissions import Permission
from portal.volunteering import services
from portal.volunteering.forms.expenses import ExpenseForm
from portal.volunteering.queries import expenses as queries
from portal.volunteering.queries.expenses import ExpenseRow
from portal.volunteering.queries.hours import list_declarable_projects
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.states import ExpenseKind, ExpenseState

MINE = "/area-personale/rimborsi"
OFFICE = "/gestione/volontariato/rimborsi"
# A number no id can have is no address of ours (404, not a refusal of the database).
ONE = f"{MINE}/<int:expense_id>"


@volunteering.get(MINE)
@requires(Permission.EXPENSE_CLAIM)
def list_expenses() -> Response:
    """Show what I asked back, and where it is."""
    user_id = current_actor().account_id
    return render_page(
        "volunteering/expense_list.html",
        expenses=queries.list_expenses_of(user_id),
        declared=queries.count_declared(user_id, local_today()),
    )


@volunteering.get(f"{MINE}/chiedi")
@requires(Permission.EXPENSE_CLAIM)
def show_expense_form() -> Response:
    """Ask for an expense."""
    return _render_form(ExpenseForm(formdata=None))


@volunteering.post(f"{MINE}/chiedi")
@requires(Permission.EXPENSE_CLAIM)
@writes
def claim_expense() -> BaseResponse:
    """Hand the expense in."""
    form = _filled_form()
    if not form.validate():
        return _render_form(form)
    try:
        expense = services.claim_expense(
            actor=current_actor(), content=content_of(form), receipt=form.receipt.data
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_form(form)
    flash(_("Your request has been sent: we have also written to you by mail."), "yes")
    return redirect_after_post(url_for("volunteering.show_expense", expense_id=expense.id))


@volunteering.get(ONE)
@requires(Permission.EXPENSE_CLAIM)
def show_expense(expense_id: int) -> Response:
    """Show where an expense of mine is."""
    expense = _own(expense_id)
    return render_page(
        "volunteering/expense_detail.html",
        expense=expense,
        case=find_case_of(CaseKind.EXPENSE, expense.id),
    )


@volunteering.get(f"{ONE}/modifica")
@requires(Permission.EXPENSE_CLAIM)
def edit_expense(expense_id: int) -> BaseResponse:
    """Show an expense that was sent back, to be corrected."""
    expense = _own(expense_id)
    if expense.state is not ExpenseState.RETURNED:
        return redirect_after_post(url_for("volunteering.show_expense", expense_id=expense_id))
    written = {
        "project": str(expense.project_id),
        "spent_on": expense.spent_on,
        "amount": expense.amount_cents,
        "description": expense.description,
        "kind": expense.kind.value,
    }
    return _render_form(ExpenseForm(formdata=None, data=written), expense)


@volunteering.post(f"{ONE}/modifica")
@requires(Permission.EXPENSE_CLAIM)
@writes
def resubmit_expense(expense_id: int) -> BaseResponse:
    """Hand the corrected expense in again; a second tap finds it handed in."""
    expense = _own(expense_id)
    if expense.state is not ExpenseState.RETURNED:
        return redirect_after_post(url_for("volunteering.show_expense", expense_id=expense_id))
    form = _filled_form()
    if not form.validate():
        return _render_form(form, expense)
    try:
        services.resubmit_expense(
            actor=current_actor(),
            expense_id=expense_id,
            content=content_of(form),
            receipt=form.receipt.data,
        )
    except RuleBrokenError as error:
        form.take_error(error)
        return _render_form(form, expense)
    flash(_("Your request has been sent: we have also written to you by mail."), "yes")
    return redirect_after_post(url_for("volunteering.show_expense", expense_id=expense_id))


@volunteering.get(f"{ONE}/ricevuta")
@requires(Permission.EXPENSE_READ_RECEIPT)
def download_receipt(expense_id: int) -> Response:
    """Send the receipt of an expense, to its person and to the office."""
    expense = queries.get_expense(expense_id)
    authorize(Permission.EXPENSE_READ_RECEIPT, expense)
    if expense.file_id is None:
        raise NotFoundError
    return file_response(get_stored_file(expense.file_id))


@volunteering.get(OFFICE)
@requires(Permission.VOLUNTEERS_ADMINISTER)
def list_approved_expenses() -> Response:
    """Show accounting what to pay back, by month and project."""
    months = queries.list_months_approved()
    month, project_id = _requested(months)
    rows = queries.list_approved(month=month, project_id=None)
    return render_page(
        "volunteering/expense_office.html",
        months=months,
        month=month,
        project_id=project_id,
        projects={row.project_id: row.project_title for row in rows},
        expenses=[r for r in rows if project_id in (None, r.project_id)],
    )


@volunteering.get(f"{OFFICE}.csv")
@requires(Permission.VOLUNTEERS_ADMINISTER)
def download_approved_expenses() -> Response:
    """Send the same list for the accounting office."""
    month, project_id = _requested(queries.list_months_approved())
    rows = (
        (
            row.person,
            row.project_title,
            row.spent_on.isoformat(),
            row.description,
            _("with receipt") if row.kind is ExpenseKind.DOCUMENTED else _("declared"),
            spreadsheet_money(row.amount_cents),
        )
        for row in queries.list_approved(month=month, project_id=project_id)
    )
    return csv_response(
        list(rows),
        header=(_("Person"), _("Project"), _("Day"), _("Spent for"), _("How"), _("Euro")),
        file_name=f"rimborsi-{month}.csv",
    )


def _requested(months: list[queries.MonthSum]) -> tuple[str, int | None]:
    """Return the month and the project the address asks for; else the latest, and all."""
    known = [one.month for one in months]
    wanted = request.args.get("mese", "")
    latest = known[0] if known else f"{local_today():%Y-%m}"
    project = request.args.get("progetto", "")
    is_number = project.isascii() and project.isdigit() and len(project) < len(str(2**63))
    return (wanted if wanted in known else latest), (int(project) if is_number else None)


def _own(expense_id: int) -> ExpenseRow:
    expense = queries.get_expense(expense_id)
    authorize(Permission.EXPENSE_CLAIM, expense)
    if expense.user_id != current_actor().id:
        raise NotFoundError
    return expense


def _filled_form() -> ExpenseForm:
    form = ExpenseForm()
    form.offer(list_declarable_projects(current_actor().account_id))
    return form


def content_of(form: ExpenseForm) -> services.ExpenseContent:
    """Return what a valid form says."""
    return services.ExpenseContent(
        project_id=int(form.project.data),
        spent_on=form.spent_on.data or local_today(),
        kind=ExpenseKind(form.kind.data),
        amount_cents=form.amount.data or 0,
        description=form.description.data,
    )


def _render_form(form: ExpenseForm, expense: ExpenseRow | None = None) -> Response:
    if form.project.choices is None:
        form.offer(list_declarable_projects(current_actor().account_id))
    return render_page(
        "volunteering/expense_form.html",
        status=422 if form.errors or form.form_errors else 200,
        form=form,
        expense=expense,
    )
