"""When a procedure ends (Law 241/1990): weekends, holidays, pauses, summer time."""

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.core.clock import to_local
from portal.core.working_calendar import is_working_day, working_day_from
from portal.moderation.deadlines import (
    Pause,
    Term,
    compute_deadline,
    days_paused,
    days_used,
    integration_end,
    observations_end,
    resumption_after_answer,
    resumption_without_answer,
)
from portal.moderation.states import DayCount, SuspensionReason

THIRTY = Term(30)
WORKING = DayCount.WORKING
NOVEMBER_2 = date(2026, 11, 2)


@pytest.fixture(scope="module", autouse=True)
def holidays_of_three_years():
    """The library works a year out when it is asked for the first time."""
    for year in (2026, 2027, 2028):
        is_working_day(date(year, 3, 1))


def deadline(received_on, term=THIRTY, *pauses):
    return compute_deadline(received_on, term, pauses, is_working_day)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 11, 23), True),
        (date(2026, 11, 24), False),  # San Prospero, patron of Reggio Emilia
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2027, 3, 29), False),  # Easter Monday
        (date(2026, 4, 25), False),
        (date(2026, 8, 15), False),
        (date(2026, 12, 8), False),
        (date(2026, 11, 28), False),  # a Saturday
        (date(2026, 11, 29), False),  # a Sunday
    ],
)
def test_offices_rest_at_weekends_on_holidays_and_on_the_patrons_day(day, works):
    assert is_working_day(day) is works


def test_after_easter_saturday_comes_the_tuesday():
    assert working_day_from(date(2026, 4, 4)) == date(2026, 4, 7)


def test_the_day_of_receipt_is_not_counted():
    assert deadline(NOVEMBER_2, Term(1)) == date(2026, 11, 3)
    assert deadline(NOVEMBER_2) == date(2026, 12, 2)


@pytest.mark.parametrize(
    ("received_on", "ends_on"),
    [
        (date(2026, 10, 22), date(2026, 11, 23)),  # a Saturday: on Monday
        (date(2026, 10, 25), date(2026, 11, 25)),  # 24 November
        (date(2026, 3, 6), date(2026, 4, 7)),  # Easter Sunday: after Easter Monday
        (date(2026, 3, 26), date(2026, 4, 27)),  # 25 April, a Saturday
        (date(2027, 3, 25), date(2027, 4, 26)),  # a Saturday, then 25 April on Sunday
        (date(2026, 11, 25), date(2026, 12, 28)),  # Christmas, St Stephen, Sunday
    ],
)
def test_a_term_that_ends_on_a_holiday_ends_on_the_next_working_day(received_on, ends_on):
    assert deadline(received_on) == ends_on


def test_working_days_skip_weekends_and_holidays():
    # From Friday 20 November: Monday 23, then the patron's day, 25, 26, 27.
    assert deadline(date(2026, 11, 20), Term(4, WORKING)) == date(2026, 11, 27)
    assert deadline(date(2026, 12, 23), Term(3, WORKING)) == date(2026, 12, 29)


def test_a_leap_day_is_a_day():
    assert deadline(date(2028, 2, 28), Term(2)) == date(2028, 3, 1)
    assert deadline(date(2027, 2, 26), Term(3)) == date(2027, 3, 1)


def test_a_request_of_the_night_belongs_to_the_citys_next_day():
    # Half past one on the wall clocks of summer, half past eleven of the day before in UTC.
    summer, winter = (
        datetime(2026, 7, 1, 23, 30, tzinfo=UTC),
        datetime(2026, 1, 7, 23, 30, tzinfo=UTC),
    )
    assert to_local(summer).date() == date(2026, 7, 2)
    assert to_local(winter).date() == date(2026, 1, 8)
    assert to_local(datetime(2026, 7, 1, 21, 59, tzinfo=UTC)).date() == date(2026, 7, 1)


