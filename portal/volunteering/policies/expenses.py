"""Which expenses a person may ask back (D.Lgs. 117/2017, art. 17), and points of the youth card."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, Decimal

from portal.volunteering.policies.hours import DeclarableProject
from portal.volunteering.states import (
    CAP_A_DAY_CENTS,
    CAP_A_MONTH_CENTS,
    LARGEST_EXPENSE_CENTS,
    ExpenseKind,
    ExpenseRefusal,
)

MINUTES_AN_HOUR = 60


@dataclass(frozen=True)
class ClaimedExpense:
    """An expense as somebody asks it back."""

    kind: ExpenseKind
    spent_on: date
    amount_cents: int
    has_receipt: bool
    day_cents: int
    """Of other expenses of that day that are only declared and not refused."""
    month_cents: int
    """The same of the month."""


def find_expense_refusal(
    expense: ClaimedExpense, project: DeclarableProject | None, *, today: date
) -> ExpenseRefusal | None:
    """Return why an expense cannot be asked back, or None.

    `project` is None where the person takes no part in it. What is bought a few days before the
    first time counts: the month decides.
    """
    if project is None:
        return ExpenseRefusal.NOT_IN_PROJECT
    if expense.spent_on > today:
        return ExpenseRefusal.IN_THE_FUTURE
    if not _is_active_in_month(project, expense.spent_on):
        return ExpenseRefusal.NOT_ACTIVE
    return _find_money_refusal(expense)


def count_points(minutes: int, points_per_hour: Decimal) -> int:
    """Return the points of the youth card for verified minutes; a part of a point is none."""
    points = Decimal(minutes) * points_per_hour / MINUTES_AN_HOUR
    return int(points.to_integral_value(rounding=ROUND_FLOOR))


def _is_active_in_month(project: DeclarableProject, day: date) -> bool:
    month = (day.year, day.month)
    if (project.since_on.year, project.since_on.month) > month:
        return False
    return project.ends_on is None or month <= (project.ends_on.year, project.ends_on.month)


def _find_money_refusal(expense: ClaimedExpense) -> ExpenseRefusal | None:
    if not 1 <= expense.amount_cents <= LARGEST_EXPENSE_CENTS:
        return ExpenseRefusal.NOT_PLAUSIBLE
    if expense.kind is ExpenseKind.DOCUMENTED:
        return None if expense.has_receipt else ExpenseRefusal.RECEIPT_MISSING
    if expense.day_cents + expense.amount_cents > CAP_A_DAY_CENTS:
        return ExpenseRefusal.DAY_CAP
    if expense.month_cents + expense.amount_cents > CAP_A_MONTH_CENTS:
        return ExpenseRefusal.MONTH_CAP
    return None
