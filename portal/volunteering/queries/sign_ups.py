"""What a person has in shifts, and what decisions ask of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, extract, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.commitments import list_commitments_elsewhere
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import HELD_STATES, HeldSignUp, SignUpState
from portal.volunteering.models import Shift, SignUp, VolunteeringProject
from portal.volunteering.policies import (
    VISITOR,
    PersonFacts,
    ShiftFacts,
    SignUpDecision,
    can_leave,
    decide_sign_up,
)
from portal.volunteering.queries.commitments import OWN_KINDS, shift_commitment
from portal.volunteering.queries.facts import SHIFT_ADDRESS
from portal.volunteering.queries.volunteers import find_volunteer_facts
from portal.volunteering.states import Answer, ShiftState

LONGEST_SIGN_UP_LIST = 100


@dataclass(frozen=True)
class SignUpRow:
    """What a person has, or had, in a shift."""

    id: int
    state: SignUpState
    position: int | None
    """On the waiting list, from 1."""
    shift_id: int
    shift_state: ShiftState
    title: str
    place_name: str
    address: str | None
    starts_at: datetime
    ends_at: datetime
    people: int
    offer_until_at: datetime | None
    asked_at: datetime | None
    """When "ci sei?" was asked."""
    answer: Answer | None
    is_from_counter: bool = False
    """Whether a clerk took the place for the person."""

    @property
    def is_asked(self) -> bool:
        """Say whether "ci sei?" still waits for an answer."""
        return (
            self.state is SignUpState.CONFIRMED
            and self.shift_state is ShiftState.OPEN
            and self.asked_at is not None
            and self.answer is None
        )

    @property
    def is_past(self) -> bool:
        """Say whether the shift has ended."""
        return self.ends_at <= utc_now()


@dataclass(frozen=True)
class ShiftStanding:
    """How one person stands to one shift."""

    decision: SignUpDecision
    held: HeldSignUp | None
    can_leave: bool


def _position() -> ColumnElement[int]:
    """How many wait in the same shift up to this one; meant for who waits."""
    other = aliased(SignUp)
    return (
        select(func.count(other.id))
        .where(
            other.shift_id == SignUp.shift_id,
            other.state == SignUpState.WAITING,
            other.id <= SignUp.id,
        )
        .correlate(SignUp)
        .scalar_subquery()
    )


# Asked with every list of shifts and every sign-up: built once.
_HELD_BY = (
    select(
        Shift.id,
        SignUp.state,
        _position(),
        SignUp.people,
        SignUp.offer_until_at,
        VolunteeringProject.title,
        Shift.starts_at,
        Shift.ends_at,
        func.coalesce(Shift.place_name, VolunteeringProject.place_name),
    )
    .join_from(SignUp, Shift)
    .join(VolunteeringProject)
    .where(
        SignUp.user_id == bindparam("user_id"),
        SignUp.state.in_(HELD_STATES),
        Shift.state == ShiftState.OPEN,
        Shift.ends_at > bindparam("now"),
    )
    .order_by(Shift.starts_at, Shift.id)
)


def find_person_facts(actor: Actor) -> PersonFacts:
    """Return what decisions ask of `actor`: what they hold, promised, and have shown."""
    return find_facts_of(actor.account_id) if actor.is_signed_in else VISITOR


def find_facts_of(user_id: int) -> PersonFacts:
    """Return what decisions ask of a person with an account."""
    held, commitments = {}, []
    now = utc_now()
    rows = session().execute(_HELD_BY, {"user_id": user_id, "now": now})
    for shift_id, state, position, people, offer_until_at, title, starts, ends, place in rows:
        is_waiting = state is SignUpState.WAITING
        held[shift_id] = HeldSignUp(state, position if is_waiting else None, people, offer_until_at)
        if state is SignUpState.CONFIRMED:
            commitments.append(shift_commitment(shift_id, title, starts, ends, place))
    volunteer, interviews = find_volunteer_facts(user_id, now=now)
    elsewhere = list_commitments_elsewhere(user_id, OWN_KINDS)
    return PersonFacts(True, held, (*commitments, *interviews, *elsewhere), volunteer)


def list_held_shift_ids(user_id: int) -> list[int]:
    """Return the shifts to come in which a person has, is offered or waits for a place."""
    statement = (
        select(Shift.id)
        .join(SignUp, SignUp.shift_id == Shift.id)
        .where(
            SignUp.user_id == user_id,
            SignUp.state.in_(HELD_STATES),
            Shift.state == ShiftState.OPEN,
            Shift.starts_at > utc_now(),
        )
        .order_by(Shift.id)
    )
    return list(session().scalars(statement))


def decide_for(actor: Actor, shifts: Iterable[ShiftFacts]) -> dict[int, SignUpDecision]:
    """Return, by shift id, whether `actor` can take a place; two queries however many shifts."""
    return decide_each(find_person_facts(actor), shifts)


def decide_each(person: PersonFacts, shifts: Iterable[ShiftFacts]) -> dict[int, SignUpDecision]:
    """Return the same for a person whose facts are known already."""
    now = utc_now()
    return {shift.id: decide_sign_up(shift, person, now) for shift in shifts}


def find_standing(actor: Actor, shift: ShiftFacts) -> ShiftStanding:
    """Return what `actor` has in `shift`, and what they can do."""
    person, now = find_person_facts(actor), utc_now()
    held = person.held.get(shift.id)
    return ShiftStanding(decide_sign_up(shift, person, now), held, can_leave(shift, held, now))


def list_sign_ups_of(user_id: int) -> list[SignUpRow]:
    """Return what a person has in shifts, the nearest to come first, then past ones, newest first.

    What they have left is not listed; of the past, at most a hundred in all.
    """
    is_past = Shift.ends_at <= utc_now()
    distance = func.abs(extract("epoch", Shift.starts_at - utc_now()))
    rows = session().execute(
        select(
            SignUp.id,
            SignUp.state,
            _position(),
            Shift.id,
            Shift.state,
            VolunteeringProject.title,
            func.coalesce(Shift.place_name, VolunteeringProject.place_name),
            SHIFT_ADDRESS,
            Shift.starts_at,
            Shift.ends_at,
            SignUp.people,
            SignUp.offer_until_at,
            SignUp.asked_at,
            SignUp.answer,
            SignUp.recorded_by_id.is_not(None),
        )
        .join_from(SignUp, Shift)
        .join(VolunteeringProject)
        .where(
            SignUp.user_id == user_id,
            SignUp.state.in_(HELD_STATES),
            or_(~is_past, SignUp.state == SignUpState.CONFIRMED),
        )
        .order_by(is_past, distance, SignUp.id)
        .limit(LONGEST_SIGN_UP_LIST)
    )
    return [
        SignUpRow(i, state, position if state is SignUpState.WAITING else None, *rest)
        for i, state, position, *rest in rows
    ]
