"""Calendars that people subscribe to or put into their own (iCalendar, RFC 5545).

Nothing in them names a person: who holds the address of a feed can read all of it. The library is
loaded with the first calendar.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Response, current_app

from portal.config import Settings
from portal.core.clock import utc_now

if TYPE_CHECKING:
    from icalendar import Component

PRODUCT = "-//Comune di Reggio Emilia//Citta collaborativa//IT"
READ_AGAIN_AFTER = timedelta(hours=3)
"""How often programs are asked to read a feed again (RFC 7986); many do as they like."""


@dataclass(frozen=True, kw_only=True)
class CalendarEvent:
    """Something that happens at a time, as a calendar shows it."""

    key: str
    """What it is, for ever (`turno-12`); the same key is the same entry in every calendar."""
    title: str
    starts_at: datetime
    ends_at: datetime
    place: str
    address: str
    """The page where to act, with the host of the settings."""
    description: str = ""
    version: int = 0
    """Raised by every change, so that programs take the newer one."""
    is_cancelled: bool = False
    is_tentative: bool = False


def calendar_text(events: Iterable[CalendarEvent], *, name: str) -> str:
    """Return `events` as an iCalendar file called `name`.

    Times are UTC (RFC 5545, 3.3.5, form 2): every program shows them on the clock of its owner,
    and no rules of a time zone, several kilobytes of them, travel with each mail.
    """
    from icalendar import Calendar  # noqa: PLC0415 - see above

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", READ_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    host = urlsplit(_settings().base_url).hostname or "localhost"
    for event in events:
        calendar.add_component(_entry(event, host))
    return calendar.to_ical().decode()


def calendar_response(text: str) -> Response:
    """Return an iCalendar file as an answer, named by its address."""
    return Response(text, content_type="text/calendar; charset=utf-8")


def _entry(event: CalendarEvent, host: str) -> "Component":
    from icalendar import Event  # noqa: PLC0415 - see above

    entry = Event()
    entry.add("uid", f"{event.key}@{host}")
    entry.add("dtstamp", utc_now())
    entry.add("dtstart", event.starts_at)
    entry.add("dtend", event.ends_at)
    entry.add("summary", event.title)
    entry.add("location", event.place)
    entry.add("url", event.address)
    entry.add("description", "\n\n".join(filter(None, (event.description, event.address))))
    entry.add("sequence", event.version)
    entry.add("status", _status(event))
    return entry


def _status(event: CalendarEvent) -> str:
    if event.is_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.is_tentative else "CONFIRMED"


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal_settings"]
    return settings
