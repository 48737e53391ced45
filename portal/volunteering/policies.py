"""Who may take a place, and why not: one pure decision that page, message and test share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from portal.volunteering.states import (
    EnrolmentState,
    Residence,
    ShiftState,
    SignUpRefusal,
    SignUpState,
)

YOUNGEST_VOLUNTEER = 15
"""Years; municipal rules of April 2019 (with the authorisation of a parent under 18)."""
OLDEST_PLAUSIBLE = 120
"""Years; past it the year was mistyped."""


@dataclass(frozen=True)
class ShiftFacts:
    """What the decision asks of a shift."""

    id: int
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    capacity: int
    confirmed_count: int
    waiting_capacity: int
    waiting_count: int
    opens_at: datetime | None
    closes_at: datetime
    requires_enrolment: bool

    @property
    def free_places(self) -> int:
        """How many places nobody has."""
        return self.capacity - self.confirmed_count


@dataclass(frozen=True)
class Commitment:
    """A shift in which a person has a confirmed place."""

    shift_id: int
    title: str
    starts_at: datetime
    ends_at: datetime

    def overlaps(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Say whether it takes time from `starts_at` to `ends_at`; touching ends do not."""
        return self.starts_at < ends_at and starts_at < self.ends_at


@dataclass(frozen=True)
class HeldSignUp:
    """A sign-up that stands; `position` counts from 1 on the waiting list, else None."""

    state: SignUpState
    position: int | None = None


@dataclass(frozen=True)
class PersonFacts:
    """What the decision asks of a person; the default is a visitor without an account."""

    is_signed_in: bool = False
    held: Mapping[int, HeldSignUp] = field(default_factory=dict)
    """Shift id → what this person has in it."""
    commitments: tuple[Commitment, ...] = ()
    enrolment: EnrolmentState | None = None


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

    @property
    def is_allowed(self) -> bool:
        """Say whether a button can be shown."""
        return self.refusal is None


def decide_sign_up(shift: ShiftFacts, person: PersonFacts, now: datetime) -> SignUpDecision:
    """Say what `person` gets in `shift` at `now`, or the one reason why nothing.

    What holds for everybody comes before what this person could change, and among the latter
    what ends the matter (a true overlap) before what only takes a step (enrolling).
    """
    held = person.held.get(shift.id)
    refusal = _refusal_before_places(shift, held, now)
    if refusal is not None:
        has = held if refusal is SignUpRefusal.ALREADY_SIGNED_UP else None
        return SignUpDecision(has.state if has else None, refusal, has.position if has else None)
    outcome = _outcome(shift)
    if outcome is None:
        return SignUpDecision(None, SignUpRefusal.FULL_WAITING_LIST_FULL)
    position = shift.waiting_count + 1 if outcome is SignUpState.WAITING else None
    overlap = find_overlap(person.commitments, shift)
    return SignUpDecision(outcome, _refusal_of_person(shift, person, overlap), position, overlap)


def find_overlap(commitments: Iterable[Commitment], shift: ShiftFacts) -> Commitment | None:
    """Return the first commitment that takes time of `shift`, other than the shift itself."""
    return next(
        (
            c
            for c in commitments
            if c.shift_id != shift.id and c.overlaps(shift.starts_at, shift.ends_at)
        ),
        None,
    )


def can_leave(shift: ShiftFacts, held: HeldSignUp | None, now: datetime) -> bool:
    """Say whether a place can be given back: until the shift starts."""
    return held is not None and now < shift.starts_at and shift.state is ShiftState.OPEN


class EnrolmentAnswers(Protocol):
    """What a person has said for the register, in the table or in a row of a page."""

    @property
    def born_on(self) -> date | None: ...
    @property
    def phone(self) -> str | None: ...
    @property
    def residence(self) -> Residence | None: ...
    @property
    def availability(self) -> list[str]: ...


def enrolment_has_person(answers: EnrolmentAnswers) -> bool:
    """Say whether the first step, who the person is, is filled in."""
    return bool(answers.born_on and answers.phone and answers.residence)


def enrolment_is_complete(answers: EnrolmentAnswers) -> bool:
    """Say whether the request can be handed in."""
    return enrolment_has_person(answers) and bool(answers.availability)


def age_on(born_on: date, day: date) -> int:
    """Return the age in whole years on `day`."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def _refusal_before_places(
    shift: ShiftFacts, held: HeldSignUp | None, now: datetime
) -> SignUpRefusal | None:
    if shift.state is ShiftState.CANCELLED:
        return SignUpRefusal.SHIFT_CANCELLED
    if now >= shift.starts_at:
        return SignUpRefusal.IN_THE_PAST
    if held is not None:
        could_move_up = held.state is SignUpState.WAITING and shift.free_places > 0
        return None if could_move_up else SignUpRefusal.ALREADY_SIGNED_UP
    if shift.opens_at is not None and now < shift.opens_at:
        return SignUpRefusal.NOT_OPEN_YET
    if now >= shift.closes_at:
        return SignUpRefusal.CLOSED
    return None


def _outcome(shift: ShiftFacts) -> SignUpState | None:
    # A place that is free although people wait is one that none of them could take when it was
    # freed: they were elsewhere at that time. Whoever comes may have it, they included.
    if shift.free_places > 0:
        return SignUpState.CONFIRMED
    return SignUpState.WAITING if shift.waiting_count < shift.waiting_capacity else None


def _refusal_of_person(
    shift: ShiftFacts, person: PersonFacts, overlap: Commitment | None
) -> SignUpRefusal | None:
    if not person.is_signed_in:
        return SignUpRefusal.NOT_SIGNED_IN
    if overlap is not None:
        return SignUpRefusal.OVERLAPS
    if not shift.requires_enrolment or person.enrolment is EnrolmentState.ACCEPTED:
        return None
    if person.enrolment is EnrolmentState.SUBMITTED:
        return SignUpRefusal.ENROLMENT_PENDING
    return SignUpRefusal.NOT_ENROLLED
