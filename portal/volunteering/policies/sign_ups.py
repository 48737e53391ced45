"""Who may take a place, and why not: one pure decision that page, message and test share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.accounts.commitments import (
    Commitment,
    CommitmentKind,
    find_overlap_with,
    find_tight_travel_to,
)
from portal.core.clock import to_local
from portal.core.sign_ups import HeldSignUp, SignUpState, find_outcome
from portal.core.sign_ups import find_offer_end as end_of_offer
from portal.volunteering.policies.rules import (
    NO_RULES,
    UNKNOWN_VOLUNTEER,
    Rules,
    VolunteerFacts,
    find_unmet_rule,
)
from portal.volunteering.states import DayPart, ShiftState, SignUpRefusal, Weekday

ASK_BEFORE = timedelta(hours=48)
"""How long before a shift people are asked whether they are coming."""

CALL_BEFORE, CALL_NOT_AFTER = timedelta(hours=72), timedelta(hours=6)
"""From when to when before a shift suitable people are asked to help out."""

AFTERNOON_FROM, EVENING_FROM = 13, 18
"""Hours of the city's clocks at which parts of the day begin."""


@dataclass(frozen=True)
class ShiftFacts:
    """What the decision asks of a shift."""

    id: int
    project_id: int
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    capacity: int
    confirmed_count: int
    """People who have a place."""
    offered_count: int
    """People for whom a place is kept until they answer."""
    waiting_capacity: int
    waiting_count: int
    """People on the waiting list."""
    opens_at: datetime | None
    closes_at: datetime
    place_name: str
    is_project_open: bool = True
    leave_until_hours: int = 24
    """Hours before the start until which a place left is offered to who waits."""
    group_cap: int | None = None
    """People of the largest group; None: one by one."""
    requires_record_check: bool = False
    rules: Rules = NO_RULES

    @property
    def free_places(self) -> int:
        """How many places nobody has and nobody was offered."""
        return self.capacity - self.confirmed_count - self.offered_count

    @property
    def leave_until(self) -> datetime:
        """Until when a place that is left is offered to who waits."""
        return self.starts_at - timedelta(hours=self.leave_until_hours)


@dataclass(frozen=True)
class PersonFacts:
    """What the decision asks of a person; the default is a visitor without an account."""

    is_signed_in: bool = False
    held: Mapping[int, HeldSignUp] = field(default_factory=dict)
    """Shift id → what this person has in it."""
    commitments: tuple[Commitment, ...] = ()
    volunteer: VolunteerFacts = UNKNOWN_VOLUNTEER


VISITOR = PersonFacts()


@dataclass(frozen=True)
class SignUpDecision:
    """Whether a person can take a place now; `outcome` is what they would get, or have.

    With `refusal` the page shows that reason. `outcome` stands beside it where it helps the
    words: what an account or an enrolment would lead to, what is already held.
    """

    outcome: SignUpState | None
    refusal: SignUpRefusal | None = None
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


def decide_sign_up(
    shift: ShiftFacts, person: PersonFacts, now: datetime, *, people: int = 1
) -> SignUpDecision:
    """Say what `person` gets in `shift` at `now`, or the one reason why nothing.

    `people` are the places wanted: more than one is a group with `person` as its contact. What
    holds for everybody comes before what this person could change, and among the latter what
    ends the matter (a true overlap, age) before what only takes a step (enrolling).
    """
    held = person.held.get(shift.id)
    if held is not None:
        people = held.people
    refusal = _refusal_before_places(shift, held, people, now)
    if refusal is not None:
        has = held if refusal is SignUpRefusal.ALREADY_SIGNED_UP else None
        return SignUpDecision(has.state if has else None, refusal, has.position if has else None)
    outcome = find_outcome(shift, people, held)
    if outcome is None:
        return SignUpDecision(None, SignUpRefusal.FULL_WAITING_LIST_FULL)
    position = shift.waiting_count + 1 if outcome is SignUpState.WAITING else None
    overlap = find_overlap(person.commitments, shift)
    refusal = _refusal_of_person(shift, person, overlap)
    travel = None if overlap else find_tight_travel(person.commitments, shift)
    offer_until_at = held.offer_until_at if held else None
    return SignUpDecision(outcome, refusal, position, overlap, travel, offer_until_at)


def find_overlap(commitments: Iterable[Commitment], shift: ShiftFacts) -> Commitment | None:
    """Return the first commitment that takes time of `shift`, other than the shift itself."""
    return find_overlap_with(_elsewhere(commitments, shift), shift)


