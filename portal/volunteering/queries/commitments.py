"""What a person has promised to be at, as a calendar of their own shows it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, literal, select, union_all

from portal.accounts.commitments import Commitment, CommitmentKind
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import (
    Enrolment,
    InterviewBooking,
    InterviewSlot,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.states import BookingState, ShiftState

KEPT_FOR = timedelta(days=60)
"""How long something past stays in the calendar."""
MOST_COMMITMENTS = 500
OWN_KINDS = frozenset({CommitmentKind.SHIFT, CommitmentKind.INTERVIEW})
"""What people commit to in R+."""


@dataclass(frozen=True)
class CommittedShiftRow:
    """A shift in which a person has a place."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None
    note: str | None
    state: ShiftState
    version: int
    """Raised by every change of the shift or of its project."""


@dataclass(frozen=True)
class BookedInterviewRow:
    """An interview that a person has booked."""

    id: int
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None


def shift_commitment(
    number: int, title: str, starts_at: datetime, ends_at: datetime, place_name: str
) -> Commitment:
    """Return a place in a shift as what a person has promised to be at."""
    return Commitment(
        CommitmentKind.SHIFT,
        number,
        title,
        starts_at,
        ends_at,
        place_name,
        endpoint="volunteering.show_shift",
        values={"shift_id": number},
    )


def interview_commitment(
    number: int, starts_at: datetime, ends_at: datetime, place_name: str
) -> Commitment:
    """Return a booked talk as what a person has promised to be at."""
    return Commitment(
        CommitmentKind.INTERVIEW,
        number,
        "",
        starts_at,
        ends_at,
        place_name,
        endpoint="volunteering.show_interview",
    )


def list_commitments(user_id: int) -> list[Commitment]:
    """Return the shifts and talks a person has promised to be at and that are not over."""
    now = utc_now()
    shifts = (
        select(
            literal(str(CommitmentKind.SHIFT)).label("kind"),
            Shift.id,
            VolunteeringProject.title,
            Shift.starts_at,
            Shift.ends_at,
            func.coalesce(Shift.place_name, VolunteeringProject.place_name).label("place_name"),
        )
        .join_from(SignUp, Shift)
        .join(VolunteeringProject)
        .where(
            SignUp.user_id == user_id,
            SignUp.state == SignUpState.CONFIRMED,
            Shift.state == ShiftState.OPEN,
            Shift.ends_at > now,
        )
    )
    talks = (
        select(
            literal(str(CommitmentKind.INTERVIEW)),
            InterviewBooking.id,
            literal(""),
            InterviewSlot.starts_at,
            InterviewSlot.ends_at,
            InterviewSlot.place_name,
        )
        .join_from(InterviewBooking, InterviewSlot)
        .join(Enrolment)
        .where(
            Enrolment.user_id == user_id,
            InterviewBooking.state == BookingState.BOOKED,
            InterviewSlot.ends_at > now,
        )
    )
    rows = session().execute(union_all(shifts, talks).order_by("starts_at", "kind", "id"))
    return [_as_commitment(row) for row in rows]


def _as_commitment(row: Row[*tuple[Any, ...]]) -> Commitment:
    if row.kind == CommitmentKind.INTERVIEW:
        return interview_commitment(row.id, row.starts_at, row.ends_at, row.place_name)
    return shift_commitment(row.id, row.title, row.starts_at, row.ends_at, row.place_name)


def list_committed_shifts(user_id: int) -> list[CommittedShiftRow]:
    """Return the shifts in which a person has a place, cancelled ones too; soonest first."""
    rows = session().execute(
        select(
            Shift.id,
            VolunteeringProject.title,
            Shift.starts_at,
            Shift.ends_at,
            func.coalesce(Shift.place_name, VolunteeringProject.place_name),
            func.coalesce(Shift.address, VolunteeringProject.address),
            Shift.note,
            Shift.state,
            Shift.version + VolunteeringProject.version,
        )
        .join_from(SignUp, Shift)
        .join(VolunteeringProject)
        .where(
            SignUp.user_id == user_id,
            SignUp.state == SignUpState.CONFIRMED,
            Shift.ends_at > utc_now() - KEPT_FOR,
        )
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST_COMMITMENTS)
    )
    return [CommittedShiftRow(*row) for row in rows]


def list_booked_interviews(user_id: int) -> list[BookedInterviewRow]:
    """Return the interviews a person has booked; soonest first."""
    rows = session().execute(
        select(
            InterviewBooking.id,
            InterviewSlot.starts_at,
            InterviewSlot.ends_at,
            InterviewSlot.place_name,
            InterviewSlot.address,
        )
        .join_from(InterviewBooking, InterviewSlot)
        .join(Enrolment)
        .where(
            Enrolment.user_id == user_id,
            InterviewBooking.state == BookingState.BOOKED,
            InterviewSlot.ends_at > utc_now() - KEPT_FOR,
        )
        .order_by(InterviewSlot.starts_at, InterviewBooking.id)
        .limit(MOST_COMMITMENTS)
    )
    return [BookedInterviewRow(*row) for row in rows]
