"""Which days offices work: neither weekends nor holidays, the city's patron included."""

from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
ONE_DAY = timedelta(days=1)


LANGUAGES = {"it": "it_IT", "en": "en_US"}
"""Our languages as the library of holidays calls them."""


@cache
def _holidays(language: str = "it") -> "HolidayBase":
    from holidays import country_holidays  # noqa: PLC0415 - the start of a process does not wait

    # "RE" adds San Prospero, the patron (24 November); years are worked out when asked.
    return country_holidays("IT", subdiv="RE", language=LANGUAGES[language])


def is_working_day(day: date) -> bool:
    """Say whether offices work on `day` in the city."""
    return day.weekday() < SATURDAY and day not in _holidays()


def working_day_from(day: date) -> date:
    """Return `day`, or the next working day when it is none."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def holiday_name(day: date, language: str) -> str | None:
    """Return what the holiday on `day` is called in a language of ours; None for no holiday."""
    name = _holidays(language).get(day)
    return str(name) if name else None