def find_tight_travel(commitments: Iterable[Commitment], shift: ShiftFacts) -> Commitment | None:
    """Return the first commitment from which, or to which, there is hardly time to get."""
    return find_tight_travel_to(_elsewhere(commitments, shift), shift)


def lacks_people_soon(shift: ShiftFacts, now: datetime) -> bool:
    """Say whether people are called to help: the shift is near, open, and has free places."""
    is_near = CALL_NOT_AFTER < shift.starts_at - now <= CALL_BEFORE
    is_open = shift.state is ShiftState.OPEN and shift.is_project_open and now < shift.closes_at
    has_opened = shift.opens_at is None or shift.opens_at <= now
    return is_near and is_open and has_opened and shift.free_places > 0


def slot_of(starts_at: datetime) -> str:
    """Return the part of the week in which a shift starts, as availability names it."""
    start = to_local(starts_at)
    day = tuple(Weekday)[start.weekday()]
    if start.hour < AFTERNOON_FROM:
        return f"{day}-{DayPart.MORNING}"
    return f"{day}-{DayPart.AFTERNOON if start.hour < EVENING_FROM else DayPart.EVENING}"


def can_leave(shift: ShiftFacts, held: HeldSignUp | None, now: datetime) -> bool:
    """Say whether a place can be given back: until the shift starts."""
    return held is not None and now < shift.starts_at and shift.state is ShiftState.OPEN


def is_late_to_leave(shift: ShiftFacts, held: HeldSignUp, now: datetime) -> bool:
    """Say whether giving back a place now is told to the tutor instead of offering it."""
    return held.state is SignUpState.CONFIRMED and now > shift.leave_until


def find_offer_end(shift: ShiftFacts, offer_hours: int, now: datetime) -> datetime | None:
    """Return until when a free place is kept for the first in line, None where it is too late.

    The programme says the hours; near the start it is half of what is left, so that the next in
    line has a turn too.
    """
    if shift.state is not ShiftState.OPEN or not shift.is_project_open:
        return None
    return end_of_offer(shift.starts_at, offer_hours, now)


def _refusal_before_places(
    shift: ShiftFacts, held: HeldSignUp | None, people: int, now: datetime
) -> SignUpRefusal | None:
    if shift.state is ShiftState.CANCELLED:
        return SignUpRefusal.SHIFT_CANCELLED
    if now >= shift.starts_at:
        return SignUpRefusal.IN_THE_PAST
    if held is not None:
        return _refusal_of_held(shift, held, now)
    return _refusal_of_opening(shift, people, now)


def _refusal_of_opening(shift: ShiftFacts, people: int, now: datetime) -> SignUpRefusal | None:
    if not shift.is_project_open:
        return SignUpRefusal.PROJECT_CLOSED
    if shift.opens_at is not None and now < shift.opens_at:
        return SignUpRefusal.NOT_OPEN_YET
    if now >= shift.closes_at:
        return SignUpRefusal.CLOSED
    if people > 1 and people > (shift.group_cap or 1):
        return SignUpRefusal.GROUP_TOO_LARGE
    return None


def _refusal_of_held(shift: ShiftFacts, held: HeldSignUp, now: datetime) -> SignUpRefusal | None:
    if held.is_offered:
        return None if held.is_in_time(now) else SignUpRefusal.OFFER_EXPIRED
    return None if held.can_move_up(shift) else SignUpRefusal.ALREADY_SIGNED_UP


def _elsewhere(commitments: Iterable[Commitment], shift: ShiftFacts) -> list[Commitment]:
    return [c for c in commitments if not c.is_of(CommitmentKind.SHIFT, shift.id)]


def _refusal_of_person(
    shift: ShiftFacts, person: PersonFacts, overlap: Commitment | None
) -> SignUpRefusal | None:
    if not person.is_signed_in:
        return SignUpRefusal.NOT_SIGNED_IN
    if overlap is not None:
        return SignUpRefusal.OVERLAPS
    first, last = to_local(shift.starts_at).date(), to_local(shift.ends_at).date()
    return find_unmet_rule(shift.rules, person.volunteer, first, last) or _find_project_reason(
        shift, person.volunteer
    )


def _find_project_reason(shift: ShiftFacts, who: VolunteerFacts) -> SignUpRefusal | None:
    if shift.rules.requires_training and shift.project_id not in who.trained_in:
        return SignUpRefusal.NEEDS_TRAINING
    if shift.requires_record_check and shift.project_id not in who.record_seen_for:
        return SignUpRefusal.NEEDS_RECORD_CHECK
    return None
