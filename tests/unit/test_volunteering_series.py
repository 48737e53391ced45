"""Weekly series: which days, which moments, what a change touches."""

from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest

from portal.core.clock import to_local
from portal.volunteering.policies import (
    SeriesPattern,
    SeriesShift,
    Touch,
    lasts_too_long,
    list_series_days,
    opens_too_late,
    plan_series_change,
    times_on,
)
from portal.volunteering.states import ShiftState, Weekday

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
AUTUMN = SeriesPattern(
    weekdays=frozenset({Weekday.TUE, Weekday.THU}),
    starts_time=time(15),
    ends_time=time(18),
    from_on=date(2026, 12, 1),
    until_on=date(2026, 12, 17),
    days_left_out=frozenset({date(2026, 12, 8)}),
    capacity=5,
    waiting_capacity=2,
)


def made(pattern, number, day, **more):
    facts = {
        "state": ShiftState.OPEN,
        "capacity": pattern.capacity,
        "waiting_capacity": pattern.waiting_capacity,
        "has_own_place": False,
    }
    return SeriesShift(number, day, times_on(pattern, day), **facts | more)


def all_made(pattern):
    return [made(pattern, n, day) for n, day in enumerate(list_series_days(pattern), 1)]


def test_days_are_the_weekdays_without_those_left_out():
    assert [day.day for day in list_series_days(AUTUMN)] == [1, 3, 10, 15, 17]


def test_first_and_last_day_belong_to_the_series():
    every_day = replace(AUTUMN, weekdays=frozenset(Weekday), days_left_out=frozenset())
    days = list_series_days(every_day)
    assert (days[0], days[-1], len(days)) == (AUTUMN.from_on, AUTUMN.until_on, 17)


def test_weekdays_that_never_come_give_nothing():
    pattern = replace(AUTUMN, weekdays=frozenset({Weekday.SUN}), until_on=date(2026, 12, 5))
    assert list_series_days(pattern) == []


@pytest.mark.parametrize(
    ("before", "after", "hours_before", "hours_after"),
    [
        # Summer time begins on 28 March 2027 and ends on 31 October.
        (date(2027, 3, 27), date(2027, 3, 28), 14, 13),
        (date(2027, 10, 30), date(2027, 10, 31), 13, 14),
    ],
)
def test_hours_of_the_clock_stay_when_summer_time_begins_or_ends(
    before, after, hours_before, hours_after
):
    first, second = times_on(AUTUMN, before), times_on(AUTUMN, after)
    assert (first.starts_at.hour, second.starts_at.hour) == (hours_before, hours_after)
    assert to_local(first.starts_at).time() == to_local(second.starts_at).time() == time(15)
    assert to_local(second.ends_at).time() == time(18)


def test_end_before_the_start_is_on_the_day_after():
    night = replace(AUTUMN, starts_time=time(22), ends_time=time(2))
    assert night.is_overnight
    times = times_on(night, date(2026, 12, 31))
    assert to_local(times.ends_at).replace(tzinfo=None) == datetime(2027, 1, 1, 2)  # noqa: DTZ001
    assert (times.ends_at - times.starts_at).total_seconds() == 4 * 3600


@pytest.mark.parametrize(("day", "hours"), [(date(2027, 3, 27), 3), (date(2027, 10, 30), 5)])
def test_night_in_which_the_clock_changes_is_an_hour_shorter_or_longer(day, hours):
    night = replace(AUTUMN, starts_time=time(23), ends_time=time(3))
    times = times_on(night, day)
    assert (times.ends_at - times.starts_at).total_seconds() == hours * 3600


def test_shift_in_the_hour_that_is_missing_takes_no_time_and_is_left_out():
    night = replace(
        AUTUMN, weekdays=frozenset({Weekday.SUN}), starts_time=time(2, 30), ends_time=time(3, 30),
        from_on=date(2027, 3, 21), until_on=date(2027, 4, 4),
    )  # fmt: skip
    assert list_series_days(night) == [date(2027, 3, 21), date(2027, 4, 4)]


