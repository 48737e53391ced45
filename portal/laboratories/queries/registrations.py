"""Who is registered for meetings, and what decisions ask of a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.commitments import (
    Commitment,
    CommitmentKind,
    list_commitments_elsewhere,
)
from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import HELD_STATES, HeldSignUp, SignUpState
from portal.laboratories.models import Laboratory, Meeting, MeetingAttendee, MeetingSignUp
from portal.laboratories.policies.meetings import (
    STRANGER,
    MeetingFacts,
    RegistrationDecision,
    RegistrationFacts,
    can_leave_meeting,
    decide_registration,
)
from portal.laboratories.states import MeetingState

OWN_KINDS = frozenset({CommitmentKind.MEETING})
KEPT_FOR = timedelta(days=60)
"""How long a meeting that is over stays in one's own calendar."""
MOST_REGISTRATIONS = 100
MOST_FOUND = 20


@dataclass(frozen=True)
class RegistrationRow:
    """What a person has in a meeting."""

    id: int
    state: SignUpState
    position: int | None
    """On the waiting list, from 1."""
    people: int
    offer_until_at: datetime | None
    meeting_id: int
    title: str
    meeting_state: MeetingState
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None
    version: int
    """Of the meeting, raised by every change."""
    laboratory_slug: str
    laboratory_title: str

    @property
    def is_past(self) -> bool:
        """Say whether the meeting is over."""
        return self.ends_at <= utc_now()


@dataclass(frozen=True)
class MeetingStanding:
    """How one person stands to one meeting."""

    decision: RegistrationDecision
    held: HeldSignUp | None
    can_leave: bool
    came: bool = False
    """Whether it was written down that they came."""
    shows_name: bool = False
    """Whether they chose to be read by name among those who came."""


@dataclass(frozen=True)
class RegisteredRow:
    """Somebody who is registered, as who leads the laboratory sees them."""

    id: int
    user_id: int
    name: str
    email: str | None
    state: SignUpState
    people: int
    offer_until_at: datetime | None
    is_from_desk: bool
    """Whether the office did it for them."""
    came: bool


@dataclass(frozen=True)
class PersonChoice:
    """Somebody with an account, as who leads the laboratory finds them."""

    user_id: int
    name: str
    email: str | None


def _position() -> ColumnElement[int]:
    other = aliased(MeetingSignUp)
    return (
        select(func.count(other.id))
        .where(
            other.meeting_id == MeetingSignUp.meeting_id,
            other.state == SignUpState.WAITING,
            other.id <= MeetingSignUp.id,
        )
        .correlate(MeetingSignUp)
        .scalar_subquery()
    )


_WAITING_POSITION: Any = case((MeetingSignUp.state == SignUpState.WAITING, _position()))


def find_registration_facts(user_id: int) -> RegistrationFacts:
    """Return what decisions ask of a person with an account."""
    held, commitments = {}, []
    for row in list_registrations_of(user_id):
        held[row.meeting_id] = HeldSignUp(row.state, row.position, row.people, row.offer_until_at)
        if row.state is SignUpState.CONFIRMED and row.meeting_state is MeetingState.PLANNED:
            commitments.append(_commitment(row))
    elsewhere = list_commitments_elsewhere(user_id, OWN_KINDS)
    return RegistrationFacts(True, held, (*commitments, *elsewhere))


def find_standing(actor: Actor, meeting: MeetingFacts) -> MeetingStanding:
    """Return what `actor` has in `meeting`, and what they can do."""
    now = utc_now()
    if not actor.is_signed_in:
        return MeetingStanding(decide_registration(meeting, STRANGER, now), None, can_leave=False)
    person = find_registration_facts(actor.account_id)
    held = person.held.get(meeting.id)
    attendee = (
        session()
        .execute(
            select(MeetingAttendee.shows_name).where(
                MeetingAttendee.meeting_id == meeting.id,
                MeetingAttendee.user_id == actor.account_id,
            )
        )
        .one_or_none()
    )
    return MeetingStanding(
        decide_registration(meeting, person, now),
        held,
        can_leave_meeting(meeting, held, now),
        came=attendee is not None,
        shows_name=attendee is not None and attendee.shows_name,
    )


