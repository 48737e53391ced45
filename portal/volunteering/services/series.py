"""Weekly series of shifts: made, changed and undone many at a time.

Whatever the length of a series, making one takes the same few statements.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n
from sqlalchemy import delete, exists, insert, select, update

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    NotFoundError,
    RuleBrokenError,
)
from portal.core.history import record_step, record_steps
from portal.volunteering.emails.shifts import (
    Change,
    ShiftLook,
    ShiftNews,
    mail_shift_cancelled,
    mail_shift_changed,
)
from portal.volunteering.models import (
    LONGEST_SERIES_DAYS,
    Shift,
    ShiftSeries,
    SignUp,
    VolunteerMessage,
    WalkIn,
)
from portal.volunteering.policies import (
    SeriesChange,
    SeriesPattern,
    SeriesShift,
    Touch,
    list_series_days,
    opens_too_late,
    plan_series_change,
    times_on,
)
from portal.volunteering.queries.series import list_series_shifts, pattern_of
from portal.volunteering.services.projects import lock_project
from portal.volunteering.services.shift_news import (
    forget_answers,
    lock_shifts_to_come,
    shorten_offers,
    tell_signed_up,
    withdraw_offers,
)
from portal.volunteering.services.shifts import ENDED_PROJECTS
from portal.volunteering.services.sign_ups.offers import offer_free_places
from portal.volunteering.states import ShiftState, Weekday

HISTORY, SHIFT_HISTORY = "shift_series", "shift"


class SeriesChangedError(AlreadyDecidedError):
    """The series, or who is signed up in it, is no longer as it was shown."""


@dataclass(frozen=True)
class SeenSeries:
    """What somebody saw before they pressed the button."""

    version: int
    fingerprint: str
    """Of the change."""


@dataclass(frozen=True)
class MadeSeries:
    """A series that was made."""

    id: int
    shifts: int


@dataclass(frozen=True)
class UndoneSeries:
    """What became of the shifts of a series that was undone."""

    deleted: int
    kept: int
    """Shifts in which somebody is, or was, signed up."""


def create_series(*, actor: Actor, project_id: int, pattern: SeriesPattern) -> MadeSeries:
    """Write a series and all its shifts to come; return it and how many they are.

    Raises `RuleBrokenError` for a pattern that gives no shift, `ForbiddenStepError` for a project
    that has ended.
    """
    project = lock_project(project_id)
    if project.state in ENDED_PROJECTS:
        raise ForbiddenStepError(_l("This project has ended: open it again to plan shifts."))
    days = check_pattern(pattern=pattern)
    series = ShiftSeries(project_id=project_id, created_by_id=actor.id, **_values(pattern))
    session().add(series)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=series.id, action="create",
        note=str(len(days)),
    )  # fmt: skip
    _materialise(actor, series, pattern, days)
    return MadeSeries(series.id, len(days))


def check_pattern(*, pattern: SeriesPattern, is_new: bool = True) -> list[date]:
    """Return the days to come of a pattern; raise `RuleBrokenError`, with the field, for none.

    A series that is there may end today, or may have ended: then it has none.
    """
    if pattern.until_on < pattern.from_on:
        raise RuleBrokenError(
            _l("The series ends before it starts: mend one of the two days."), "until_on"
        )
    if (pattern.until_on - pattern.from_on).days > LONGEST_SERIES_DAYS:
        raise RuleBrokenError(
            _l("A series lasts a year at most: make another one for later."), "until_on"
        )
    if opens_too_late(pattern):
        raise RuleBrokenError(
            _l("Places can be taken from a moment before they no longer can."), "opens_days_before"
        )
    now = utc_now()
    days = [day for day in list_series_days(pattern) if times_on(pattern, day).starts_at > now]
    if is_new and not days:
        raise RuleBrokenError(
            _l("There is no shift to come on these days: look at days of the week and dates."),
            "weekdays",
        )
    return days


def plan_change(*, series_id: int, pattern: SeriesPattern) -> SeriesChange:
    """Return what a change of a series would touch now; raises as `change_series` does."""
    series = session().get(ShiftSeries, series_id)
    if series is None:
        raise NotFoundError
    check_pattern(pattern=pattern, is_new=False)
    return plan_series_change(pattern_of(series), pattern, list_series_shifts(series_id), utc_now())


def change_series(
    *, actor: Actor, project_id: int, series_id: int, seen: SeenSeries,
    pattern: SeriesPattern, reason: str,
) -> SeriesChange:  # fmt: skip
    """Write a series anew and let its shifts to come follow; return what was touched.

    Raises `SeriesChangedError` where the series is another one than `seen`, or the change would
    touch something else by now; `RuleBrokenError` for fewer places than people, and for shifts
    with people that go without a `reason`, which they read.
    """
    series = _lock_series(project_id, series_id)
    _check_live(series)
    lock_shifts_to_come(project_id, series_id=series_id)
    change = plan_change(series_id=series_id, pattern=pattern)
    if seen != SeenSeries(series.version, change.fingerprint):
        raise SeriesChangedError
    if change.people_of(Touch.CANCELLED) and not reason:
        raise RuleBrokenError(_l("Write the reason: who is signed up reads it."), "reason")
    _check_people(change)
    for name, value in _values(pattern).items():
        setattr(series, name, value)
    series.version += 1
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=series.id, action="edit")
    _rewrite(actor, series, pattern, change)
    _cancel(actor, series, change.of(Touch.CANCELLED), reason)
    if change.added:
        _materialise(actor, series, pattern, change.added)
    return change


def undo_series(
    *, actor: Actor, project_id: int, series_id: int, seen_version: int
) -> UndoneSeries:
    """Delete the shifts to come of a series for which nobody ever signed up; the others stay.

    Raises `ForbiddenStepError` the second time, `SeriesChangedError` when it was saved since.
    """
    series = _lock_series(project_id, series_id)
    _check_live(series)
    if series.version != seen_version:
        raise SeriesChangedError
    to_come = [shift.id for shift in lock_shifts_to_come(project_id, series_id=series_id)]
    deleted = _delete_unused(to_come)
    series.undone_at = utc_now()
    series.version += 1
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=series.id, action="undo",
        note=str(len(deleted)),
    )  # fmt: skip
    record_steps(
        actor=actor,
        subject_kind=SHIFT_HISTORY,
        action="delete",
        steps=[{"subject_id": i, "from_state": ShiftState.OPEN} for i in deleted],
    )
    return UndoneSeries(deleted=len(deleted), kept=len(to_come) - len(deleted))


def _lock_series(project_id: int, series_id: int) -> ShiftSeries:
    series = session().scalar(
        select(ShiftSeries)
        .where(ShiftSeries.id == series_id, ShiftSeries.project_id == project_id)
        .with_for_update(of=ShiftSeries, key_share=True)
        .execution_options(populate_existing=True)
    )
    if series is None:
        raise NotFoundError
    return series


def _check_live(series: ShiftSeries) -> None:
    if series.project.state in ENDED_PROJECTS:
        raise ForbiddenStepError(_l("This project has ended: open it again to plan shifts."))
    if series.undone_at is not None:
        raise ForbiddenStepError(
            _l("This series has been undone already: what is left of it is changed one by one.")
        )


def _check_people(change: SeriesChange) -> None:
    if change.too_small:
        raise RuleBrokenError(
            _n(
                "In one shift there are more people than that: leave at least as many places as"
                " people.",
                "In %(num)s shifts there are more people than that: leave at least as many places"
                " as people.",
                len(change.too_small),
            ),
            "capacity",
        )


def _values(pattern: SeriesPattern) -> dict[str, object]:
    return {
        **vars(pattern),
        "weekdays": [day for day in Weekday if day in pattern.weekdays],
        "days_left_out": sorted(pattern.days_left_out),
    }


def _materialise(
    actor: Actor, series: ShiftSeries, pattern: SeriesPattern, days: Iterable[date]
) -> None:
    """Write the shifts of these days in one statement, and their first steps in another."""
    rows = [
        {
            "project_id": series.project_id,
            "series_id": series.id,
            "occurs_on": day,
            "state": ShiftState.OPEN,
            "capacity": pattern.capacity,
            "waiting_capacity": pattern.waiting_capacity,
            **vars(times_on(pattern, day)),
        }
        for day in days
    ]
    ids = session().scalars(insert(Shift).returning(Shift.id), rows)
    record_steps(
        actor=actor,
        subject_kind=SHIFT_HISTORY,
        action="create",
        steps=[{"subject_id": i, "to_state": ShiftState.OPEN} for i in ids],
    )


def _rewrite(
    actor: Actor, series: ShiftSeries, pattern: SeriesPattern, change: SeriesChange
) -> None:
    moved, adjusted = change.of(Touch.MOVED), change.of(Touch.ADJUSTED)
    if not moved and not adjusted:
        return
    news = [_news_of(series, shift, pattern) for shift in moved]
    rows = [
        {
            "id": shift.id,
            "capacity": pattern.capacity,
            "waiting_capacity": pattern.waiting_capacity,
            "version": shift.version + 1,
            **vars(times_on(pattern, shift.occurs_on)),
        }
        for shift in (*moved, *adjusted)
    ]
    session().execute(update(Shift), rows)
    record_steps(
        actor=actor,
        subject_kind=SHIFT_HISTORY,
        action="edit",
        steps=[{"subject_id": row["id"], "to_state": ShiftState.OPEN} for row in rows],
    )
    _after_moving(moved, pattern)
    tell_signed_up(
        actor=actor,
        news=news,
        mail=mail_shift_changed,
        change=Change(f"shift_series:{series.id}:changed:{series.version}", series.project),
    )
    _offer_more((*moved, *adjusted), pattern)


def _after_moving(moved: Sequence[SeriesShift], pattern: SeriesPattern) -> None:
    with_people = [shift for shift in moved if shift.taken or shift.waiting]
    forget_answers([shift.id for shift in with_people])
    for shift in with_people:
        shorten_offers(shift.id, times_on(pattern, shift.occurs_on).starts_at)
    session().flush()


def _offer_more(shifts: Iterable[SeriesShift], pattern: SeriesPattern) -> None:
    for shift in shifts:
        if shift.waiting and pattern.capacity > shift.capacity:
            # The row was changed past the session.
            offer_free_places(session().get_one(Shift, shift.id, populate_existing=True))


def _cancel(actor: Actor, series: ShiftSeries, shifts: Sequence[SeriesShift], reason: str) -> None:
    """Delete what nobody ever signed up for; cancel the rest, and tell its people."""
    if not shifts:
        return
    deleted = set(_delete_unused([shift.id for shift in shifts]))
    cancelled = [shift for shift in shifts if shift.id not in deleted]
    # Who was in them has left, so no reason was asked for; the page of the shift says one.
    reason = reason or str(_l("The weekly series has changed."))
    rows = [
        {
            "id": shift.id,
            "state": ShiftState.CANCELLED,
            "cancelled_reason": reason,
            "version": shift.version + 1,
        }
        for shift in cancelled
    ]
    if rows:
        session().execute(update(Shift), rows)
    for action, ids in (("delete", sorted(deleted)), ("cancel", [s.id for s in cancelled])):
        record_steps(
            actor=actor,
            subject_kind=SHIFT_HISTORY,
            action=action,
            steps=[{"subject_id": i, "from_state": ShiftState.OPEN, "note": reason} for i in ids],
        )
    news = [ShiftNews(s.id, _look(series, s), _look(series, s)) for s in cancelled]
    tell_signed_up(
        actor=actor,
        news=news,
        mail=mail_shift_cancelled,
        change=Change(
            f"shift_series:{series.id}:cancelled:{series.version}", series.project, reason
        ),
    )
    withdraw_offers([shift.id for shift in cancelled])


def _delete_unused(ids: Sequence[int]) -> list[int]:
    """Delete those of these shifts for which nobody ever signed up; return which."""
    if not ids:
        return []
    is_used = (
        exists().where(SignUp.shift_id == Shift.id)
        | exists().where(WalkIn.shift_id == Shift.id)
        | exists().where(VolunteerMessage.shift_id == Shift.id)
    )
    statement = delete(Shift).where(Shift.id.in_(ids), ~is_used).returning(Shift.id)
    return sorted(session().scalars(statement))


def _news_of(series: ShiftSeries, shift: SeriesShift, pattern: SeriesPattern) -> ShiftNews:
    was, times = _look(series, shift), times_on(pattern, shift.occurs_on)
    now = ShiftLook(times.starts_at, times.ends_at, was.place_name, was.address)
    return ShiftNews(shift.id, was, now)


def _look(series: ShiftSeries, shift: SeriesShift) -> ShiftLook:
    # Shifts that follow the series have no place of their own.
    project = series.project
    times = shift.times
    return ShiftLook(times.starts_at, times.ends_at, project.place_name, project.address)
