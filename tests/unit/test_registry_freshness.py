"""How fresh a profile is, by the day."""

from datetime import date

import pytest

from portal.registry.freshness import Freshness, due_from, freshness, months_after, stale_from

WRITTEN = date(2025, 11, 12)


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (WRITTEN, Freshness.FRESH),
        (date(2026, 11, 11), Freshness.FRESH),
        (date(2026, 11, 12), Freshness.DUE),
        (date(2026, 12, 11), Freshness.DUE),
        (date(2026, 12, 12), Freshness.STALE),
        (date(2030, 1, 1), Freshness.STALE),
    ],
)
def test_a_profile_is_fresh_for_a_year_and_stale_a_month_later(today, expected):
    assert freshness(WRITTEN, today) is expected


def test_nobody_knows_how_fresh_a_profile_is_that_was_never_written():
    assert freshness(None, date(2026, 11, 30)) is Freshness.UNKNOWN


def test_the_days_fit_what_is_said_on_them():
    assert freshness(WRITTEN, due_from(WRITTEN)) is Freshness.DUE
    assert freshness(WRITTEN, stale_from(WRITTEN)) is Freshness.STALE


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2027, 1, 31), 13, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 31), 12, date(2027, 12, 31)),
    ],
)
def test_a_month_that_is_shorter_ends_on_its_last_day(day, months, expected):
    assert months_after(day, months) == expected