def decide_next(actor: Actor, meeting: MeetingFacts | None) -> RegistrationDecision | None:
    """Return what `actor` can do about the next meeting of a laboratory, if there is one."""
    if meeting is None:
        return None
    person = find_registration_facts(actor.account_id) if actor.is_signed_in else STRANGER
    return decide_registration(meeting, person, utc_now())


def list_registrations_of(
    user_id: int, *, keeps: timedelta = timedelta(0)
) -> list[RegistrationRow]:
    """Return what a person has in meetings that are not over for longer than `keeps`.

    Cancelled ones too; soonest first.
    """
    rows = session().execute(
        select(
            MeetingSignUp.id,
            MeetingSignUp.state,
            _WAITING_POSITION,
            MeetingSignUp.people,
            MeetingSignUp.offer_until_at,
            Meeting.id,
            Meeting.title,
            Meeting.state,
            Meeting.starts_at,
            Meeting.ends_at,
            Meeting.place_name,
            Meeting.address,
            Meeting.version,
            Laboratory.slug,
            Laboratory.title,
        )
        .join_from(MeetingSignUp, Meeting)
        .join(Laboratory)
        .where(
            MeetingSignUp.user_id == user_id,
            MeetingSignUp.state.in_(HELD_STATES),
            Meeting.ends_at > utc_now() - keeps,
        )
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_REGISTRATIONS)
    )
    return [RegistrationRow(*row) for row in rows]


def list_calendar_of(user_id: int) -> list[RegistrationRow]:
    """Return the meetings in which a person has a place, as their own calendar shows them."""
    rows = list_registrations_of(user_id, keeps=KEPT_FOR)
    return [row for row in rows if row.state is SignUpState.CONFIRMED]


def list_commitments(user_id: int) -> list[Commitment]:
    """Return the meetings a person has promised to be at and that are not over."""
    return [
        _commitment(row)
        for row in list_registrations_of(user_id)
        if row.state is SignUpState.CONFIRMED and row.meeting_state is MeetingState.PLANNED
    ]


def list_registered(meeting_id: int) -> list[RegisteredRow]:
    """Return who is registered: who has a place, who is offered one, who waits, in order."""
    order = {SignUpState.CONFIRMED: 0, SignUpState.OFFERED: 1, SignUpState.WAITING: 2}
    came = (
        select(MeetingAttendee.id)
        .where(
            MeetingAttendee.meeting_id == MeetingSignUp.meeting_id,
            MeetingAttendee.user_id == MeetingSignUp.user_id,
        )
        .correlate(MeetingSignUp)
        .exists()
    )
    rows = session().execute(
        select(
            MeetingSignUp.id,
            User.id,
            User.display_name,
            User.email,
            MeetingSignUp.state,
            MeetingSignUp.people,
            MeetingSignUp.offer_until_at,
            MeetingSignUp.recorded_by_id.is_not(None),
            came,
        )
        .join_from(MeetingSignUp, User, User.id == MeetingSignUp.user_id)
        .where(MeetingSignUp.meeting_id == meeting_id, MeetingSignUp.state.in_(HELD_STATES))
        .order_by(
            case(
                *((MeetingSignUp.state == state, place) for state, place in order.items()), else_=3
            ),
            MeetingSignUp.id,
        )
    )
    return [RegisteredRow(*row) for row in rows]


def find_people_to_register(text: str) -> list[PersonChoice]:
    """Return the people whose e-mail or whole name is `text`, at most twenty.

    Not by a part of it: who leads a laboratory has no business in the list of all accounts.
    """
    typed = " ".join(text.split()).lower()
    if not typed:
        return []
    name = func.f_unaccent(func.lower(User.display_name))
    rows = session().execute(
        select(User.id, User.display_name, User.email)
        .where(
            or_(func.lower(User.email) == typed, name == func.f_unaccent(typed)),
            User.active,
        )
        .order_by(User.id)
        .limit(MOST_FOUND)
    )
    return [PersonChoice(*row) for row in rows]


def _commitment(row: RegistrationRow) -> Commitment:
    return Commitment(
        CommitmentKind.MEETING,
        row.meeting_id,
        row.title,
        row.starts_at,
        row.ends_at,
        row.place_name,
        endpoint="laboratories.show_meeting",
        values={"slug": row.laboratory_slug, "meeting_id": row.meeting_id},
    )
