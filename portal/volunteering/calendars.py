"""Shifts and interviews as entries of a calendar: what and where, never who."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _

from portal.core.calendar import CalendarEvent
from portal.core.mail import absolute_url
from portal.volunteering.models import Shift
from portal.volunteering.states import ShiftState


class CalendarShift(Protocol):
    """What a calendar asks of a shift."""

    @property
    def id(self) -> int: ...
    @property
    def title(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place_name(self) -> str: ...
    @property
    def address(self) -> str | None: ...
    @property
    def note(self) -> str | None: ...
    @property
    def state(self) -> ShiftState: ...
    @property
    def version(self) -> int: ...


class CalendarInterview(Protocol):
    """What a calendar asks of a booked interview."""

    @property
    def id(self) -> int: ...
    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def place_name(self) -> str: ...
    @property
    def address(self) -> str | None: ...


@dataclass(frozen=True)
class _StoredShift:
    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None
    note: str | None
    state: ShiftState
    version: int


def shift_event(shift: CalendarShift, *, is_tentative: bool = False) -> CalendarEvent:
    """Return a shift as an entry; one that was cancelled says so and stays."""
    is_cancelled = shift.state is ShiftState.CANCELLED
    return CalendarEvent(
        key=f"turno-{shift.id}",
        title=_("Cancelled: %(title)s", title=shift.title) if is_cancelled else shift.title,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        place=_place(shift.place_name, shift.address),
        description=shift.note or "",
        address=absolute_url("volunteering.show_shift", shift_id=shift.id),
        version=shift.version,
        is_cancelled=is_cancelled,
        is_tentative=is_tentative,
    )


def interview_event(
    interview: CalendarInterview, *, is_cancelled: bool = False, version: int = 0
) -> CalendarEvent:
    """Return a booked interview as an entry."""
    title = _("Introductory talk")
    return CalendarEvent(
        key=f"colloquio-{interview.id}",
        title=_("Cancelled: %(title)s", title=title) if is_cancelled else title,
        starts_at=interview.starts_at,
        ends_at=interview.ends_at,
        place=_place(interview.place_name, interview.address),
        address=absolute_url("volunteering.show_interview"),
        version=version,
        is_cancelled=is_cancelled,
    )


def event_of(shift: Shift) -> CalendarEvent:
    """Return a shift of the tables, with its project, as an entry."""
    project = shift.project
    return shift_event(
        _StoredShift(
            id=shift.id,
            title=project.title,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            place_name=shift.place_name or project.place_name,
            address=shift.address or project.address,
            note=shift.note,
            state=shift.state,
            version=shift.version + project.version,
        )
    )


def shift_events(shifts: Iterable[CalendarShift]) -> list[CalendarEvent]:
    """Return shifts as entries."""
    return [shift_event(shift) for shift in shifts]


def _place(name: str, address: str | None) -> str:
    return ", ".join(filter(None, (name, address)))
