"""What is open when on the day; who is asked whether all is well."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from portal.volunteering.policies import (
    CodeState,
    find_code_state,
    is_to_be_asked,
    shows_phones,
    takes_marks,
    takes_walk_ins,
    was_absent_twice,
)
from portal.volunteering.states import Presence, ShiftState

START = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
END = START + timedelta(hours=3)
THERE, AWAY = Presence.PRESENT, Presence.ABSENT
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Times:
    starts_at: datetime = START
    ends_at: datetime = END
    state: ShiftState = ShiftState.OPEN


CANCELLED = Times(state=ShiftState.CANCELLED)


@pytest.mark.parametrize(
    ("marks", "is_asked", "is_missed"),
    [
        ((), False, False),
        ((AWAY,), False, False),
        ((AWAY, THERE, AWAY), False, False),
        ((THERE, AWAY, AWAY), False, False),
        ((AWAY, AWAY), True, True),
        ((AWAY, AWAY, THERE), True, True),
        ((AWAY, AWAY, AWAY), False, True),
    ],
)
def test_who_stays_away_twice_in_a_row_is_asked_once(marks, is_asked, is_missed):
    assert is_to_be_asked(marks) is is_asked
    assert was_absent_twice(marks) is is_missed


def test_telephone_numbers_are_seen_from_a_day_before_to_a_day_after():
    day = timedelta(hours=24)
    assert not shows_phones(Times(), START - day - SECOND)
    assert shows_phones(Times(), START - day)
    assert shows_phones(Times(), END + day)
    assert not shows_phones(Times(), END + day + SECOND)


def test_people_are_marked_from_half_an_hour_before_and_any_time_after():
    assert not takes_marks(Times(), START - timedelta(minutes=30) - SECOND)
    assert takes_marks(Times(), START - timedelta(minutes=30))
    assert takes_marks(Times(), END + timedelta(days=9))
    assert not takes_marks(CANCELLED, START)


def test_people_are_added_until_the_evening():
    assert takes_walk_ins(Times(), START)
    assert takes_walk_ins(Times(), datetime(2026, 12, 1, 22, 59, tzinfo=UTC))
    assert not takes_walk_ins(Times(), datetime(2026, 12, 1, 23, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("moment", "state"),
    [
        (START - timedelta(minutes=15) - SECOND, CodeState.TOO_EARLY),
        (START - timedelta(minutes=15), CodeState.OPEN),
        (END + timedelta(minutes=15), CodeState.OPEN),
        (END + timedelta(minutes=15) + SECOND, CodeState.TOO_LATE),
    ],
)
def test_the_code_is_good_from_a_quarter_of_an_hour_before_to_one_after(moment, state):
    assert find_code_state(Times(), moment) is state
    assert find_code_state(CANCELLED, moment) is CodeState.CANCELLED
