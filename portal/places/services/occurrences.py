"""When an initiative takes place, and how many people came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.places.models import Initiative, Occurrence
from portal.places.models.initiatives import NOT_BEGUN, NOT_HELD, TAKEN
from portal.places.services.initiatives import HISTORY, lock_open_initiative
from portal.places.states import InitiativeState, OccurrenceState

MOST_OCCURRENCES = 400
"""Of one initiative: twice a week for almost four years."""
LONGEST = timedelta(hours=24)
FARTHEST = timedelta(days=3 * 366)
"""How far from today a time can be, before and after: beyond it the year was mistyped."""


@dataclass(frozen=True)
class OccurrenceContent:
    """From when to when, in UTC."""

    starts_at: datetime
    ends_at: datetime


def add_occurrences(
    *,
    actor: Actor,
    initiative_id: int,
    times: Sequence[OccurrenceContent],
    on_behalf_of: str | None = None,
) -> None:
    """Say when an initiative takes place, past times too.

    Raises `RuleBrokenError` where it takes place at one of these times already, or where one is
    years away or there are too many; `ForbiddenStepError` for a cancelled one, `NotFoundError`.
    """
    initiative = lock_open_initiative(initiative_id)
    _check_times(times, known=_list_times(initiative_id))
    for time in times:
        session().add(
            Occurrence(initiative_id=initiative_id, starts_at=time.starts_at, ends_at=time.ends_at)
        )
    session().flush()
    _record(actor, initiative, "add_times", str(len(times)), on_behalf_of)


def cancel_occurrence(
    *, actor: Actor, initiative_id: int, occurrence_id: int, on_behalf_of: str | None = None
) -> None:
    """Say that an initiative does not take place at one of its times; twice is like once.

    Of a draft it simply goes. Raises `ForbiddenStepError` where people came, `NotFoundError`.
    """
    initiative = lock_open_initiative(initiative_id)
    occurrence = _get(initiative_id, occurrence_id)
    if occurrence.attendance is not None:
        raise ForbiddenStepError(_l("It took place: the people who came are counted."))
    if occurrence.state is OccurrenceState.CANCELLED:
        return
    if initiative.state is InitiativeState.DRAFT:
        session().delete(occurrence)
    else:
        occurrence.state = OccurrenceState.CANCELLED
    session().flush()
    _record(actor, initiative, "cancel_time", _written(occurrence), on_behalf_of)


def count_attendance(
    *,
    actor: Actor,
    initiative_id: int,
    occurrence_id: int,
    attendance: int,
    on_behalf_of: str | None = None,
) -> None:
    """Write how many people came at one time of an initiative; a second count mends the first.

    Raises `RuleBrokenError` before it has begun or for one that was cancelled,
    `ForbiddenStepError` for a draft, `NotFoundError`.
    """
    initiative = _lock_held(initiative_id)
    occurrence = _get(initiative_id, occurrence_id)
    _check_countable(occurrence)
    occurrence.attendance = attendance
    occurrence.counted_by_id = actor.account_id
    occurrence.counted_at = utc_now()
    session().flush()
    _record(actor, initiative, "count", f"{_written(occurrence)}: {attendance}", on_behalf_of)


def _lock_held(initiative_id: int) -> Initiative:
    initiative = lock_open_initiative(initiative_id)
    if initiative.state is InitiativeState.DRAFT:
        raise ForbiddenStepError(_l("Publish the initiative first: nobody knows of it yet."))
    return initiative


def _get(initiative_id: int, occurrence_id: int) -> Occurrence:
    occurrence = session().scalar(
        select(Occurrence)
        .where(Occurrence.id == occurrence_id, Occurrence.initiative_id == initiative_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if occurrence is None:
        raise NotFoundError
    return occurrence


def _check_countable(occurrence: Occurrence) -> None:
    if occurrence.state is OccurrenceState.CANCELLED:
        raise RuleBrokenError(NOT_HELD, "attendance")
    if occurrence.starts_at > utc_now():
        raise RuleBrokenError(NOT_BEGUN, "attendance")


def _check_times(
    times: Sequence[OccurrenceContent],
    *,
    known: Sequence[tuple[OccurrenceState, datetime, datetime]],
) -> None:
    now = utc_now()
    if any(abs(time.starts_at - now) > FARTHEST for time in times):
        raise RuleBrokenError(_l("This day is years away: look at the year again."), "day")
    if any(not timedelta() < time.ends_at - time.starts_at <= LONGEST for time in times):
        raise RuleBrokenError(
            _l("The clocks change that night: this hour does not fit, choose another one."),
            "starts_time",
        )
    if len(known) + len(times) > MOST_OCCURRENCES:
        raise RuleBrokenError(
            _l("An initiative has at most %(most)s times: write a new one.", most=MOST_OCCURRENCES),
            "day",
        )
    taken = [(start, end) for state, start, end in known if state is OccurrenceState.PLANNED]
    if any(time.starts_at < end and start < time.ends_at for time in times for start, end in taken):
        raise RuleBrokenError(TAKEN, "day")


def _list_times(initiative_id: int) -> list[tuple[OccurrenceState, datetime, datetime]]:
    rows = session().execute(
        select(Occurrence.state, Occurrence.starts_at, Occurrence.ends_at)
        .where(Occurrence.initiative_id == initiative_id)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [(row.state, row.starts_at, row.ends_at) for row in rows]


def _written(occurrence: Occurrence) -> str:
    return f"{to_local(occurrence.starts_at):%d/%m/%Y %H:%M}"


def _record(
    actor: Actor, initiative: Initiative, action: str, note: str, on_behalf_of: str | None
) -> None:
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=initiative.id,
        action=action,
        note=note,
        on_behalf_of=on_behalf_of,
    )
