"""Who comes to a shift, as its tutor sees them on the day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, null, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.sign_ups import SignUpState
from portal.core.text import short_name
from portal.volunteering.models import (
    Enrolment,
    GuardianAuthorisation,
    HoursEntry,
    Shift,
    SignUp,
    VolunteeringProject,
    WalkIn,
)
from portal.volunteering.policies import ADULT_AGE, age_on, shows_phones, was_absent_twice
from portal.volunteering.queries.tutor_desk import columns_of, tutor_ids_of
from portal.volunteering.states import (
    Answer,
    GuardianState,
    HoursState,
    Presence,
    PresenceSource,
    ShiftState,
)

_Project = VolunteeringProject


@dataclass(frozen=True)
class PresenceShiftRow:
    """A shift as its tutor sees it on the day; a subject of `PROJECT_TUTOR`."""

    id: int
    project_id: int
    title: str
    place_name: str
    address: str | None
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    cancelled_reason: str | None
    capacity: int
    confirmed_count: int
    tutor_ids: frozenset[int]


@dataclass(frozen=True)
class ComingRow:
    """Somebody who comes, or has said that they do not."""

    sign_up_id: int
    user_id: int
    name: str
    """First name and initial."""
    people: int
    group_name: str | None
    group_members: str | None
    left_at: datetime | None
    """When they gave the place back, late or by "non posso"; None: they hold it."""
    was_asked: bool
    answer: Answer | None
    answered_at: datetime | None
    presence: Presence | None
    presence_source: PresenceSource | None
    present_people: int | None
    has_guardian: bool
    is_verified: bool
    """Whether the hours are verified: then the mark stays."""
    phone: str | None
    """None outside the hours in which it may be seen, or where it is not known."""
    age: int | None
    """Of a minor."""
    times_before: int
    """How often they were there in this project."""
    is_missed: bool
    """Absent the last two times, wherever."""

    @property
    def has_left(self) -> bool:
        """Say whether they gave the place back."""
        return self.left_at is not None

    @property
    def is_absent(self) -> bool:
        """Say whether they are not there: marked so, or they have left."""
        return self.has_left or self.presence is Presence.ABSENT


@dataclass(frozen=True)
class WalkInRow:
    """Somebody who came without a place."""

    id: int
    full_name: str
    contact: str | None
    has_identity: bool
    """Whether the register knows who they are; then the line stays."""


_WALK_INS = select(
    WalkIn.id,
    WalkIn.full_name,
    WalkIn.contact,
    or_(WalkIn.tax_code.is_not(None), WalkIn.born_on.is_not(None)),
)


def get_presence_shift(shift_id: int) -> PresenceShiftRow:
    """Return a shift with its project's tutors; raise `NotFoundError` where there is none."""
    row = (
        session()
        .execute(
            select(
                Shift.id,
                Shift.project_id,
                _Project.title,
                func.coalesce(Shift.place_name, _Project.place_name).label("place_name"),
                func.coalesce(Shift.address, _Project.address).label("address"),
                Shift.starts_at,
                Shift.ends_at,
                Shift.state,
                Shift.cancelled_reason,
                Shift.capacity,
                Shift.confirmed_count,
                tutor_ids_of(_Project.id).label("tutor_ids"),
            )
            .join_from(Shift, _Project)
            .where(Shift.id == shift_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return PresenceShiftRow(**columns_of(row))


def list_coming(shift: PresenceShiftRow) -> list[ComingRow]:
    """Return who comes to a shift in order of arrival, and who has said late that they do not.

    Telephone numbers are read only while they may be seen.
    """
    rows = session().execute(_coming(shift)).all()
    holders = {row.user_id for row in rows if row.left_at is None}
    rows = [row for row in rows if row.left_at is None or row.user_id not in holders]
    past = _find_past(shift, {row.user_id for row in rows})
    return [_read(row, shift, *past.get(row.user_id, (0, ()))) for row in rows]


def list_walk_ins(shift_id: int) -> list[WalkInRow]:
    """Return who came to a shift without a place, in the order in which they were added."""
    rows = session().execute(_WALK_INS.where(WalkIn.shift_id == shift_id).order_by(WalkIn.id))
    return [WalkInRow(*row) for row in rows]


def get_walk_in(shift_id: int, walk_in_id: int) -> WalkInRow:
    """Return somebody who came to a shift without a place; raise `NotFoundError` for nobody."""
    mine = _WALK_INS.where(WalkIn.shift_id == shift_id, WalkIn.id == walk_in_id)
    row = session().execute(mine).one_or_none()
    if row is None:
        raise NotFoundError
    return WalkInRow(*row)


def list_last_marks(user_ids: Iterable[int], before: datetime) -> dict[int, list[Presence]]:
    """Return the marks of people in shifts that started before a moment, newest first."""
    marks = func.array_agg(
        aggregate_order_by(SignUp.presence, Shift.starts_at.desc(), SignUp.id.desc())
    )
    rows = session().execute(
        select(SignUp.user_id, marks)
        .join(Shift, Shift.id == SignUp.shift_id)
        .where(
            SignUp.user_id.in_(list(user_ids)),
            SignUp.presence.is_not(None),
            Shift.starts_at < before,
        )
        .group_by(SignUp.user_id)
    )
    return {user_id: [mark for mark in found if mark] for user_id, found in rows}


def _coming(shift: PresenceShiftRow) -> Select[*tuple[Any, ...]]:
    has_guardian = exists().where(
        GuardianAuthorisation.enrolment_id == Enrolment.id,
        GuardianAuthorisation.state == GuardianState.GIVEN,
    )
    is_verified = exists().where(
        HoursEntry.sign_up_id == SignUp.id, HoursEntry.state == HoursState.VERIFIED
    )
    has_said_no = and_(
        SignUp.state == SignUpState.LEFT,
        or_(SignUp.has_left_late, SignUp.answer == Answer.NO),
    )
    phone = Enrolment.phone if shows_phones(shift, utc_now()) else null().label("phone")
    return (
        select(
            SignUp.id,
            SignUp.user_id,
            User.display_name,
            SignUp.people,
            SignUp.group_name,
            SignUp.group_members,
            SignUp.left_at,
            SignUp.asked_at,
            SignUp.answer,
            SignUp.answered_at,
            SignUp.presence,
            SignUp.presence_source,
            SignUp.present_people,
            has_guardian.label("has_guardian"),
            is_verified.label("is_verified"),
            phone,
            Enrolment.born_on,
        )
        .join_from(SignUp, User, User.id == SignUp.user_id)
        .outerjoin(Enrolment, Enrolment.user_id == User.id)
        .where(
            SignUp.shift_id == shift.id,
            or_(SignUp.state == SignUpState.CONFIRMED, has_said_no),
        )
        .order_by(SignUp.id)
    )


def _find_past(
    shift: PresenceShiftRow, user_ids: set[int]
) -> dict[int, tuple[int, tuple[Presence, ...]]]:
    """Return by person how often they were in the project, and their last marks anywhere."""
    marked, earlier = aliased(SignUp), aliased(Shift)
    was_here = and_(earlier.project_id == shift.project_id, marked.presence == Presence.PRESENT)
    rows = session().execute(
        select(
            marked.user_id,
            func.count().filter(was_here),
            func.array_agg(
                aggregate_order_by(marked.presence, earlier.starts_at.desc(), marked.id.desc())
            ),
        )
        .join(earlier, earlier.id == marked.shift_id)
        .where(
            marked.user_id.in_(user_ids),
            marked.presence.is_not(None),
            earlier.starts_at < shift.starts_at,
        )
        .group_by(marked.user_id)
    )
    return {i: (times, tuple(mark for mark in marks[:2] if mark)) for i, times, marks in rows}


def _read(
    row: Row[*tuple[Any, ...]], shift: PresenceShiftRow, times: int, marks: tuple[Presence, ...]
) -> ComingRow:
    columns = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own accessor
    born_on, asked_at = columns.pop("born_on"), columns.pop("asked_at")
    return ComingRow(
        sign_up_id=columns.pop("id"),
        name=short_name(columns.pop("display_name")),
        was_asked=asked_at is not None,
        age=_age_of_minor(born_on, to_local(shift.starts_at).date()),
        times_before=times,
        is_missed=was_absent_twice(marks),
        **columns,
    )


def _age_of_minor(born_on: date | None, on: date) -> int | None:
    age = age_on(born_on, on) if born_on else ADULT_AGE
    return age if age < ADULT_AGE else None
