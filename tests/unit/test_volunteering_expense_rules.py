"""Which expenses may be asked back, and what an amount is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from portal.core.amounts import format_money, parse_money, spreadsheet_money
from portal.volunteering.policies import (
    ClaimedExpense,
    DeclarableProject,
    count_points,
    find_expense_refusal,
)
from portal.volunteering.states import ExpenseKind, ExpenseRefusal

TODAY = date(2026, 11, 30)
PROJECT = DeclarableProject(1, "Compiti", since_on=date(2026, 10, 20), ends_on=None)
RECEIPT = ClaimedExpense(ExpenseKind.DOCUMENTED, TODAY, 500_00, True, 10_00, 150_00)
WORD = ClaimedExpense(ExpenseKind.SELF_CERTIFIED, TODAY, 10_00, False, 0, 0)

CASES = {
    ExpenseRefusal.NOT_IN_PROJECT: (RECEIPT, None),
    ExpenseRefusal.IN_THE_FUTURE: (replace(RECEIPT, spent_on=date(2026, 12, 1)), PROJECT),
    ExpenseRefusal.NOT_ACTIVE: (replace(RECEIPT, spent_on=date(2026, 9, 30)), PROJECT),
    ExpenseRefusal.NOT_PLAUSIBLE: (replace(RECEIPT, amount_cents=1_000_01), PROJECT),
    ExpenseRefusal.RECEIPT_MISSING: (replace(RECEIPT, has_receipt=False), PROJECT),
    ExpenseRefusal.DAY_CAP: (replace(WORD, day_cents=1), PROJECT),
    ExpenseRefusal.MONTH_CAP: (replace(WORD, month_cents=140_01), PROJECT),
}


def test_every_refusal_has_its_case():
    assert set(CASES) == set(ExpenseRefusal)


@pytest.mark.parametrize("refusal", CASES)
def test_every_refusal_can_occur(refusal):
    expense, project = CASES[refusal]
    assert find_expense_refusal(expense, project, today=TODAY) is refusal


@pytest.mark.parametrize(
    ("expense", "project"),
    [
        (RECEIPT, PROJECT),
        (replace(RECEIPT, amount_cents=1_000_00), PROJECT),
        (WORD, PROJECT),
        (replace(WORD, month_cents=140_00), PROJECT),
        # Bought before the first time, in the same month.
        (replace(RECEIPT, spent_on=date(2026, 10, 1)), PROJECT),
        (RECEIPT, replace(PROJECT, ends_on=date(2026, 11, 2))),
    ],
)
def test_what_the_law_allows_is_not_refused(expense, project):
    assert find_expense_refusal(expense, project, today=TODAY) is None


def test_nothing_is_paid_back_after_the_month_in_which_a_project_ended():
    ended = replace(PROJECT, ends_on=date(2026, 10, 31))
    assert find_expense_refusal(RECEIPT, ended, today=TODAY) is ExpenseRefusal.NOT_ACTIVE


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("12,50", 12_50), ("12.50", 12_50), ("12,5", 12_50), ("€ 12", 12_00), ("12 euro", 12_00),
        ("1.250,00", 1_250_00), ("1.250", 1_250_00), ("0", 0), (" 7 ", 7_00),
        ("-1", None), ("abc", None), ("", None), ("12,505", None), ("1,2,3", None),
        ("1e3", None), ("١٢", None), ("9" * 13, None), ("12;50", None),
    ],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text, cents):
    assert parse_money(text) == cents


def test_amounts_are_written_as_people_read_them(app):
    with app.test_request_context():
        assert format_money(1_250_50) == "1.250,50\N{NO-BREAK SPACE}€"
    assert spreadsheet_money(1_250_50) == "1250,50"


@pytest.mark.parametrize(
    ("minutes", "rate", "points"),
    [(90, "1", 1), (120, "0.5", 1), (119, "0.5", 0), (60, "2.25", 2), (0, "5", 0)],
)
def test_part_of_a_point_is_none(minutes, rate, points):
    assert count_points(minutes, Decimal(rate)) == points
