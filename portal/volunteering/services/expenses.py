"""Expenses asked back: with a receipt, or declared within the caps (D.Lgs. 117/2017, art. 17)."""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.amounts import format_money
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import store_upload
from portal.core.history import record_step, take_step
from portal.moderation.models import Case
from portal.moderation.services import open_case, resubmit_case
from portal.moderation.states import CaseAction, CaseKind
from portal.volunteering.emails.expenses import (
    mail_expense_approved,
    mail_expense_received,
    mail_expense_refused,
    mail_expense_returned,
)
from portal.volunteering.models import Expense
from portal.volunteering.policies import ClaimedExpense, find_expense_refusal
from portal.volunteering.queries.expenses import DeclaredSums, count_declared
from portal.volunteering.queries.hours import list_declarable_projects
from portal.volunteering.services.sign_ups.locks import lock_people
from portal.volunteering.states import (
    CAP_A_DAY_CENTS,
    CAP_A_MONTH_CENTS,
    EXPENSE_TRANSITIONS,
    ExpenseAction,
    ExpenseKind,
    ExpenseRefusal,
    ExpenseState,
)

HISTORY = "expense"


class ExpenseRefusedError(RuleBrokenError):
    """An expense cannot be asked back; `refusal` says why."""

    def __init__(self, refusal: ExpenseRefusal, others: DeclaredSums) -> None:
        """Say the reason, with the cap and what is left of it."""
        super().__init__(*_sentence(refusal, others))
        self.refusal = refusal


@dataclass(frozen=True)
class ExpenseContent:
    """What a person says of an expense."""

    project_id: int
    spent_on: date
    kind: ExpenseKind
    amount_cents: int
    description: str


def claim_expense(
    *,
    actor: Actor,
    content: ExpenseContent,
    receipt: FileStorage | None = None,
    user_id: int | None = None,
) -> Expense:
    """Hand in an expense, and confirm it by mail; the same tap twice is one expense.

    At the counter a clerk does it for the person `user_id`, and keeps the receipt on paper.

    Raises `ExpenseRefusedError` where the rules do not allow it, `FileRefusedError` for a
    receipt that cannot be kept.
    """
    # Before the caps are counted: two at once stand in a line.
    owner_id = actor.account_id if user_id is None else user_id
    lock_people([owner_id])
    twin = _find_twin(owner_id, content)
    if twin is not None:
        return twin
    is_from_counter = owner_id != actor.id
    _check(owner_id, content, has_receipt=receipt is not None or is_from_counter)
    expense = Expense(
        user_id=owner_id,
        state=ExpenseState.SUBMITTED,
        recorded_by_id=actor.id if is_from_counter else None,
    )
    _fill(expense, content, receipt)
    session().add(expense)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=expense.id, action="claim",
        to_state=expense.state,
    )  # fmt: skip
    case = open_case(
        actor=actor,
        kind=CaseKind.EXPENSE,
        subject_id=expense.id,
        title=_title(expense),
        applicant_id=owner_id,
    )
    mail_expense_received(expense=expense, case=case)
    return expense


def resubmit_expense(
    *,
    actor: Actor,
    expense_id: int,
    content: ExpenseContent,
    receipt: FileStorage | None = None,
) -> Expense:
    """Hand in again an expense that was sent back; without a new receipt the old one stays.

    The old one may be on paper, where the front desk handed the expense in with its receipt.

    Raises `ExpenseRefusedError` as `claim_expense`, `ForbiddenStepError` where it was not sent
    back.
    """
    lock_people([actor.account_id])
    expense = _lock(expense_id)
    if expense.user_id != actor.id:
        raise NotFoundError
    if expense.state is not ExpenseState.RETURNED:
        raise ForbiddenStepError(_l("This request waits at the office, or has been answered."))
    is_on_paper = expense.recorded_by_id is not None and expense.kind is ExpenseKind.DOCUMENTED
    has_receipt = receipt is not None or expense.file_id is not None or is_on_paper
    _check(actor.account_id, content, has_receipt=has_receipt, but_id=expense.id)
    _fill(expense, content, receipt)
    take_step(
        actor=actor,
        subject=expense,
        transitions=EXPENSE_TRANSITIONS,
        action=ExpenseAction.RESUBMIT,
    )
    expense.reason = None
    session().flush()
    case = resubmit_case(
        actor=actor, kind=CaseKind.EXPENSE, subject_id=expense.id, title=_title(expense)
    )
    mail_expense_received(expense=expense, case=case)
    return expense


