"""Who may register for a meeting, and why not; what is open when on its day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.accounts.commitments import (
    Commitment,
    CommitmentKind,
    find_overlap_with,
    find_tight_travel_to,
)
from portal.core.sign_ups import (
    HeldSignUp,
    SignUpState,
    count_free_places,
    find_offer_end,
    find_outcome,
)
from portal.laboratories.states import MeetingRefusal, MeetingState

OFFER_HOURS = 24
"""How long a place that was freed is kept for the first in line."""
REMIND_BEFORE = timedelta(hours=24)
"""How long before a meeting those who registered are reminded."""
MARKS_BEFORE = timedelta(minutes=30)
"""Before the start: who is early can be written down, nobody days ahead."""
CODE_AROUND = timedelta(minutes=30)
"""Before the start and after the end: when the code on the spot says that one is there."""


class Timed(Protocol):
    """A meeting, as far as its time goes."""

    @property
    def starts_at(self) -> datetime: ...
    @property
    def ends_at(self) -> datetime: ...
    @property
    def state(self) -> MeetingState: ...


@dataclass(frozen=True)
class MeetingFacts:
    """What decisions ask of a meeting."""

    id: int
    starts_at: datetime
    ends_at: datetime
    state: MeetingState
    has_registration: bool
    capacity: int | None
    confirmed_count: int
    offered_count: int
    waiting_capacity: int
    waiting_count: int
    opens_at: datetime | None
    closes_at: datetime
    place_name: str

    @property
    def free_places(self) -> int | None:
        """How many places are free; None where they do not end."""
        return count_free_places(self)


@dataclass(frozen=True)
class RegistrationFacts:
    """What the decision asks of a person; the default is a visitor without an account."""

    is_signed_in: bool = False
    held: Mapping[int, HeldSignUp] = field(default_factory=dict)
    """Meeting id → what this person has in it."""
    commitments: tuple[Commitment, ...] = ()


STRANGER = RegistrationFacts()


@dataclass(frozen=True)
class RegistrationDecision:
    """Whether a person can register now; `outcome` is what they would get, or have."""

    outcome: SignUpState | None
    refusal: MeetingRefusal | None = None
    position: int | None = None
    """Place on the waiting list that the outcome means, from 1."""
    overlap: Commitment | None = None
    travel: Commitment | None = None
    """A commitment in another place with hardly time to get there: a warning, no refusal."""
    offer_until_at: datetime | None = None
    """Until when the place is kept, for who was offered it."""

    @property
    def is_allowed(self) -> bool:
        """Say whether a button can be shown."""
        return self.refusal is None


def decide_registration(
    meeting: MeetingFacts, person: RegistrationFacts, now: datetime, people: int = 1
) -> RegistrationDecision:
    """Say what `person` gets in `meeting` at `now`, or the one reason why nothing.

    `people` are the places wanted, `person` included. What holds for everybody comes before what
    this person could change.
    """
    held = person.held.get(meeting.id)
    if held is not None:
        people = held.people
    refusal = _refusal_before_places(meeting, held, now)
    if refusal is not None:
        has = held if refusal is MeetingRefusal.ALREADY_SIGNED_UP else None
        return RegistrationDecision(
            has.state if has else None, refusal, has.position if has else None
        )
    outcome = find_outcome(meeting, people, held)
    if outcome is None:
        return RegistrationDecision(None, MeetingRefusal.FULL_WAITING_LIST_FULL)
    position = meeting.waiting_count + 1 if outcome is SignUpState.WAITING else None
    elsewhere = [c for c in person.commitments if not c.is_of(CommitmentKind.MEETING, meeting.id)]
    overlap = find_overlap_with(elsewhere, meeting)
    travel = None if overlap else find_tight_travel_to(elsewhere, meeting)
    offer_until_at = held.offer_until_at if held else None
    refusal = _refusal_of_person(person, overlap)
    return RegistrationDecision(outcome, refusal, position, overlap, travel, offer_until_at)


def can_leave_meeting(meeting: MeetingFacts, held: HeldSignUp | None, now: datetime) -> bool:
    """Say whether a place can be given back: until the meeting starts."""
    return held is not None and now < meeting.starts_at and meeting.state is MeetingState.PLANNED


def find_meeting_offer_end(meeting: MeetingFacts, now: datetime) -> datetime | None:
    """Return until when a free place is kept for the first in line, None where it is too late."""
    if meeting.state is not MeetingState.PLANNED:
        return None
    return find_offer_end(meeting.starts_at, OFFER_HOURS, now)


class MeetingCode(StrEnum):
    """What the code shown on the spot does for a person."""

    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    OPEN = "open"
    MARKED = "marked"


def find_meeting_code(meeting: Timed, now: datetime) -> MeetingCode:
    """Return what the code of a meeting does at a moment, whoever scans it."""
    if meeting.state is not MeetingState.PLANNED:
        return MeetingCode.CANCELLED
    if now < meeting.starts_at - CODE_AROUND:
        return MeetingCode.TOO_EARLY
    return MeetingCode.OPEN if now <= meeting.ends_at + CODE_AROUND else MeetingCode.TOO_LATE


def takes_attendance(meeting: Timed, now: datetime) -> bool:
    """Say whether who came can be written down: from half an hour before, for good."""
    return meeting.state is MeetingState.PLANNED and now >= meeting.starts_at - MARKS_BEFORE


def _refusal_before_places(
    meeting: MeetingFacts, held: HeldSignUp | None, now: datetime
) -> MeetingRefusal | None:
    if meeting.state is MeetingState.CANCELLED:
        return MeetingRefusal.CANCELLED
    if now >= meeting.starts_at:
        return MeetingRefusal.IN_THE_PAST
    if held is None:
        return _refusal_of_opening(meeting, now)
    if held.is_offered:
        return None if held.is_in_time(now) else MeetingRefusal.OFFER_EXPIRED
    return None if held.can_move_up(meeting) else MeetingRefusal.ALREADY_SIGNED_UP


def _refusal_of_opening(meeting: MeetingFacts, now: datetime) -> MeetingRefusal | None:
    if not meeting.has_registration:
        return MeetingRefusal.NO_REGISTRATION
    if meeting.opens_at is not None and now < meeting.opens_at:
        return MeetingRefusal.NOT_OPEN_YET
    return MeetingRefusal.CLOSED if now >= meeting.closes_at else None


def _refusal_of_person(
    person: RegistrationFacts, overlap: Commitment | None
) -> MeetingRefusal | None:
    if not person.is_signed_in:
        return MeetingRefusal.NOT_SIGNED_IN
    return None if overlap is None else MeetingRefusal.OVERLAPS