def test_places_open_days_before_at_the_same_hour_and_close_hours_before():
    pattern = replace(AUTUMN, opens_days_before=7, closes_hours_before=24)
    times = times_on(pattern, date(2026, 12, 10))
    assert times.opens_at == datetime(2026, 12, 3, 14, tzinfo=UTC)
    assert times.closes_at == datetime(2026, 12, 9, 14, tzinfo=UTC)
    assert not opens_too_late(pattern)
    assert opens_too_late(replace(pattern, opens_days_before=1))


def test_long_night_is_a_slip_of_the_pen():
    assert lasts_too_long(time(15), time(14))
    assert not lasts_too_long(time(22), time(6))
    assert not lasts_too_long(time(9), time(23))


def test_change_of_hours_moves_what_is_to_come():
    after = replace(AUTUMN, starts_time=time(16), ends_time=time(19))
    shifts = all_made(AUTUMN)
    shifts[1] = replace(shifts[1], taken=3, waiting=1)
    change = plan_series_change(AUTUMN, after, shifts, datetime(2026, 12, 2, tzinfo=UTC))
    assert [s.occurs_on.day for s in change.of(Touch.MOVED)] == [3, 10, 15, 17]
    assert [s.occurs_on.day for s in change.of(Touch.PAST)] == [1]
    assert change.people_of(Touch.MOVED) == 4
    assert not change.is_nothing


def test_more_places_adjust_without_moving():
    change = plan_series_change(AUTUMN, replace(AUTUMN, capacity=6), all_made(AUTUMN), NOW)
    assert len(change.of(Touch.ADJUSTED)) == 5
    assert change.of(Touch.MOVED) == ()


def test_day_left_out_is_cancelled_and_day_put_back_is_added():
    after = replace(AUTUMN, days_left_out=frozenset({date(2026, 12, 10)}))
    change = plan_series_change(AUTUMN, after, all_made(AUTUMN), NOW)
    assert [s.occurs_on.day for s in change.of(Touch.CANCELLED)] == [10]
    assert [day.day for day in change.added] == [8]
    assert len(change.of(Touch.SAME)) == 4


def test_days_of_the_past_are_not_added():
    after = replace(AUTUMN, weekdays=AUTUMN.weekdays | {Weekday.WED})
    now = datetime(2026, 12, 5, tzinfo=UTC)
    change = plan_series_change(AUTUMN, after, all_made(AUTUMN), now)
    assert [day.day for day in change.added] == [9, 16]


@pytest.mark.parametrize(
    "by_hand",
    [
        {"capacity": 9},
        {"state": ShiftState.CANCELLED},
        {"has_own_place": True},
        {"times": times_on(AUTUMN, date(2026, 12, 16))},
    ],
)
def test_what_was_changed_by_hand_stays(by_hand):
    after = replace(AUTUMN, starts_time=time(16), ends_time=time(19))
    shifts = all_made(AUTUMN)
    shifts[2] = replace(shifts[2], **by_hand)
    change = plan_series_change(AUTUMN, after, shifts, NOW)
    assert change.of(Touch.BY_HAND) == (shifts[2],)
    assert len(change.of(Touch.MOVED)) == 4


def test_fewer_places_than_people_are_named():
    shifts = all_made(AUTUMN)
    shifts[0] = replace(shifts[0], taken=4)
    shifts[1] = replace(shifts[1], taken=2, waiting=2)
    change = plan_series_change(AUTUMN, replace(AUTUMN, capacity=3), shifts, NOW)
    assert change.too_small == (shifts[0],)


def test_same_series_touches_nothing():
    change = plan_series_change(AUTUMN, AUTUMN, all_made(AUTUMN), NOW)
    assert change.is_nothing
    assert len(change.of(Touch.SAME)) == 5


def test_other_people_make_another_fingerprint():
    after = replace(AUTUMN, ends_time=time(19))
    shifts = all_made(AUTUMN)
    first = plan_series_change(AUTUMN, after, shifts, NOW)
    shifts[0] = replace(shifts[0], taken=1)
    assert first.fingerprint != plan_series_change(AUTUMN, after, shifts, NOW).fingerprint
