"""Weekly series of a project, and the shifts they made."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.volunteering.models import Shift, ShiftSeries
from portal.volunteering.policies import SeriesPattern, SeriesShift, ShiftTimes
from portal.volunteering.states import ShiftState, Weekday


@dataclass(frozen=True)
class SeriesRow:
    """A weekly series with how many of its shifts are to come."""

    id: int
    project_id: int
    version: int
    undone_at: datetime | None
    pattern: SeriesPattern
    to_come: int
    with_people: int
    """Shifts to come in which somebody is signed up."""

    @property
    def weekdays(self) -> list[Weekday]:
        """Its days, in the order of the week."""
        return [day for day in Weekday if day in self.pattern.weekdays]


@dataclass(frozen=True)
class KeptShiftRow:
    """A shift that outlived the series it was made by, because people are signed up."""

    id: int
    series_id: int | None
    starts_at: datetime
    ends_at: datetime
    people: int


def list_series(project_id: int) -> list[SeriesRow]:
    """Return the series of a project, newest first; undone ones at the end."""
    return _read(ShiftSeries.project_id == project_id)


def get_series(project_id: int, series_id: int) -> SeriesRow:
    """Return one series; raises `NotFoundError`."""
    found = _read((ShiftSeries.project_id == project_id) & (ShiftSeries.id == series_id))
    if not found:
        raise NotFoundError
    return found[0]


def list_kept_shifts(series_ids: Collection[int]) -> list[KeptShiftRow]:
    """Return the open shifts to come of undone series, soonest first."""
    people = Shift.confirmed_count + Shift.offered_count + Shift.waiting_count
    rows = session().execute(
        select(Shift.id, Shift.series_id, Shift.starts_at, Shift.ends_at, people)
        .where(
            Shift.series_id.in_(series_ids),
            Shift.state == ShiftState.OPEN,
            Shift.starts_at > utc_now(),
        )
        .order_by(Shift.starts_at, Shift.id)
    )
    return [KeptShiftRow(*row) for row in rows]


def list_series_shifts(series_id: int) -> list[SeriesShift]:
    """Return the shifts of a series as a plan of its change asks for them, soonest first."""
    shifts = session().scalars(
        select(Shift)
        .where(Shift.series_id == series_id)
        .order_by(Shift.starts_at, Shift.id)
        .execution_options(populate_existing=True)
    )
    return [_series_shift(shift) for shift in shifts]


def pattern_of(series: ShiftSeries) -> SeriesPattern:
    """Return what a series says of each of its shifts."""
    return SeriesPattern(
        weekdays=frozenset(map(Weekday, series.weekdays)),
        starts_time=series.starts_time,
        ends_time=series.ends_time,
        from_on=series.from_on,
        until_on=series.until_on,
        days_left_out=frozenset(series.days_left_out),
        capacity=series.capacity,
        waiting_capacity=series.waiting_capacity,
        opens_days_before=series.opens_days_before,
        closes_hours_before=series.closes_hours_before,
    )


def _series_shift(shift: Shift) -> SeriesShift:
    return SeriesShift(
        id=shift.id,
        occurs_on=shift.occurs_on or shift.starts_at.date(),
        times=ShiftTimes(shift.starts_at, shift.ends_at, shift.opens_at, shift.closes_at),
        state=shift.state,
        capacity=shift.capacity,
        waiting_capacity=shift.waiting_capacity,
        has_own_place=shift.place_name is not None or shift.address is not None,
        taken=shift.confirmed_count + shift.offered_count,
        waiting=shift.waiting_count,
        version=shift.version,
    )


def _read(condition: object) -> list[SeriesRow]:
    is_to_come = (Shift.state == ShiftState.OPEN) & (Shift.starts_at > utc_now())
    has_people = Shift.confirmed_count + Shift.offered_count + Shift.waiting_count > 0
    counted = (
        select(
            Shift.series_id,
            func.count().label("to_come"),
            func.sum(case((has_people, 1), else_=0)).label("with_people"),
        )
        .where(Shift.series_id.is_not(None), is_to_come)
        .group_by(Shift.series_id)
        .subquery()
    )
    rows = session().execute(
        select(
            ShiftSeries,
            func.coalesce(counted.c.to_come, 0),
            func.coalesce(counted.c.with_people, 0),
        )
        .outerjoin(counted, counted.c.series_id == ShiftSeries.id)
        .where(condition)  # type: ignore[arg-type] # a condition of the table
        .order_by(ShiftSeries.undone_at.is_not(None), ShiftSeries.id.desc())
    )
    return [
        SeriesRow(s.id, s.project_id, s.version, s.undone_at, pattern_of(s), to_come, with_people)
        for s, to_come, with_people in rows
    ]
