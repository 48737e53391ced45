"""A person's own calendar: everything they have promised to be at, from all features."""

from collections.abc import Callable, Iterable

from portal.core.calendar import CalendarEvent
from portal.laboratories.calendars import own_meeting_event
from portal.laboratories.queries.registrations import list_calendar_of
from portal.volunteering import queries as volunteering
from portal.volunteering.calendars import interview_event, shift_event


def _shifts_of(user_id: int) -> Iterable[CalendarEvent]:
    return map(shift_event, volunteering.list_committed_shifts(user_id))


def _interviews_of(user_id: int) -> Iterable[CalendarEvent]:
    return map(interview_event, volunteering.list_booked_interviews(user_id))


def _meetings_of(user_id: int) -> Iterable[CalendarEvent]:
    return map(own_meeting_event, list_calendar_of(user_id))


SOURCES: tuple[Callable[[int], Iterable[CalendarEvent]], ...] = (
    _shifts_of,
    _interviews_of,
    _meetings_of,
)
"""What one can promise to be at; a feature adds its own here."""


def list_events_of(user_id: int) -> list[CalendarEvent]:
    """Return what a person has promised to be at, soonest first."""
    events = [event for source in SOURCES for event in source(user_id)]
    return sorted(events, key=lambda event: (event.starts_at, event.key))