def apply_expense_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Do what a decision on the case means for the expense, and tell the person."""
    expense = _lock(case.subject_id)
    step = ExpenseAction(action.value)
    # The reason comes first: the database asks for it with the state.
    expense.reason = None if step is ExpenseAction.ACCEPT else reason
    take_step(
        actor=actor, subject=expense, transitions=EXPENSE_TRANSITIONS, action=step, note=reason
    )
    session().flush()
    tell = {
        ExpenseAction.ACCEPT: mail_expense_approved,
        ExpenseAction.RETURN: mail_expense_returned,
        ExpenseAction.REFUSE: mail_expense_refused,
    }[step]
    tell(expense=expense, case=case)


def _check(
    user_id: int, content: ExpenseContent, *, has_receipt: bool, but_id: int | None = None
) -> None:
    projects = {project.id: project for project in list_declarable_projects(user_id)}
    others = count_declared(user_id, content.spent_on, but_id=but_id)
    claimed = ClaimedExpense(
        kind=content.kind,
        spent_on=content.spent_on,
        amount_cents=content.amount_cents,
        has_receipt=has_receipt,
        day_cents=others.of_day,
        month_cents=others.of_month,
    )
    refusal = find_expense_refusal(claimed, projects.get(content.project_id), today=local_today())
    if refusal is not None:
        raise ExpenseRefusedError(refusal, others)


def _sentence(refusal: ExpenseRefusal, others: DeclaredSums) -> tuple[object, str]:
    """Return what a person reads, and beside which field."""
    if refusal is ExpenseRefusal.DAY_CAP:
        words = _l(
            "Without a receipt at most %(cap)s a day can be paid back, and for this day you have"
            " already asked %(asked)s: write less, or add the receipt.",
            cap=format_money(CAP_A_DAY_CENTS),
            asked=format_money(others.of_day),
        )
        return words, "amount"
    if refusal is ExpenseRefusal.MONTH_CAP:
        words = _l(
            "Without a receipt at most %(cap)s a month can be paid back, and for this month you"
            " have already asked %(asked)s: write less, or add the receipt.",
            cap=format_money(CAP_A_MONTH_CENTS),
            asked=format_money(others.of_month),
        )
        return words, "amount"
    return {
        ExpenseRefusal.NOT_IN_PROJECT: (
            _l("Choose a project that has accepted you, or in whose shifts you have had a place."),
            "project",
        ),
        ExpenseRefusal.IN_THE_FUTURE: (
            _l("This day is still to come: ask when you have spent the money."),
            "spent_on",
        ),
        ExpenseRefusal.NOT_ACTIVE: (
            _l("In that month you did nothing for this project: check the day and the project."),
            "spent_on",
        ),
        ExpenseRefusal.NOT_PLAUSIBLE: (
            _l("Write an amount between one cent and €1,000."),
            "amount",
        ),
        ExpenseRefusal.RECEIPT_MISSING: (
            _l("Add the receipt, as a PDF or a picture."),
            "receipt",
        ),
    }[refusal]


def _fill(expense: Expense, content: ExpenseContent, receipt: FileStorage | None) -> None:
    if receipt is not None:
        # First: the database never sees an expense with a receipt that is not there.
        expense.file_id = store_upload(upload=receipt).id
    expense.project_id, expense.spent_on = content.project_id, content.spent_on
    expense.kind, expense.amount_cents = content.kind, content.amount_cents
    expense.description = content.description


def _title(expense: Expense) -> str:
    return f"{expense.user.display_name}, {format_money(expense.amount_cents)}"


def _find_twin(user_id: int, content: ExpenseContent) -> Expense | None:
    return session().scalar(
        select(Expense)
        .where(
            Expense.user_id == user_id,
            Expense.project_id == content.project_id,
            Expense.spent_on == content.spent_on,
            Expense.kind == content.kind,
            Expense.amount_cents == content.amount_cents,
            Expense.description == content.description,
            Expense.state == ExpenseState.SUBMITTED,
        )
        .limit(1)
    )


def _lock(expense_id: int) -> Expense:
    expense = session().get(Expense, expense_id, with_for_update=True, populate_existing=True)
    if expense is None:
        raise NotFoundError
    return expense
