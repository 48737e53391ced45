"""Shifts and projects, as lists and pages show them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, true

from portal.core.clock import from_local, to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import PER_PAGE, Page, clamp_page
from portal.core.search import text_query
from portal.territory.models import District
from portal.volunteering.models import Programme, Shift, VolunteeringProject
from portal.volunteering.policies import VISITOR, PersonFacts, ShiftFacts
from portal.volunteering.queries.facts import SHIFT_FACT_COLUMNS, read_rules
from portal.volunteering.queries.projects import partner_slug_column, tutor_name_column
from portal.volunteering.queries.shift_conditions import (
    is_to_come,
    needs_people,
    shift_conditions,
    shifts_that_fit,
)
from portal.volunteering.shift_filters import FilterName, ShiftFilters
from portal.volunteering.states import PUBLIC_PROJECTS, ProjectState, Sector, TimeKind

MOST_PAGES_AT_ONCE = 10
MOST_OF_DAYS = 200
MOST_IN_A_FILE = 5_000
STATEMENTS_KEPT = 128

_Project = VolunteeringProject
_Rows = Select[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True)
class ShiftRow(ShiftFacts):
    """A shift as a card shows it; a decision can be taken on it as it is."""

    title: str
    project_slug: str
    sector: Sector
    address: str | None
    note: str | None
    district_code: str
    district_name: str
    version: int
    """Raised by every change of the shift or of its project."""

    @property
    def day(self) -> date:
        """The day in the city on which it starts."""
        return to_local(self.starts_at).date()


@dataclass(frozen=True, kw_only=True)
class ShiftDetailRow(ShiftRow):
    """A shift as its own page shows it."""

    summary: str
    description: str
    tasks: str | None
    """One thing a line."""
    you_learn: str | None
    what_to_bring: str | None
    time_kind: TimeKind
    cancelled_reason: str | None
    project_state: ProjectState
    partner_name: str | None
    partner_slug: str | None
    """Of its public profile, where the registry has one."""
    programme_name: str
    tutor_name: str | None
    """None for who may not see names."""


@dataclass(frozen=True)
class ShiftPage(Page[ShiftRow]):
    """A page of shifts, soonest first."""

    follows_day: date | None = None
    """The day of the last shift of the page before: the first day here may go on from there."""

    @property
    def left(self) -> int:
        """How many shifts come after this page."""
        return max(0, self.total - self.number * self.per_page)


@dataclass(frozen=True)
class FilterCounts:
    """What an empty list would hold with less asked of it."""

    total: int
    """Without any filter."""
    without: dict[FilterName, int]
    """By the filter that is left out."""

    @property
    def helping(self) -> frozenset[FilterName]:
        """The filters without which there would be something."""
        return frozenset(name for name, number in self.without.items() if number)


@dataclass(frozen=True)
class ShiftNumbers:
    """How many shifts there are."""

    needing_people: int
    """Of the days asked for: can be taken and lack people."""
    to_come: int
    """All that are to come and not cancelled."""


# Built once: a list would spend a tenth of its time on writing these columns down again.
_SHIFT_ROWS: _Rows = (
    select(
        *SHIFT_FACT_COLUMNS,
        _Project.title,
        _Project.slug.label("project_slug"),
        _Project.sector,
        func.coalesce(Shift.address, _Project.address).label("address"),
        Shift.note,
        District.code.label("district_code"),
        District.name.label("district_name"),
        (Shift.version + _Project.version).label("version"),
    )
    .join_from(Shift, _Project)
    .join(Programme)
    .join(District)
)
_SOONEST_FIRST = _SHIFT_ROWS.order_by(Shift.starts_at, Shift.id)


def list_shifts(
    filters: ShiftFilters,
    *,
    page: int,
    person: PersonFacts = VISITOR,
    from_first: bool = False,
) -> ShiftPage:
    """Return a page of the shifts to come that are not cancelled, soonest first.

    `from_first`: with all pages before it, as many as are shown at once. `person` is asked by the
    filter "only what I can take".
    """
    if from_first:
        page = min(page, MOST_PAGES_AT_ONCE)
    found = _read_page(filters, page, person, from_first=from_first)
    if found is None and page > 1:
        total = session().scalar(_count(filters, person)) or 0
        found = _read_page(filters, clamp_page(page, total), person, from_first=from_first)
    return found or ShiftPage(rows=[], number=1, total=0)


def _read_page(
    filters: ShiftFilters, number: int, person: PersonFacts, *, from_first: bool
) -> ShiftPage | None:
    """Return a page with the number of all shifts, by one statement; None where it is empty."""
    if filters.is_takeable:
        statement = _write_page(filters, number, person, from_first=from_first)
    else:
        statement = _find_page_statement(filters, number, from_first=from_first)
    before = 0 if from_first else min(number - 1, 1)
    found = [read_rules(row) for row in session().execute(statement)]
    totals = [values.pop("list_total") for values in found]
    rows = [ShiftRow(**values) for values in found]
    follows_day = rows.pop(0).day if before and rows else None
    if not rows:
        return None
    # All pages up to one that lies past the end are those there are.
    last = clamp_page(number, totals[0])
    return ShiftPage(rows=rows, number=last, total=totals[0], follows_day=follows_day)


@lru_cache(STATEMENTS_KEPT)
def _find_page_statement(filters: ShiftFilters, number: int, *, from_first: bool) -> _Rows:
    """Return the statement of a page that is the same for everybody, built once.

    SQLAlchemy takes longer to put one together and to name it than the database to answer.
    """
    return _write_page(filters, number, VISITOR, from_first=from_first)


def _write_page(
    filters: ShiftFilters, number: int, person: PersonFacts, *, from_first: bool
) -> _Rows:
    start = 0 if from_first else (number - 1) * PER_PAGE
    # With the row before it, which says whether the day goes on.
    before = min(start, 1)
    return (
        _chosen(filters, person)
        .where(is_to_come())
        .add_columns(_count(filters, person).scalar_subquery().label("list_total"))
        .limit(number * PER_PAGE - start + before)
        .offset(start - before)
    )


def _count(filters: ShiftFilters, person: PersonFacts) -> Select[Any]:
    return shifts_that_fit(func.count(), filters=filters, person=person).where(is_to_come())


def list_shifts_of_days(
    filters: ShiftFilters, *, first: date, last: date, person: PersonFacts = VISITOR
) -> list[ShiftRow]:
    """Return the shifts to come of the days from `first` to `last`, soonest first, at most 200."""
    begin = from_local(datetime.combine(first, time()))
    end = from_local(datetime.combine(last + timedelta(days=1), time()))
    return list_shifts_where(
        is_to_come(),
        Shift.starts_at >= begin,
        Shift.starts_at < end,
        filters=filters,
        person=person,
        limit=MOST_OF_DAYS,
    )


def list_shifts_for_file(
    filters: ShiftFilters, *, person: PersonFacts = VISITOR, with_cancelled: bool = False
) -> list[ShiftRow]:
    """Return all shifts to come, soonest first, at most 5,000; cancelled ones where asked for."""
    is_ahead = and_(Shift.starts_at > utc_now(), _Project.state == ProjectState.PUBLISHED)
    wanted = is_ahead if with_cancelled else is_to_come()
    return list_shifts_where(wanted, filters=filters, person=person, limit=MOST_IN_A_FILE)


def list_shifts_where(
    *conditions: ColumnElement[bool], filters: ShiftFilters, person: PersonFacts, limit: int
) -> list[ShiftRow]:
    """Return the shifts that fit the filters and further conditions, soonest first."""
    return _read_shifts(_chosen(filters, person).where(*conditions).limit(limit))


def count_without_each(filters: ShiftFilters, person: PersonFacts = VISITOR) -> FilterCounts:
    """Return how many shifts there would be without each of the chosen filters; one statement."""
    conditions = shift_conditions(filters, person)
    counts = [
        func.count().filter(and_(true(), *(c for n, c in conditions.items() if n != name)))
        for name in filters.chosen
    ]
    statement = (
        select(func.count(), *counts).join_from(Shift, _Project).join(Programme).join(District)
    )
    total, *rest = session().execute(statement.where(is_to_come())).one()
    return FilterCounts(total, dict(zip(filters.chosen, rest, strict=True)))


def list_next_shifts(limit: int, *, needing_people: bool = True) -> list[ShiftRow]:
    """Return the next shifts, soonest first; by default those that can be taken and lack people."""
    condition = needs_people() if needing_people else is_to_come()
    return _read_shifts(_SOONEST_FIRST.where(condition).limit(limit))


def count_shifts(*, days: int = 7) -> ShiftNumbers:
    """Return how many shifts are to come, and how many of the next `days` days lack people."""
    soon = and_(needs_people(), Shift.starts_at < utc_now() + timedelta(days=days))
    statement = select(func.count(Shift.id).filter(soon), func.count(Shift.id)).join(_Project)
    needing_people, to_come = session().execute(statement.where(is_to_come())).one()
    return ShiftNumbers(needing_people=needing_people, to_come=to_come)


def search_shifts(text: str, *, limit: int) -> list[ShiftRow]:
    """Return the next shift of each project that `text` finds, best match first."""
    query = text_query(text)
    if query is None:
        return []
    turn = func.row_number().over(
        partition_by=Shift.project_id, order_by=(Shift.starts_at, Shift.id)
    )
    found = (
        select(Shift.id, turn.label("turn"))
        .join(_Project)
        .where(_Project.search_document.op("@@")(query), is_to_come())
        .subquery()
    )
    return _read_shifts(
        _SHIFT_ROWS.join(found, found.c.id == Shift.id)
        .where(found.c.turn == 1)
        .order_by(func.ts_rank(_Project.search_document, query).desc(), Shift.starts_at, Shift.id)
        .limit(limit)
    )


def get_shift(shift_id: int, *, with_names: bool) -> ShiftDetailRow:
    """Return one shift, cancelled or past ones too; raise `NotFoundError` where there is none."""
    row = (
        session()
        .execute(
            _SHIFT_ROWS.add_columns(
                _Project.summary,
                _Project.description,
                _Project.tasks,
                _Project.you_learn,
                _Project.what_to_bring,
                _Project.time_kind,
                Shift.cancelled_reason,
                _Project.state.label("project_state"),
                _Project.partner_name,
                partner_slug_column(),
                Programme.name.label("programme_name"),
                tutor_name_column(with_names=with_names),
            ).where(Shift.id == shift_id, _Project.state.in_(PUBLIC_PROJECTS))
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return ShiftDetailRow(**read_rules(row))


def _chosen(filters: ShiftFilters, person: PersonFacts) -> _Rows:
    conditions = shift_conditions(filters, person).values()
    return _SOONEST_FIRST.where(*conditions)


def _read_shifts(statement: _Rows) -> list[ShiftRow]:
    return [ShiftRow(**read_rules(row)) for row in session().execute(statement)]
