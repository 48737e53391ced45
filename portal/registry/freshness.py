"""How fresh a profile is: associations confirm theirs once a year."""

from calendar import monthrange
from datetime import date, timedelta
from enum import StrEnum

FRESH_MONTHS = 12
"""So long nobody is asked; then the confirmation is due."""
STALE_MONTHS = 13
"""From here on the page says that it may be out of date."""


class Freshness(StrEnum):
    """What the day of the last word from an association says of its profile."""

    FRESH = "fresh"
    DUE = "due"
    STALE = "stale"
    UNKNOWN = "unknown"
    """The association itself has never written anything."""


def freshness(updated_on: date | None, today: date) -> Freshness:
    """Return how fresh a profile last written or confirmed on `updated_on` is `today`."""
    if updated_on is None:
        return Freshness.UNKNOWN
    if today >= stale_from(updated_on):
        return Freshness.STALE
    return Freshness.DUE if today >= due_from(updated_on) else Freshness.FRESH


def due_from(updated_on: date) -> date:
    """Return the first day on which the next confirmation is due."""
    return months_after(updated_on, FRESH_MONTHS)


def stale_from(updated_on: date) -> date:
    """Return the first day on which the profile counts as out of date."""
    return months_after(updated_on, STALE_MONTHS)


def months_after(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Reminder(StrEnum):
    """The mails that ask for the yearly confirmation, one after the other."""

    FIRST = "first"
    SECOND = "second"
    """A fortnight later."""
    STALE = "stale"
    """From today on everybody reads that the page may be out of date."""


SECOND_REMINDER_DAYS = 15


def due_reminder(updated_on: date, today: date) -> Reminder | None:
    """Return the last reminder that is due for a profile confirmed on `updated_on`, if any.

    Who missed one (the portal stood still, or the association came in late) gets only the last.
    """
    first = due_from(updated_on)
    if today >= stale_from(updated_on):
        return Reminder.STALE
    if today >= first + timedelta(days=SECOND_REMINDER_DAYS):
        return Reminder.SECOND
    return Reminder.FIRST if today >= first else None
