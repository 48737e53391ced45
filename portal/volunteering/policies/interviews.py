"""When talks can be booked, and how the office lays them out over a day."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from portal.core.clock import from_local
from portal.volunteering.states import EnrolmentState, InterviewRefusal

BOOKING_ENROLMENTS = (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED)
MOST_SLOTS = 40
"""Opened at once: a long day."""


@dataclass(frozen=True)
class InterviewFacts:
    """What booking a talk asks of a person's enrolment; without one `state` is None."""

    state: EnrolmentState | None = None
    submitted_at: datetime | None = None
    interviewed_on: date | None = None
    last_held_at: datetime | None = None
    """When the last talk that was held began, however it went."""


def find_interview_refusal(facts: InterviewFacts) -> InterviewRefusal | None:
    """Return why a person cannot book a talk, None where they can.

    A talk that was held counts for the request it was about: who asks again later talks again.
    """
    if facts.state not in BOOKING_ENROLMENTS:
        return InterviewRefusal.NOT_HANDED_IN
    if facts.interviewed_on is not None:
        return InterviewRefusal.ALREADY_HELD
    is_of_this_request = facts.submitted_at is None or (
        facts.last_held_at is not None and facts.last_held_at >= facts.submitted_at
    )
    if facts.last_held_at is not None and is_of_this_request:
        return InterviewRefusal.ALREADY_HELD
    return None


def plan_slots(
    day: date, first: time, last: time, *, minutes: int, pause: int
) -> list[tuple[datetime, datetime]]:
    """Return start and end of each talk from `first` to `last` on the city's clocks.

    Each takes `minutes`, with `pause` minutes between two; the last ends by `last`.
    """
    slots = []
    start, end = (from_local(datetime.combine(day, hour)) for hour in (first, last))
    while start + timedelta(minutes=minutes) <= end:
        slots.append((start, start + timedelta(minutes=minutes)))
        start += timedelta(minutes=minutes + pause)
    return slots
