"""Talks: what is free, what a person has booked, what the office has before it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import from_local, local_today, to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.moderation.models import Case
from portal.moderation.states import CaseKind
from portal.volunteering.models import Enrolment, InterviewBooking, InterviewSlot
from portal.volunteering.policies import InterviewFacts
from portal.volunteering.states import BookingState, InterviewOutcome, SlotState

MOST_FREE = 200
SLOTS_A_PAGE = 40

_Interviewer = aliased(User)


@dataclass(frozen=True)
class FreeSlotRow:
    """A time that can be booked."""

    id: int
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None

    @property
    def day(self) -> date:
        """The day, on the clocks of the city."""
        return to_local(self.starts_at).date()

    @property
    def place(self) -> str:
        """The place with its address, as one reads it."""
        return ", ".join(filter(None, (self.place_name, self.address)))


@dataclass(frozen=True)
class InterviewRow(FreeSlotRow):
    """A talk that a person has booked; `id` is the booking's."""

    slot_id: int
    interviewer: str
    """Who talks with the person."""


@dataclass(frozen=True)
class InterviewStanding:
    """How a person stands to talks."""

    facts: InterviewFacts
    booked: InterviewRow | None


@dataclass(frozen=True)
class InterviewCaseRow:
    """The last talk of an enrolment, as its case shows it."""

    booking_id: int
    state: BookingState
    starts_at: datetime
    place_name: str
    outcome: InterviewOutcome | None
    note: str | None
    """For the office alone."""


@dataclass(frozen=True)
class SlotRow(FreeSlotRow):
    """A time of the office, with who booked it."""

    state: SlotState
    interviewer: str
    booking_id: int | None
    booking_state: BookingState | None
    outcome: InterviewOutcome | None
    note: str | None
    full_name: str | None
    phone: str | None
    email: str | None
    case_id: int | None

    @property
    def has_begun(self) -> bool:
        """Say whether the time has come."""
        return self.starts_at <= utc_now()


@dataclass(frozen=True)
class InterviewCounts:
    """Talks that ask for something."""

    today: int
    without_outcome: int
    """Past ones of which nobody has written how they went."""
    free: int
    """Times to come that nobody has booked."""


def list_free_slots() -> list[FreeSlotRow]:
    """Return the times that can be booked, soonest first."""
    rows = session().execute(_slot_columns().where(_is_free()).order_by(*_BY_TIME).limit(MOST_FREE))
    return [FreeSlotRow(*row) for row in rows]


def find_interview_standing(user_id: int) -> InterviewStanding:
    """Return what booking asks of a person's enrolment, and the talk nobody has dealt with yet."""
    held = (
        select(func.max(InterviewSlot.starts_at))
        .join(InterviewBooking, InterviewBooking.slot_id == InterviewSlot.id)
        .where(
            InterviewBooking.enrolment_id == Enrolment.id,
            InterviewBooking.state == BookingState.HELD,
        )
        .correlate(Enrolment)
        .scalar_subquery()
    )
    asked = (Enrolment.state, Enrolment.submitted_at, Enrolment.interviewed_on, held)
    columns: tuple[Any, ...] = (*asked, *_OF_BOOKING)
    row = (
        session()
        .execute(
            select(*columns)
            .select_from(Enrolment)
            .outerjoin(
                InterviewBooking,
                (InterviewBooking.enrolment_id == Enrolment.id)
                & (InterviewBooking.state == BookingState.BOOKED),
            )
            .outerjoin(InterviewSlot, InterviewSlot.id == InterviewBooking.slot_id)
            .outerjoin(_Interviewer, _Interviewer.id == InterviewSlot.interviewer_id)
            .where(Enrolment.user_id == user_id)
        )
        .one_or_none()
    )
    if row is None:
        return InterviewStanding(InterviewFacts(), None)
    booked = row[len(asked) :]
    return InterviewStanding(
        InterviewFacts(*row[: len(asked)]),
        InterviewRow(*booked) if booked[0] is not None else None,
    )


