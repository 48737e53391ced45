"""Meetings as entries of a calendar: what and where, never who."""

from datetime import datetime
from typing import Protocol

from flask_babel import gettext as _

from portal.core.calendar import CalendarEvent
from portal.core.mail import absolute_url
from portal.laboratories.models import Meeting
from portal.laboratories.queries.meetings import MeetingRow
from portal.laboratories.queries.registrations import RegistrationRow
from portal.laboratories.states import MeetingState


class CalendarMeeting(Protocol):
    """What a calendar asks of a meeting."""

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
    def version(self) -> int: ...


def meeting_event(meeting: MeetingRow) -> CalendarEvent:
    """Return a meeting as an entry; one that was cancelled says so and stays."""
    return _event(meeting, meeting.id, meeting.laboratory_slug, meeting.state, meeting.agenda or "")


def own_meeting_event(row: RegistrationRow) -> CalendarEvent:
    """Return a meeting for which a person is registered as an entry of their own calendar."""
    return _event(row, row.meeting_id, row.laboratory_slug, row.meeting_state)


def event_of(meeting: Meeting) -> CalendarEvent:
    """Return a meeting of the tables, with its laboratory, as an entry."""
    return _event(meeting, meeting.id, meeting.laboratory.slug, meeting.state, meeting.agenda or "")


def _event(
    meeting: CalendarMeeting, number: int, slug: str, state: MeetingState, agenda: str = ""
) -> CalendarEvent:
    is_cancelled = state is MeetingState.CANCELLED
    return CalendarEvent(
        key=f"incontro-{number}",
        title=_("Cancelled: %(title)s", title=meeting.title) if is_cancelled else meeting.title,
        starts_at=meeting.starts_at,
        ends_at=meeting.ends_at,
        place=", ".join(filter(None, (meeting.place_name, meeting.address))),
        description=agenda,
        address=absolute_url("laboratories.show_meeting", slug=slug, meeting_id=number),
        version=meeting.version,
        is_cancelled=is_cancelled,
    )