def test_summer_time_neither_adds_nor_takes_a_day():
    # The clocks change on 25 October 2026 and on 29 March 2026.
    assert deadline(date(2026, 10, 19), Term(10)) == date(2026, 10, 29)
    assert deadline(date(2026, 3, 23), Term(10)) == date(2026, 4, 2)


def test_the_day_of_asking_counts_and_the_day_of_the_answer_does_not():
    received_on, asked_on, answered_on = date(2026, 11, 7), date(2026, 11, 24), date(2026, 12, 6)
    resumes_on = resumption_after_answer(SuspensionReason.INTEGRATION, answered_on)
    pause = Pause(asked_on, resumes_on)
    assert resumes_on == date(2026, 12, 7)
    assert days_used(received_on, date(2026, 11, 30), Term(60), [pause], is_working_day) == 17
    assert days_paused(received_on, date(2026, 11, 30), [pause]) == 6
    # Twelve days stood still, 25 November to 6 December.
    assert days_paused(received_on, date(2027, 1, 30), [pause]) == 12
    assert deadline(received_on, Term(60), pause) == received_on + timedelta(days=60 + 12)


def test_an_answer_on_the_day_of_asking_costs_no_day():
    pause = Pause(NOVEMBER_2, resumption_after_answer(SuspensionReason.INTEGRATION, NOVEMBER_2))
    assert deadline(NOVEMBER_2, THIRTY, pause) == deadline(NOVEMBER_2)


def test_an_answer_on_the_last_day_and_no_answer_resume_alike():
    last = integration_end(NOVEMBER_2, 30)
    assert last == date(2026, 12, 2)
    assert resumption_after_answer(SuspensionReason.INTEGRATION, last) == date(2026, 12, 3)
    assert resumption_without_answer(last) == date(2026, 12, 3)


def test_the_term_runs_again_ten_days_after_the_observations():
    resumes_on = resumption_after_answer(SuspensionReason.REFUSAL_NOTICE, date(2026, 11, 5))
    assert resumes_on == date(2026, 11, 16)
    pause = Pause(NOVEMBER_2, resumes_on)
    # Three days until they came, and ten after.
    assert days_paused(NOVEMBER_2, date(2026, 12, 31), [pause]) == 13


def test_the_days_for_observations_end_on_a_working_day():
    assert observations_end(date(2026, 11, 14), 10, is_working_day) == date(2026, 11, 25)
    assert observations_end(date(2026, 11, 3), 10, is_working_day) == date(2026, 11, 13)


def test_the_days_to_complete_are_thirty_at_most_even_when_they_end_on_a_holiday():
    assert integration_end(date(2026, 11, 25), 30) == date(2026, 12, 25)


def test_both_pauses_one_after_the_other():
    first = Pause(date(2026, 11, 5), date(2026, 11, 16))  # ten days
    second = Pause(date(2026, 11, 20), date(2026, 12, 1))  # ten days
    assert deadline(NOVEMBER_2, THIRTY, first, second) == date(2026, 12, 22)
    assert days_used(NOVEMBER_2, date(2026, 12, 1), THIRTY, [first, second], is_working_day) == 9


def test_days_that_two_pauses_share_stand_still_once():
    first = Pause(date(2026, 11, 5), date(2026, 11, 16))
    assert deadline(NOVEMBER_2, THIRTY, first, first) == deadline(NOVEMBER_2, THIRTY, first)


def test_asked_on_the_last_day_the_moved_end_comes_after_the_pause():
    # Thirty days end on Saturday; asked on that very day, the pause covers the Monday.
    received_on = date(2026, 10, 22)
    pause = Pause(date(2026, 11, 21), date(2026, 12, 22))
    assert deadline(received_on, THIRTY, pause) == date(2026, 12, 22)


def test_used_days_are_never_more_than_the_term():
    assert days_used(NOVEMBER_2, date(2027, 2, 1), THIRTY, [], is_working_day) == 30
    assert days_used(NOVEMBER_2, NOVEMBER_2, THIRTY, [], is_working_day) == 0