def find_interview_of_enrolment(enrolment_id: int) -> InterviewCaseRow | None:
    """Return the last talk of an enrolment that was not cancelled."""
    row = (
        session()
        .execute(
            select(
                InterviewBooking.id,
                InterviewBooking.state,
                InterviewSlot.starts_at,
                InterviewSlot.place_name,
                InterviewBooking.outcome,
                InterviewBooking.note,
            )
            .join_from(InterviewBooking, InterviewSlot)
            .where(
                InterviewBooking.enrolment_id == enrolment_id,
                InterviewBooking.state != BookingState.CANCELLED,
            )
            .order_by(InterviewSlot.starts_at.desc(), InterviewBooking.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return InterviewCaseRow(*row) if row else None


def list_slots(*, is_past: bool, page: int) -> Page[SlotRow]:
    """Return a page of the office's times: those to come, or past ones that were booked.

    Of the past, those without an outcome come first, then the latest.
    """
    day = from_local(datetime.combine(local_today(), datetime.min.time()))
    statement = _office_columns().where(InterviewSlot.state == SlotState.OPEN)
    if is_past:
        statement = statement.where(
            InterviewSlot.starts_at <= utc_now(), InterviewBooking.id.is_not(None)
        )
        waits = InterviewBooking.state == BookingState.BOOKED
        order: tuple[Any, ...] = (
            waits.desc(), InterviewSlot.starts_at.desc(), InterviewSlot.id.desc(),
        )  # fmt: skip
    else:
        statement = statement.where(InterviewSlot.starts_at >= day)
        order = _BY_TIME
    total = count_rows(statement)
    number = clamp_page(page, total, SLOTS_A_PAGE)
    rows = session().execute(
        statement.order_by(*order).limit(SLOTS_A_PAGE).offset((number - 1) * SLOTS_A_PAGE)
    )
    return Page([SlotRow(*row) for row in rows], number, total, SLOTS_A_PAGE)


def get_booked_slot(booking_id: int) -> SlotRow:
    """Return the time of a booking; raise `NotFoundError` where there is none."""
    row = (
        session().execute(_office_columns().where(InterviewBooking.id == booking_id)).one_or_none()
    )
    if row is None:
        raise NotFoundError
    return SlotRow(*row)


def list_slots_at(
    interviewer_id: int, times: list[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    """Return the open times of somebody that lie between the first and the last of `times`."""
    if not times:
        return []
    rows = session().execute(
        select(InterviewSlot.starts_at, InterviewSlot.ends_at)
        .where(
            InterviewSlot.interviewer_id == interviewer_id,
            InterviewSlot.state == SlotState.OPEN,
            InterviewSlot.starts_at < times[-1][1],
            InterviewSlot.ends_at > times[0][0],
        )
        .order_by(*_BY_TIME)
    )
    return [(starts, ends) for starts, ends in rows]


def find_last_place(interviewer_id: int) -> tuple[str, str | None] | None:
    """Return place and address of the last times somebody opened: likely the next ones' too."""
    row = (
        session()
        .execute(
            select(InterviewSlot.place_name, InterviewSlot.address)
            .where(InterviewSlot.interviewer_id == interviewer_id)
            .order_by(InterviewSlot.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return (row[0], row[1]) if row else None


def count_interviews() -> InterviewCounts:
    """Return how many talks there are today, wait for an outcome, are free."""
    start = from_local(datetime.combine(local_today(), datetime.min.time()))
    end = from_local(datetime.combine(local_today() + timedelta(days=1), datetime.min.time()))
    booked = InterviewBooking.state == BookingState.BOOKED
    number = func.count(InterviewSlot.id)
    starts_at = InterviewSlot.starts_at
    row = (
        session()
        .execute(
            select(
                number.filter(booked, starts_at >= start, starts_at < end),
                number.filter(booked, starts_at <= utc_now()),
                number.filter(InterviewBooking.id.is_(None), starts_at > utc_now()),
            )
            .select_from(InterviewSlot)
            .outerjoin(InterviewBooking, _STANDS)
            .where(InterviewSlot.state == SlotState.OPEN)
        )
        .one()
    )
    return InterviewCounts(*row)


def list_interviews_to_remind() -> list[int]:
    """Return the bookings of tomorrow of which nobody was reminded yet."""
    first = from_local(datetime.combine(local_today() + timedelta(days=1), datetime.min.time()))
    last = from_local(datetime.combine(local_today() + timedelta(days=2), datetime.min.time()))
    return list(
        session().scalars(
            select(InterviewBooking.id)
            .join(InterviewSlot)
            .where(
                InterviewBooking.state == BookingState.BOOKED,
                InterviewBooking.reminded_at.is_(None),
                InterviewSlot.starts_at >= first,
                InterviewSlot.starts_at < last,
            )
            .order_by(InterviewBooking.id)
        )
    )


_OF_BOOKING = (
    InterviewBooking.id,
    InterviewSlot.starts_at,
    InterviewSlot.ends_at,
    InterviewSlot.place_name,
    InterviewSlot.address,
    InterviewSlot.id,
    _Interviewer.display_name,
)
_BY_TIME = (InterviewSlot.starts_at, InterviewSlot.id)
_STANDS = (InterviewBooking.slot_id == InterviewSlot.id) & (
    InterviewBooking.state != BookingState.CANCELLED
)


def _is_free() -> Any:  # noqa: ANN401 - a condition
    taken = select(InterviewBooking.id).where(_STANDS).correlate(InterviewSlot).exists()
    is_open = InterviewSlot.state == SlotState.OPEN
    return is_open & (InterviewSlot.starts_at > utc_now()) & ~taken


def _slot_columns() -> Select[*tuple[Any, ...]]:
    return select(
        InterviewSlot.id,
        InterviewSlot.starts_at,
        InterviewSlot.ends_at,
        InterviewSlot.place_name,
        InterviewSlot.address,
    )


def _office_columns() -> Select[*tuple[Any, ...]]:
    case_id = (
        select(func.max(Case.id))
        .where(Case.kind == CaseKind.ENROLMENT, Case.subject_id == Enrolment.id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    return (
        _slot_columns()
        .add_columns(
            InterviewSlot.state,
            _Interviewer.display_name,
            InterviewBooking.id,
            InterviewBooking.state,
            InterviewBooking.outcome,
            InterviewBooking.note,
            User.display_name,
            Enrolment.phone,
            User.email,
            case_id,
        )
        .select_from(InterviewSlot)
        .join(_Interviewer, _Interviewer.id == InterviewSlot.interviewer_id)
        .outerjoin(InterviewBooking, _STANDS)
        .outerjoin(Enrolment, Enrolment.id == InterviewBooking.enrolment_id)
        .outerjoin(User, User.id == Enrolment.user_id)
    )
