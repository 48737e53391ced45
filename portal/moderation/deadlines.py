"""When a procedure ends: the term, what stops it, the days that count (Law 241/1990).

Pure: days come in as dates of the city. The day of receipt is not counted, nor is any day of a
pause; the day on which a pause was asked for still is, the day after it no longer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.moderation.states import CaseKind, DayCount, SuspensionReason

Calendar = Callable[[date], bool]
"""Says whether offices work on a day."""

ONE_DAY = timedelta(days=1)
DAYS_AFTER_OBSERVATIONS = 10
"""Law 241/1990, art. 10-bis: the term runs again ten days after the observations came."""


@dataclass(frozen=True)
class Term:
    """How long the administration has."""

    days: int
    day_count: DayCount = DayCount.CALENDAR


@dataclass(frozen=True)
class Terms:
    """What holds for one kind of case: the answer, and what the applicant has."""

    answer: Term
    integration_days: int
    observation_days: int


LEGAL_TERMS = Terms(answer=Term(30), integration_days=30, observation_days=10)
"""Law 241/1990, art. 2 and 10-bis: what holds unless it is set otherwise."""

_TALK = Terms(answer=Term(2, DayCount.WORKING), integration_days=30, observation_days=10)
_SHORTER: Mapping[CaseKind, Terms] = {CaseKind.COMMENT: _TALK, CaseKind.CONTENT_REPORT: _TALK}


def usual_terms(kind: CaseKind) -> Terms:
    """Return what holds for a kind of case unless it is set otherwise.

    A talk does not wait a month: two working days for comments and for reports.
    """
    return _SHORTER.get(kind, LEGAL_TERMS)


@dataclass(frozen=True)
class Pause:
    """Days that are not counted: those after `starts_on` and before `resumes_on`."""

    starts_on: date
    """The day it was asked for."""
    resumes_on: date
    """The first day that counts again."""

    def holds(self, day: date) -> bool:
        """Say whether the term stands still on `day`."""
        return self.starts_on < day < self.resumes_on


def compute_deadline(
    received_on: date, term: Term, pauses: Sequence[Pause], calendar: Calendar
) -> date:
    """Return the last day to answer; a term that ends on a holiday ends on the next working day."""
    left, day = term.days, received_on
    while left:
        day += ONE_DAY
        left -= _counts(day, term, pauses, calendar)
    while not calendar(day) or _stands_still(day, pauses):
        day += ONE_DAY
    return day


def days_used(
    received_on: date, today: date, term: Term, pauses: Sequence[Pause], calendar: Calendar
) -> int:
    """Return how many days of the term have run, today included; never more than it has."""
    used = sum(_counts(day, term, pauses, calendar) for day in _days_after(received_on, today))
    return min(used, term.days)


def days_paused(received_on: date, today: date, pauses: Sequence[Pause]) -> int:
    """Return how many days did not count because the term stood still, today included."""
    return sum(_stands_still(day, pauses) for day in _days_after(received_on, today))


def integration_end(asked_on: date, days: int) -> date:
    """Return the last day to send what is missing.

    A holiday moves it no further: the law lets the term stand still for thirty days at most.
    """
    return asked_on + timedelta(days=days)


def observations_end(told_on: date, days: int, calendar: Calendar) -> date:
    """Return the last day for observations, a working day: it is the applicant's own term."""
    day = told_on + timedelta(days=days)
    while not calendar(day):
        day += ONE_DAY
    return day


def resumption_after_answer(reason: SuspensionReason, answered_on: date) -> date:
    """Return the first day that counts again after the applicant answered."""
    if reason is SuspensionReason.REFUSAL_NOTICE:
        answered_on += timedelta(days=DAYS_AFTER_OBSERVATIONS)
    return answered_on + ONE_DAY


def resumption_without_answer(latest_end_on: date) -> date:
    """Return the first day that counts again when nothing came."""
    return latest_end_on + ONE_DAY


def _counts(day: date, term: Term, pauses: Sequence[Pause], calendar: Calendar) -> bool:
    is_counted = term.day_count is DayCount.CALENDAR or calendar(day)
    return is_counted and not _stands_still(day, pauses)


def _stands_still(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.holds(day) for pause in pauses)


def _days_after(start: date, end: date) -> Iterator[date]:
    for number in range(1, (end - start).days + 1):
        yield start + timedelta(days=number)
