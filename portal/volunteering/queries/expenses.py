"""Expenses that people ask back: their own, the case's, and what accounting pays."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, extract, func, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.volunteering.models import Expense, VolunteeringProject
from portal.volunteering.states import ExpenseKind, ExpenseState


@dataclass(frozen=True)
class ExpenseRow:
    """An expense, as its person and the office see it."""

    id: int
    user_id: int
    person: str
    project_id: int
    project_title: str
    spent_on: date
    kind: ExpenseKind
    amount_cents: int
    description: str
    file_id: int | None
    file_name: str | None
    state: ExpenseState
    reason: str | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class DeclaredSums:
    """What a person has already asked back without a receipt, in cents; the caps count it."""

    of_day: int
    of_month: int


@dataclass(frozen=True)
class ExpenseCaseRow:
    """An expense in its case, with what stands beside it in the month."""

    expense: ExpenseRow
    others: DeclaredSums


@dataclass(frozen=True)
class MonthSum:
    """Approved expenses of a month."""

    month: str
    """`2026-11`."""
    number: int
    amount_cents: int

    @property
    def first_on(self) -> date:
        """Its first day."""
        return date.fromisoformat(f"{self.month}-01")


def list_expenses_of(user_id: int) -> list[ExpenseRow]:
    """Return a person's expenses, the latest first."""
    rows = session().execute(_rows().where(Expense.user_id == user_id).order_by(Expense.id.desc()))
    return [ExpenseRow(*row) for row in rows]


def get_expense(expense_id: int) -> ExpenseRow:
    """Return one; raises `NotFoundError` where there is none."""
    row = session().execute(_rows().where(Expense.id == expense_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return ExpenseRow(*row)


def get_expense_case(expense_id: int) -> ExpenseCaseRow:
    """Return what the case of an expense shows; raises `NotFoundError` where there is none."""
    expense = get_expense(expense_id)
    others = count_declared(expense.user_id, expense.spent_on, but_id=expense.id)
    return ExpenseCaseRow(expense, others)


def count_declared(user_id: int, day: date, *, but_id: int | None = None) -> DeclaredSums:
    """Return what stands without a receipt on the day and in the month of `day`."""
    of_day = func.sum(Expense.amount_cents).filter(Expense.spent_on == day)
    statement = select(
        func.coalesce(of_day, 0), func.coalesce(func.sum(Expense.amount_cents), 0)
    ).where(
        Expense.user_id == user_id,
        Expense.kind == ExpenseKind.SELF_CERTIFIED,
        Expense.state != ExpenseState.REFUSED,
        extract("year", Expense.spent_on) == day.year,
        extract("month", Expense.spent_on) == day.month,
    )
    if but_id is not None:
        statement = statement.where(Expense.id != but_id)
    return DeclaredSums(*session().execute(statement).one())


def list_approved(*, month: str, project_id: int | None) -> list[ExpenseRow]:
    """Return the approved expenses of a month (`2026-11`), by project, person and day."""
    statement = _rows().where(
        Expense.state == ExpenseState.APPROVED,
        func.to_char(Expense.spent_on, "YYYY-MM") == month,
    )
    if project_id is not None:
        statement = statement.where(Expense.project_id == project_id)
    rows = session().execute(
        statement.order_by(
            VolunteeringProject.title, User.display_name, Expense.spent_on, Expense.id
        )
    )
    return [ExpenseRow(*row) for row in rows]


def list_months_approved() -> list[MonthSum]:
    """Return the months with approved expenses, the latest first."""
    month = func.to_char(Expense.spent_on, "YYYY-MM")
    rows = session().execute(
        select(month, func.count(), func.sum(Expense.amount_cents))
        .where(Expense.state == ExpenseState.APPROVED)
        .group_by(month)
        .order_by(month.desc())
    )
    return [MonthSum(*row) for row in rows]


def _rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Expense.id,
            Expense.user_id,
            User.display_name,
            Expense.project_id,
            VolunteeringProject.title,
            Expense.spent_on,
            Expense.kind,
            Expense.amount_cents,
            Expense.description,
            Expense.file_id,
            StoredFile.name,
            Expense.state,
            Expense.reason,
            Expense.created_at,
            Expense.updated_at,
        )
        .join_from(Expense, VolunteeringProject)
        .join(User, User.id == Expense.user_id)
        .outerjoin(StoredFile, StoredFile.id == Expense.file_id)
    )
