"""Weekly series of shifts: on which days, at what moments, and what a change of one touches.

Times are those of the city's clocks, so that a shift at 15:00 stays at 15:00 when summer time
begins or ends. An end earlier than the start is on the day after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from portal.core.clock import from_local
from portal.volunteering.states import ShiftState, Weekday

ONE_DAY = timedelta(days=1)
LONGEST_NIGHT = timedelta(hours=12)
"""A shift that ends on the day after and would last longer was mistyped."""

_WEEK = tuple(Weekday)


@dataclass(frozen=True)
class ShiftTimes:
    """When a shift is, and from when to when its places can be taken."""

    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime


@dataclass(frozen=True)
class SeriesPattern:
    """What a weekly series says of each of its shifts."""

    weekdays: frozenset[Weekday]
    starts_time: time
    ends_time: time
    from_on: date
    until_on: date
    days_left_out: frozenset[date]
    capacity: int
    waiting_capacity: int
    opens_days_before: int | None = None
    """Days before each shift, at its hour; None: at once."""
    closes_hours_before: int = 0

    @property
    def is_overnight(self) -> bool:
        """Say whether its shifts end on the day after."""
        return self.ends_time < self.starts_time


@dataclass(frozen=True)
class SeriesShift:
    """A shift that a series made, as it is now."""

    id: int
    occurs_on: date
    times: ShiftTimes
    state: ShiftState
    capacity: int
    waiting_capacity: int
    has_own_place: bool
    taken: int = 0
    """People who have a place, or were offered one."""
    waiting: int = 0
    version: int = 1


class Touch(StrEnum):
    """What a change of a series does to one of its shifts."""

    MOVED = "moved"
    """Its hours change: who is signed up is told."""
    ADJUSTED = "adjusted"
    """Only places, or when they can be taken, change."""
    CANCELLED = "cancelled"
    SAME = "same"
    PAST = "past"
    BY_HAND = "by_hand"
    """Somebody changed or cancelled it by itself: it stays as they left it."""


@dataclass(frozen=True)
class SeriesChange:
    """What a change of a series would do."""

    touched: Mapping[Touch, tuple[SeriesShift, ...]]
    added: tuple[date, ...] = ()
    too_small: tuple[SeriesShift, ...] = field(default=())
    """Shifts that would have fewer places than people."""

    def of(self, touch: Touch) -> tuple[SeriesShift, ...]:
        """Return the shifts to which this happens, soonest first."""
        return self.touched.get(touch, ())

    def people_of(self, touch: Touch) -> int:
        """Return how many people are signed up in those shifts, waiting ones too."""
        return sum(shift.taken + shift.waiting for shift in self.of(touch))

    @property
    def fingerprint(self) -> str:
        """Short words that differ where the change would touch something else."""
        numbers = [len(self.of(touch)) for touch in Touch]
        people = [self.people_of(touch) for touch in (Touch.MOVED, Touch.CANCELLED)]
        return "-".join(map(str, [len(self.added), *numbers, *people]))

    @property
    def is_nothing(self) -> bool:
        """Say whether no shift would be touched."""
        acts = (Touch.MOVED, Touch.ADJUSTED, Touch.CANCELLED)
        return not self.added and not any(self.of(touch) for touch in acts)


def shift_times(
    day: date, starts_time: time, ends_time: time,
    *, opens_days_before: int | None = None, closes_hours_before: int = 0,
) -> ShiftTimes:  # fmt: skip
    """Return the moments of a shift on `day` by the city's clocks.

    In the night in which summer time begins an hour is missing: a shift inside it takes no time.
    """
    ends_on = day + ONE_DAY if ends_time < starts_time else day
    starts_at = from_local(datetime.combine(day, starts_time))
    opens_at = None
    if opens_days_before is not None:
        opens_on = day - timedelta(days=opens_days_before)
        opens_at = from_local(datetime.combine(opens_on, starts_time))
    return ShiftTimes(
        starts_at=starts_at,
        ends_at=from_local(datetime.combine(ends_on, ends_time)),
        opens_at=opens_at,
        closes_at=starts_at - timedelta(hours=closes_hours_before),
    )


def times_on(pattern: SeriesPattern, day: date) -> ShiftTimes:
    """Return the moments of the shift of `pattern` on `day`."""
    return shift_times(
        day,
        pattern.starts_time,
        pattern.ends_time,
        opens_days_before=pattern.opens_days_before,
        closes_hours_before=pattern.closes_hours_before,
    )


def list_series_days(pattern: SeriesPattern) -> list[date]:
    """Return the days on which `pattern` has a shift, soonest first."""
    length = (pattern.until_on - pattern.from_on).days + 1
    days = (pattern.from_on + timedelta(days=number) for number in range(length))
    return [day for day in days if _is_day_of(pattern, day)]


def lasts_too_long(starts_time: time, ends_time: time) -> bool:
    """Say whether an end before the start is a slip rather than a shift through the night."""
    start = datetime.combine(date.min, starts_time)
    end = datetime.combine(date.min + ONE_DAY, ends_time)
    return ends_time < starts_time and end - start > LONGEST_NIGHT


def opens_too_late(pattern: SeriesPattern) -> bool:
    """Say whether places could be taken only after they no longer can."""
    days = pattern.opens_days_before
    return days is not None and timedelta(hours=pattern.closes_hours_before) >= days * ONE_DAY


def plan_series_change(
    before: SeriesPattern, after: SeriesPattern, shifts: Iterable[SeriesShift], now: datetime
) -> SeriesChange:
    """Return what happens to the shifts of a series that becomes `after`.

    What has begun, and what somebody changed by hand, stays as it is.
    """
    days = set(list_series_days(after))
    touched: dict[Touch, list[SeriesShift]] = {touch: [] for touch in Touch}
    known = set()
    for shift in sorted(shifts, key=lambda s: (s.times.starts_at, s.id)):
        known.add(shift.occurs_on)
        touched[_touch(before, after, shift, days, now)].append(shift)
    changed = touched[Touch.MOVED] + touched[Touch.ADJUSTED]
    return SeriesChange(
        touched={touch: tuple(found) for touch, found in touched.items()},
        added=tuple(
            sorted(d for d in days if d not in known and times_on(after, d).starts_at > now)
        ),
        too_small=tuple(s for s in changed if _is_too_small(after, s)),
    )


def _is_day_of(pattern: SeriesPattern, day: date) -> bool:
    if day in pattern.days_left_out or _WEEK[day.weekday()] not in pattern.weekdays:
        return False
    times = times_on(pattern, day)
    return times.ends_at > times.starts_at


def _touch(
    before: SeriesPattern, after: SeriesPattern, shift: SeriesShift, days: set[date], now: datetime
) -> Touch:
    if shift.times.starts_at <= now:
        return Touch.PAST
    if not _is_as_made(before, shift):
        return Touch.BY_HAND
    if shift.occurs_on not in days:
        return Touch.CANCELLED
    times = times_on(after, shift.occurs_on)
    if times.starts_at <= now:
        # Moved into what is over: nobody could come.
        return Touch.CANCELLED
    if (times.starts_at, times.ends_at) != (shift.times.starts_at, shift.times.ends_at):
        return Touch.MOVED
    is_same = times == shift.times and _has_places_of(after, shift)
    return Touch.SAME if is_same else Touch.ADJUSTED


def _is_as_made(pattern: SeriesPattern, shift: SeriesShift) -> bool:
    return (
        shift.state is ShiftState.OPEN
        and not shift.has_own_place
        and _has_places_of(pattern, shift)
        and times_on(pattern, shift.occurs_on) == shift.times
    )


def _has_places_of(pattern: SeriesPattern, shift: SeriesShift) -> bool:
    wanted = (pattern.capacity, pattern.waiting_capacity)
    return (shift.capacity, shift.waiting_capacity) == wanted


def _is_too_small(pattern: SeriesPattern, shift: SeriesShift) -> bool:
    return shift.taken > pattern.capacity or shift.waiting > pattern.waiting_capacity
