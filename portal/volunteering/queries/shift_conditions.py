"""The filters of "serve aiuto" as conditions on shifts and projects."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    extract,
    func,
    or_,
    select,
)

from portal.core.clock import from_local, utc_now
from portal.core.search import text_query
from portal.territory.models import District
from portal.volunteering.models import Programme, ProjectDistrict, Shift, VolunteeringProject
from portal.volunteering.policies import AFTERNOON_FROM, EVENING_FROM, PersonFacts
from portal.volunteering.queries.takeable import can_be_taken_by, meets_rules
from portal.volunteering.shift_filters import FilterName, ShiftFilters
from portal.volunteering.states import DayPart, ProjectState, ShiftState, Weekday

NOW = bindparam("now", type_=DateTime(timezone=True), callable_=utc_now)
"""The moment at which a statement is run: one that is built once asks it each time."""

_Project = VolunteeringProject
Condition = ColumnElement[bool]


def is_to_come() -> Condition:
    """Say of a shift, joined with its project, that it will take place and has not started."""
    is_open = Shift.state == ShiftState.OPEN
    return and_(is_open, Shift.starts_at > NOW, _Project.state == ProjectState.PUBLISHED)


def needs_people() -> Condition:
    """Say of a shift, joined with its project, that it lacks people and takes them now."""
    return and_(
        is_to_come(),
        or_(Shift.opens_at.is_(None), Shift.opens_at <= NOW),
        Shift.closes_at > NOW,
        Shift.confirmed_count + Shift.offered_count < Shift.capacity,
    )


def shifts_that_fit(
    *columns: Any,  # noqa: ANN401 - whatever a statement can select
    filters: ShiftFilters,
    person: PersonFacts,
) -> Select[Any]:
    """Return the statement of `columns` for the shifts that fit, with only the joins they need."""
    statement = select(*columns).join_from(Shift, _Project)
    if filters.district_code:
        statement = statement.join(District)
    if filters.is_takeable:
        statement = statement.join(Programme)
    return statement.where(*shift_conditions(filters, person).values())


def shift_conditions(filters: ShiftFilters, person: PersonFacts) -> Mapping[str, Condition]:
    """Return a condition for each chosen filter, by its name, on a shift with its project.

    District and programme have to be joined where their filters are chosen.
    """
    found = _project_conditions(filters)
    if filters.project_id is not None:
        found["project"] = Shift.project_id == filters.project_id
    if filters.weekdays:
        numbers = [number for number, day in enumerate(Weekday, 1) if day in filters.weekdays]
        found[FilterName.WEEKDAYS] = _local("isodow").in_(numbers)
    if filters.day_parts:
        found[FilterName.DAY_PARTS] = or_(*(_starts_in(part) for part in sorted(filters.day_parts)))
    if filters.until_on:
        midnight = datetime.combine(filters.until_on + timedelta(days=1), time())
        found[FilterName.UNTIL] = Shift.starts_at < from_local(midnight)
    if filters.is_takeable:
        found[FilterName.TAKEABLE] = can_be_taken_by(person, utc_now())
    return found


def open_project_conditions(
    filters: ShiftFilters, today: date, person: PersonFacts
) -> list[Condition]:
    """Return the same for a project without shifts; one comes on the days and hours one likes."""
    found = list(_project_conditions(filters).values())
    if filters.until_on:
        found.append(func.coalesce(_Project.starts_on, today) <= filters.until_on)
    if filters.is_takeable:
        first = func.greatest(func.coalesce(_Project.starts_on, today), today)
        found.append(meets_rules(person.volunteer, first, first))
    return found


def _project_conditions(filters: ShiftFilters) -> dict[str, Condition]:
    found: dict[str, Condition] = {}
    query = text_query(filters.text) if filters.text else None
    if query is not None:
        found[FilterName.TEXT] = _Project.search_document.op("@@")(query)
    if filters.district_code:
        found[FilterName.DISTRICT] = _is_for_district(filters.district_code)
    if filters.sectors:
        found[FilterName.SECTORS] = _Project.sector.in_(filters.sectors)
    if filters.skills:
        wanted = cast(sorted(filters.skills), ARRAY(String))
        found[FilterName.SKILLS] = _Project.skills.bool_op("&&")(wanted)
    if filters.time_kinds:
        found[FilterName.TIME_KINDS] = _Project.time_kind.in_(filters.time_kinds)
    return found


def _is_for_district(code: str) -> Condition:
    """The district of its place, or a further one the project is for."""
    further = (
        select(ProjectDistrict.project_id)
        .join(District, District.id == ProjectDistrict.district_id)
        .where(District.code == code, ProjectDistrict.project_id == _Project.id)
        .correlate(_Project)
    )
    return or_(District.code == code, exists(further))


def _local(part: str) -> ColumnElement[Any]:
    """Return a part of the start as the clocks of the city show it."""
    return extract(part, func.timezone("Europe/Rome", Shift.starts_at))


def _starts_in(part: DayPart) -> Condition:
    hour = _local("hour")
    if part is DayPart.MORNING:
        return hour < AFTERNOON_FROM
    if part is DayPart.AFTERNOON:
        return and_(hour >= AFTERNOON_FROM, hour < EVENING_FROM)
    return hour >= EVENING_FROM
