"""Shifts of one project, as who looks after it sees them."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Select, select

from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.volunteering.models import Shift
from portal.volunteering.states import ShiftState


@dataclass(frozen=True)
class ShiftDeskRow:
    """A shift with everything that is said of it."""

    id: int
    project_id: int
    series_id: int | None
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime | None
    closes_at: datetime
    state: ShiftState
    cancelled_reason: str | None
    capacity: int
    waiting_capacity: int
    confirmed_count: int
    offered_count: int
    waiting_count: int
    place_name: str | None
    address: str | None
    note: str | None
    version: int

    @property
    def day(self) -> date:
        """The day in the city on which it starts."""
        return to_local(self.starts_at).date()

    @property
    def starts_time(self) -> time:
        """When it starts by the city's clocks."""
        return to_local(self.starts_at).time()

    @property
    def ends_time(self) -> time:
        """When it ends by the city's clocks."""
        return to_local(self.ends_at).time()

    @property
    def is_overnight(self) -> bool:
        """Say whether it ends on the day after."""
        return to_local(self.ends_at).date() > self.day

    @property
    def has_begun(self) -> bool:
        """Say whether it has started, so that nothing of it can be changed."""
        return self.starts_at <= utc_now()

    @property
    def people(self) -> int:
        """Everybody who is signed up, waiting ones too."""
        return self.confirmed_count + self.offered_count + self.waiting_count


def list_shifts_of_project(project_id: int, *, is_past: bool, page: int) -> Page[ShiftDeskRow]:
    """Return a page of the shifts of a project: to come, soonest first; or past, newest first."""
    now = utc_now()
    when = Shift.starts_at <= now if is_past else Shift.starts_at > now
    statement = _rows().where(Shift.project_id == project_id, when)
    total = count_rows(statement.with_only_columns(Shift.id))
    number = clamp_page(page, total)
    result: Page[ShiftDeskRow] = Page([], number, total)
    start = Shift.starts_at.desc() if is_past else Shift.starts_at
    rows = session().execute(
        statement.order_by(start, Shift.id)
        .limit(result.per_page)
        .offset((number - 1) * result.per_page)
    )
    result.rows.extend(ShiftDeskRow(*row) for row in rows)
    return result


def get_shift_desk(project_id: int, shift_id: int) -> ShiftDeskRow:
    """Return one shift of a project; raises `NotFoundError`."""
    statement = _rows().where(Shift.project_id == project_id, Shift.id == shift_id)
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return ShiftDeskRow(*row)


def _rows() -> Select[*tuple[Any, ...]]:
    return select(*(getattr(Shift, name) for name in ShiftDeskRow.__dataclass_fields__))
