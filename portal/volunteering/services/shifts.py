"""Shifts of a project: added, changed, cancelled."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import (
    AlreadyDecidedError,
    ForbiddenStepError,
    NotFoundError,
    RuleBrokenError,
)
from portal.core.history import record_step
from portal.volunteering.emails.shifts import (
    Change,
    ShiftLook,
    ShiftNews,
    mail_shift_cancelled,
    mail_shift_changed,
)
from portal.volunteering.models import Shift
from portal.volunteering.policies import ShiftTimes
from portal.volunteering.services.place_changes import same_place
from portal.volunteering.services.projects import lock_project
from portal.volunteering.services.shift_news import (
    forget_answers,
    look_of,
    shorten_offers,
    tell_signed_up,
    withdraw_offers,
)
from portal.volunteering.services.sign_ups.locks import forget_counts, lock_shift
from portal.volunteering.services.sign_ups.offers import offer_free_places
from portal.volunteering.states import ProjectState, ShiftState

HISTORY = "shift"
ENDED_PROJECTS = (ProjectState.CLOSED, ProjectState.REFUSED)


class ShiftChangedError(AlreadyDecidedError):
    """The shift was saved by somebody else since it was opened; `version` is the saved one."""

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


@dataclass(frozen=True)
class ShiftContent:
    """What is said of one shift."""

    times: ShiftTimes
    capacity: int
    waiting_capacity: int = 0
    place_name: str | None = None
    """Where, if not where the project usually is."""
    address: str | None = None
    note: str | None = None


def create_shift(
    *,
    actor: Actor,
    project_id: int,
    starts_at: datetime,
    ends_at: datetime,
    capacity: int,
    waiting_capacity: int = 0,
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    place_name: str | None = None,
    address: str | None = None,
    note: str | None = None,
) -> Shift:
    """Write a shift and return it, with an id.

    Moments are aware. Places can be taken from `opens_at` (None: at once) until `closes_at`
    (None: until it starts).
    """
    shift = Shift(
        project_id=project_id,
        starts_at=starts_at,
        ends_at=ends_at,
        state=ShiftState.OPEN,
        capacity=capacity,
        waiting_capacity=waiting_capacity,
        opens_at=opens_at,
        closes_at=closes_at or starts_at,
        place_name=place_name,
        address=address,
        note=note,
    )
    session().add(shift)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=shift.id,
        action="create",
        to_state=shift.state,
    )
    return shift


def add_shift(*, actor: Actor, project_id: int, content: ShiftContent) -> Shift:
    """Plan a shift to come of a project that has not ended.

    Raises `RuleBrokenError` for times that cannot be, `ForbiddenStepError` for a closed project.
    """
    project = lock_project(project_id)
    if project.state in ENDED_PROJECTS:
        raise ForbiddenStepError(_l("This project has ended: open it again to plan shifts."))
    check_times(content.times)
    return create_shift(
        actor=actor,
        project_id=project_id,
        starts_at=content.times.starts_at,
        ends_at=content.times.ends_at,
        opens_at=content.times.opens_at,
        closes_at=content.times.closes_at,
        capacity=content.capacity,
        waiting_capacity=content.waiting_capacity,
        place_name=content.place_name,
        address=content.address,
        note=content.note,
    )


def change_shift(
    *, actor: Actor, project_id: int, shift_id: int, seen_version: int, content: ShiftContent
) -> int:
    """Write what is said of a shift to come; return how many people were told.

    They are told of another time or another place, and of nothing else. Places that are added
    are offered to who waits. Raises `RuleBrokenError` for times that cannot be and for fewer
    places than people, `ShiftChangedError`, `ForbiddenStepError` for what is over or cancelled.
    """
    shift = _lock_open(project_id, shift_id, seen_version)
    check_times(content.times)
    _check_people(shift, content)
    was, had = look_of(shift, shift.project), shift.capacity
    if not _write(shift, content):
        return 0
    shift.version += 1
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=shift.id, action="edit", to_state=shift.state
    )
    news = ShiftNews(shift.id, was, look_of(shift, shift.project))
    told = _tell_of_change(actor, shift, news)
    if shift.capacity > had:
        forget_counts(shift)
        offer_free_places(shift)
    return told


def cancel_shift(
    *, actor: Actor, project_id: int, shift_id: int, seen_version: int, reason: str
) -> int:
    """Call a shift to come off, tell who is signed up why; return how many people were told.

    Raises `ForbiddenStepError` for what is over or cancelled already, `ShiftChangedError`.
    """
    shift = _lock_open(project_id, shift_id, seen_version)
    look = look_of(shift, shift.project)
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, reason
    shift.version += 1
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=shift.id,
        action="cancel",
        from_state=ShiftState.OPEN,
        to_state=shift.state,
        note=reason,
    )
    told = tell_signed_up(
        actor=actor,
        news=[ShiftNews(shift.id, look, look)],
        mail=mail_shift_cancelled,
        change=Change(f"shift:{shift.id}:cancelled:{shift.version}", shift.project, reason),
    )
    withdraw_offers([shift.id])
    return len(told)


def check_times(times: ShiftTimes) -> None:
    """Raise `RuleBrokenError`, with the field, for a shift that cannot be at these times."""
    if times.starts_at <= utc_now():
        raise RuleBrokenError(_l("This hour is over: choose a day to come."), "day")
    if times.ends_at <= times.starts_at:
        raise RuleBrokenError(_l("A shift ends after it starts: mend one of the two."), "ends_time")
    if times.opens_at is not None and times.opens_at >= times.closes_at:
        raise RuleBrokenError(
            _l("Places can be taken from a moment before they no longer can."), "opens_on"
        )


def _lock_open(project_id: int, shift_id: int, seen_version: int) -> Shift:
    shift = lock_shift(shift_id)
    if shift.project_id != project_id:
        raise NotFoundError
    if shift.state is ShiftState.CANCELLED:
        raise ForbiddenStepError(_l("This shift has been cancelled: plan a new one."))
    if shift.starts_at <= utc_now():
        raise ForbiddenStepError(_l("This shift has begun: it stays as it is."))
    if shift.version != seen_version:
        raise ShiftChangedError(shift.version)
    return shift


def _check_people(shift: Shift, content: ShiftContent) -> None:
    taken = shift.confirmed_count + shift.offered_count
    if content.capacity < taken:
        raise RuleBrokenError(
            _n(
                "One person has a place already, or was offered one: leave at least one place, or"
                " cancel the shift.",
                "%(num)s people have a place already, or were offered one: leave at least"
                " %(num)s places. Who gives theirs back frees one.",
                taken,
            ),
            "capacity",
        )
    if content.waiting_capacity < shift.waiting_count:
        raise RuleBrokenError(
            _n(
                "One person is waiting: leave room for one on the list.",
                "%(num)s people are waiting: leave room for %(num)s on the list.",
                shift.waiting_count,
            ),
            "waiting_capacity",
        )


def _write(shift: Shift, content: ShiftContent) -> bool:
    values = vars(content.times) | vars(content)
    del values["times"]
    changed = [name for name, value in values.items() if getattr(shift, name) != value]
    for name in changed:
        setattr(shift, name, values[name])
    return bool(changed)


def _tell_of_change(actor: Actor, shift: Shift, news: ShiftNews) -> int:
    if news.has_other_time:
        forget_answers([shift.id])
        shorten_offers(shift.id, shift.starts_at)
    elif same_place(_where(news.was), _where(news.now)):
        return 0
    told = tell_signed_up(
        actor=actor,
        news=[news],
        mail=mail_shift_changed,
        change=Change(f"shift:{shift.id}:changed:{shift.version}", shift.project),
    )
    return len(told)


def _where(look: ShiftLook) -> tuple[str, str | None]:
    return look.place_name, look.address
