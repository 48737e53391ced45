"""The city's clock and UTC."""

from datetime import UTC, datetime

from portal.core.clock import from_local, frozen, local_now, local_today, to_local, utc_now


def test_frozen_clock_stands_still_and_runs_again():
    moment = datetime(2026, 12, 12, 14, 0, tzinfo=UTC)
    with frozen(moment):
        assert utc_now() == moment
        assert local_now().hour == 15
    assert utc_now() != moment


def test_the_day_is_the_citys():
    with frozen(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)):
        assert local_today().isoformat() == "2026-07-02"


def test_hour_that_happens_twice_is_the_first():
    on_the_wall = datetime(2026, 10, 25, 2, 30)  # noqa: DTZ001 - a wall clock has no zone
    assert from_local(on_the_wall) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_summer_and_winter():
    assert to_local(datetime(2026, 8, 1, 10, 0, tzinfo=UTC)).hour == 12
    assert to_local(datetime(2026, 12, 1, 10, 0, tzinfo=UTC)).hour == 11
