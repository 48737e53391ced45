"""What a tutor has to look after: projects, shifts, hours to verify."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.accounts.models import User
from portal.core.clock import from_local, local_today, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.sign_ups import SignUpState
from portal.core.text import short_name
from portal.volunteering.models import (
    HoursEntry,
    Programme,
    ProjectTutor,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.states import HoursState, ShiftState

MOST_SHIFTS = 30
DESK_LOOKS_BACK = timedelta(days=14)
"""How long a shift with presences to mark stays on the desk."""

_Project = VolunteeringProject


@dataclass(frozen=True)
class TutorShiftRow:
    """A shift as the desk of its tutor shows it."""

    id: int
    title: str
    place_name: str
    starts_at: datetime
    ends_at: datetime
    state: ShiftState
    capacity: int
    confirmed_count: int
    unmarked: int
    """People with a place whose presence nobody has marked."""
    full_names: list[str] | None

    @property
    def names(self) -> list[str]:
        """First names and initials of who comes, in order of arrival."""
        return [short_name(name) for name in self.full_names or ()]

    @property
    def missing(self) -> int:
        """How many places nobody has taken."""
        return max(0, self.capacity - self.confirmed_count)


@dataclass(frozen=True)
class TutorProjectRow:
    """A project of a tutor; a subject of `PROJECT_TUTOR`."""

    id: int
    title: str
    slug: str
    requires_training: bool
    requires_record_check: bool
    to_verify: int = 0
    """Entries of hours that wait, the tutor's own left out."""
    tutor_ids: frozenset[int] = frozenset()


@dataclass(frozen=True)
class TutorDesk:
    """Everything on a tutor's desk; a subject of `PROJECT_TUTOR`: it is there for tutors alone."""

    tutor_ids: frozenset[int]
    projects: Sequence[TutorProjectRow] = ()
    today: Sequence[TutorShiftRow] = ()
    next: Sequence[TutorShiftRow] = ()
    unmarked: Sequence[TutorShiftRow] = field(default=())
    """Past shifts with presences to mark."""

    @property
    def to_verify(self) -> int:
        """How many entries of hours wait."""
        return sum(project.to_verify for project in self.projects)


def is_tutor(user_id: int) -> bool:
    """Say whether a person looks after any project."""
    return bool(session().scalar(select(exists().where(ProjectTutor.user_id == user_id))))


def tutor_ids_of(project_id: Any) -> ColumnElement[Any]:  # noqa: ANN401 - a column
    """Return the accounts of a project's tutors, as part of a statement."""
    tutors = select(ProjectTutor.user_id).where(ProjectTutor.project_id == project_id)
    return func.array(tutors.correlate_except(ProjectTutor).scalar_subquery())


def load_tutor_desk(user_id: int) -> TutorDesk:
    """Return the desk of a person; one of somebody who looks after nothing is nobody's."""
    projects = list_tutor_projects(user_id)
    if not projects:
        return TutorDesk(frozenset())
    start = from_local(datetime.combine(local_today(), time()))
    end = from_local(datetime.combine(local_today() + timedelta(days=1), time()))
    rows = _list_shifts([project.id for project in projects], start)
    return TutorDesk(
        frozenset({user_id}),
        projects,
        today=[r for r in rows if r.starts_at < end and r.ends_at > start],
        next=[r for r in rows if r.starts_at >= end],
        unmarked=[r for r in rows if r.ends_at <= start and r.unmarked],
    )


def list_tutor_projects(user_id: int) -> list[TutorProjectRow]:
    """Return the projects a person looks after, by title."""
    waiting = _count_to_verify(user_id)
    mine = exists().where(ProjectTutor.project_id == _Project.id, ProjectTutor.user_id == user_id)
    rows = session().execute(
        _project_columns().add_columns(waiting).where(mine).order_by(_Project.title, _Project.id)
    )
    me = frozenset({user_id})
    return [TutorProjectRow(**columns_of(row), tutor_ids=me) for row in rows]


def get_tutor_project(project_id: int) -> TutorProjectRow:
    """Return a project with its tutors; raise `NotFoundError` where there is none."""
    statement = _project_columns().add_columns(tutor_ids_of(_Project.id).label("tutor_ids"))
    row = session().execute(statement.where(_Project.id == project_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return TutorProjectRow(**columns_of(row))


def columns_of(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Return the columns of a row by name; ids of tutors as a set."""
    columns = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own accessor
    if "tutor_ids" in columns:
        columns["tutor_ids"] = frozenset(columns["tutor_ids"])
    return columns


def _project_columns() -> Select[*tuple[Any, ...]]:
    return select(
        _Project.id,
        _Project.title,
        _Project.slug,
        func.coalesce(_Project.requires_training, Programme.requires_training).label(
            "requires_training"
        ),
        _Project.requires_record_check,
    ).join(Programme, Programme.id == _Project.programme_id)


def _count_to_verify(user_id: int) -> ColumnElement[Any]:
    return (
        select(func.count(HoursEntry.id))
        .where(
            HoursEntry.project_id == _Project.id,
            HoursEntry.state == HoursState.TO_VERIFY,
            HoursEntry.user_id != user_id,
        )
        .correlate(_Project)
        .scalar_subquery()
        .label("to_verify")
    )


def _list_shifts(project_ids: Sequence[int], start: datetime) -> list[TutorShiftRow]:
    confirmed = (SignUp.shift_id == Shift.id, SignUp.state == SignUpState.CONFIRMED)
    unmarked = select(func.count(SignUp.id)).where(*confirmed, SignUp.presence.is_(None))
    names = (
        select(func.array_agg(aggregate_order_by(User.display_name, SignUp.id)))
        .join_from(SignUp, User, User.id == SignUp.user_id)
        .where(*confirmed)
    )
    has_unmarked = exists().where(*confirmed, SignUp.presence.is_(None)).correlate(Shift)
    is_open = Shift.state == ShiftState.OPEN
    to_mark = (Shift.ends_at > utc_now() - DESK_LOOKS_BACK) & has_unmarked & is_open
    rows = session().execute(
        select(
            Shift.id,
            _Project.title,
            func.coalesce(Shift.place_name, _Project.place_name).label("place_name"),
            Shift.starts_at,
            Shift.ends_at,
            Shift.state,
            Shift.capacity,
            Shift.confirmed_count,
            unmarked.correlate(Shift).scalar_subquery().label("unmarked"),
            names.correlate(Shift).scalar_subquery().label("full_names"),
        )
        .join_from(Shift, _Project)
        .where(Shift.project_id.in_(project_ids), (Shift.ends_at > start) | to_mark)
        .order_by(Shift.starts_at, Shift.id)
        .limit(MOST_SHIFTS)
    )
    return [TutorShiftRow(**columns_of(row)) for row in rows]
