"""Shifts and projects, as lists and pages show them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    extract,
    func,
    null,
    or_,
    select,
)

from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import text_query
from portal.registry.models import Association
from portal.registry.states import AssociationState
from portal.territory.models import District
from portal.volunteering.models import Programme, Shift, VolunteeringProject
from portal.volunteering.policies import AFTERNOON_FROM, EVENING_FROM, Rules, ShiftFacts
from portal.volunteering.queries.facts import (
    RULE_COLUMNS,
    SHIFT_FACT_COLUMNS,
    read_rules,
)
from portal.volunteering.states import (
    PUBLIC_PROJECTS,
    DayPart,
    ProjectState,
    Sector,
    ShiftState,
    TimeKind,
    Weekday,
)

_Project = VolunteeringProject


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
class ProjectRow:
    """A project as its page shows it."""

    id: int
    slug: str
    state: ProjectState
    title: str
    summary: str
    description: str
    tasks: str | None
    you_learn: str | None
    what_to_bring: str | None
    sector: Sector
    skills: list[str]
    time_kind: TimeKind
    starts_on: date | None
    ends_on: date | None
    people_wanted: int | None
    group_cap: int | None
    closed_reason: str | None
    place_name: str
    address: str | None
    district_name: str
    partner_name: str | None
    partner_slug: str | None
    """Of its public profile, where the registry has one."""
    programme_name: str
    requires_record_check: bool
    tutor_name: str | None
    """None for who may not see names."""
    rules: Rules


@dataclass(frozen=True)
class ShiftFilters:
    """What a list of shifts is narrowed to; empty means all."""

    text: str = ""
    sectors: frozenset[Sector] = frozenset()
    district_code: str = ""
    weekdays: frozenset[Weekday] = frozenset()
    day_parts: frozenset[DayPart] = frozenset()
    project_id: int | None = None

    @property
    def count(self) -> int:
        """How many filters a person has chosen."""
        chosen = (self.text, self.sectors, self.district_code, self.weekdays, self.day_parts)
        return sum(bool(c) for c in chosen)


@dataclass(frozen=True)
class ShiftNumbers:
    """How many shifts there are."""

    needing_people: int
    """Of the days asked for: can be taken and lack people."""
    to_come: int
    """All that are to come and not cancelled."""


def list_shifts(filters: ShiftFilters, *, page: int) -> Page[ShiftRow]:
    """Return a page of the shifts to come that are not cancelled, soonest first."""
    statement = _shift_rows().where(_is_to_come(), *_conditions(filters))
    total = count_rows(statement)
    number = clamp_page(page, total)
    result: Page[ShiftRow] = Page(rows=[], number=number, total=total)
    rows = session().execute(
        statement.order_by(Shift.starts_at, Shift.id)
        .limit(result.per_page)
        .offset((number - 1) * result.per_page)
    )
    result.rows.extend(_read_shift(row) for row in rows)
    return result


def list_next_shifts(limit: int, *, needing_people: bool = True) -> list[ShiftRow]:
    """Return the next shifts, soonest first; by default those that can be taken and lack people."""
    condition = needs_people() if needing_people else _is_to_come()
    rows = session().execute(
        _shift_rows().where(condition).order_by(Shift.starts_at, Shift.id).limit(limit)
    )
    return [_read_shift(row) for row in rows]


def count_shifts(*, days: int = 7) -> ShiftNumbers:
    """Return how many shifts are to come, and how many of the next `days` days lack people."""
    soon = and_(needs_people(), Shift.starts_at < utc_now() + timedelta(days=days))
    statement = select(func.count(Shift.id).filter(soon), func.count(Shift.id)).join(_Project)
    needing_people, to_come = session().execute(statement.where(_is_to_come())).one()
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
        .where(_Project.search_document.op("@@")(query), _is_to_come())
        .subquery()
    )
    rows = session().execute(
        _shift_rows()
        .join(found, found.c.id == Shift.id)
        .where(found.c.turn == 1)
        .order_by(func.ts_rank(_Project.search_document, query).desc(), Shift.starts_at, Shift.id)
        .limit(limit)
    )
    return [_read_shift(row) for row in rows]


def get_shift(shift_id: int, *, with_names: bool) -> ShiftDetailRow:
    """Return one shift, cancelled or past ones too; raise `NotFoundError` where there is none."""
    row = (
        session()
        .execute(
            _shift_rows()
            .add_columns(
                _Project.summary,
                _Project.description,
                _Project.tasks,
                _Project.you_learn,
                _Project.what_to_bring,
                _Project.time_kind,
                Shift.cancelled_reason,
                _Project.state.label("project_state"),
                _Project.partner_name,
                _partner_slug().label("partner_slug"),
                Programme.name.label("programme_name"),
                (_Project.tutor_name if with_names else _nothing()).label("tutor_name"),
            )
            .where(Shift.id == shift_id, _Project.state.in_(PUBLIC_PROJECTS))
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return ShiftDetailRow(**read_rules(row))


def get_project(slug: str, *, with_names: bool) -> ProjectRow:
    """Return one project; raise `NotFoundError` where there is none."""
    columns = (
        _Project.id,
        _Project.slug,
        _Project.state,
        _Project.title,
        _Project.summary,
        _Project.description,
        _Project.tasks,
        _Project.you_learn,
        _Project.what_to_bring,
        _Project.sector,
        _Project.skills,
        _Project.time_kind,
        _Project.starts_on,
        _Project.ends_on,
        _Project.people_wanted,
        _Project.group_cap,
        _Project.closed_reason,
        _Project.place_name,
        _Project.address,
        District.name.label("district_name"),
        _Project.partner_name,
        _partner_slug().label("partner_slug"),
        Programme.name.label("programme_name"),
        _Project.requires_record_check,
        (_Project.tutor_name if with_names else _nothing()).label("tutor_name"),
        *RULE_COLUMNS,
    )
    statement = select(*columns).join_from(_Project, Programme).join(District)
    is_public = _Project.state.in_(PUBLIC_PROJECTS)
    row = session().execute(statement.where(_Project.slug == slug, is_public)).one_or_none()
    if row is None:
        raise NotFoundError
    return ProjectRow(**read_rules(row))


def needs_people() -> ColumnElement[bool]:
    """Say of a shift, joined with its project, that it lacks people and takes them now."""
    now = utc_now()
    return and_(
        _is_to_come(),
        or_(Shift.opens_at.is_(None), Shift.opens_at <= now),
        Shift.closes_at > now,
        Shift.confirmed_count + Shift.offered_count < Shift.capacity,
    )


def _shift_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *SHIFT_FACT_COLUMNS,
            _Project.title,
            _Project.slug.label("project_slug"),
            _Project.sector,
            func.coalesce(Shift.address, _Project.address).label("address"),
            Shift.note,
            District.code.label("district_code"),
            District.name.label("district_name"),
        )
        .join_from(Shift, _Project)
        .join(Programme)
        .join(District)
    )


def _read_shift(row: Row[*tuple[Any, ...]]) -> ShiftRow:
    return ShiftRow(**read_rules(row))


def _partner_slug() -> ColumnElement[str | None]:
    is_public = Association.state != AssociationState.REMOVED
    partner = select(Association.slug).where(
        Association.id == _Project.partner_association_id, is_public
    )
    return partner.correlate(_Project).scalar_subquery()


def _nothing() -> ColumnElement[Any]:
    return cast(null(), String)


def _is_to_come() -> ColumnElement[bool]:
    is_open = Shift.state == ShiftState.OPEN
    return and_(is_open, Shift.starts_at > utc_now(), _Project.state == ProjectState.PUBLISHED)


def _conditions(filters: ShiftFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if filters.text:
        query = text_query(filters.text)
        if query is not None:
            conditions.append(_Project.search_document.op("@@")(query))
    if filters.sectors:
        conditions.append(_Project.sector.in_(filters.sectors))
    if filters.district_code:
        conditions.append(District.code == filters.district_code)
    if filters.project_id is not None:
        conditions.append(Shift.project_id == filters.project_id)
    if filters.weekdays:
        numbers = [number for number, day in enumerate(Weekday, 1) if day in filters.weekdays]
        conditions.append(_local("isodow").in_(numbers))
    if filters.day_parts:
        conditions.append(or_(*(_starts_in(part) for part in sorted(filters.day_parts))))
    return conditions


def _local(part: str) -> ColumnElement[Any]:
    """Return a part of the start as the clocks of the city show it."""
    return extract(part, func.timezone("Europe/Rome", Shift.starts_at))


def _starts_in(part: DayPart) -> ColumnElement[bool]:
    hour = _local("hour")
    if part is DayPart.MORNING:
        return hour < AFTERNOON_FROM
    if part is DayPart.AFTERNOON:
        return and_(hour >= AFTERNOON_FROM, hour < EVENING_FROM)
    return hour >= EVENING_FROM
