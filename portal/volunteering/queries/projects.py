"""Projects, as their own pages and the list of what needs help show them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, null, or_, select

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.registry.models import Association
from portal.registry.states import AssociationState
from portal.territory.models import District
from portal.volunteering.models import (
    Programme,
    VolunteeringProject,
)
from portal.volunteering.policies import VISITOR, PersonFacts, Rules
from portal.volunteering.queries.facts import RULE_COLUMNS, read_rules
from portal.volunteering.queries.outcomes import (
    count_held_shifts,
    count_participants,
    sum_verified_minutes,
)
from portal.volunteering.queries.shift_conditions import open_project_conditions
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import (
    PUBLIC_PROJECTS,
    ProjectState,
    Sector,
    TimeKind,
)

OPEN_PROJECTS_SHOWN = 12
STATEMENTS_KEPT = 128

_Project = VolunteeringProject
_Rows = Select[*tuple[Any, ...]]


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
class OpenProjectRow:
    """A project without shifts, as a card shows it."""

    id: int
    slug: str
    title: str
    summary: str
    sector: Sector
    time_kind: TimeKind
    starts_on: date | None
    ends_on: date | None
    people_wanted: int | None
    place_name: str
    address: str | None
    district_name: str
    requires_record_check: bool
    rules: Rules


@dataclass(frozen=True)
class ProjectOutcome:
    """What came of a project."""

    people: int
    """Who came at least once, or has verified hours."""
    shifts: int
    """That took place."""
    minutes: int
    """Verified."""


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
        partner_slug_column(),
        Programme.name.label("programme_name"),
        _Project.requires_record_check,
        tutor_name_column(with_names=with_names),
        *RULE_COLUMNS,
    )
    statement = select(*columns).join_from(_Project, Programme).join(District)
    is_public = _Project.state.in_(PUBLIC_PROJECTS)
    row = session().execute(statement.where(_Project.slug == slug, is_public)).one_or_none()
    if row is None:
        raise NotFoundError
    return ProjectRow(**read_rules(row))


# Built once: it goes with every list of shifts.
_OPEN_PROJECTS: _Rows = (
    select(
        _Project.id,
        _Project.slug,
        _Project.title,
        _Project.summary,
        _Project.sector,
        _Project.time_kind,
        _Project.starts_on,
        _Project.ends_on,
        _Project.people_wanted,
        _Project.place_name,
        _Project.address,
        District.name.label("district_name"),
        _Project.requires_record_check,
        *RULE_COLUMNS,
    )
    .join_from(_Project, Programme)
    .join(District)
    .where(_Project.state == ProjectState.PUBLISHED, _Project.time_kind != TimeKind.SHIFTS)
    .order_by(_Project.ends_on.asc().nulls_last(), _Project.id)
    .limit(OPEN_PROJECTS_SHOWN)
)


def list_open_projects(
    filters: ShiftFilters, person: PersonFacts = VISITOR
) -> list[OpenProjectRow]:
    """Return the projects to which one comes when one can, at most twelve, soonest end first."""
    if filters.is_takeable:
        statement = _write_open_projects(filters, local_today(), person)
    else:
        statement = _find_open_projects(filters, local_today())
    return [OpenProjectRow(**read_rules(row)) for row in session().execute(statement)]


@lru_cache(STATEMENTS_KEPT)
def _find_open_projects(filters: ShiftFilters, today: date) -> _Rows:
    return _write_open_projects(filters, today, VISITOR)


def _write_open_projects(filters: ShiftFilters, today: date, person: PersonFacts) -> _Rows:
    return _OPEN_PROJECTS.where(
        or_(_Project.ends_on.is_(None), _Project.ends_on >= today),
        *open_project_conditions(filters, today, person),
    )


def get_project_outcome(project_id: int) -> ProjectOutcome:
    """Return what came of a project: people, shifts that took place, verified minutes."""
    row = session().execute(
        select(count_participants(), count_held_shifts(), sum_verified_minutes()).where(
            _Project.id == project_id
        )
    )
    return ProjectOutcome(*row.one())


def partner_slug_column() -> ColumnElement[Any]:
    """Return the address of the partner's public profile, None where the registry has none."""
    is_public = Association.state != AssociationState.REMOVED
    partner = select(Association.slug).where(
        Association.id == _Project.partner_association_id, is_public
    )
    return partner.correlate(_Project).scalar_subquery().label("partner_slug")


def tutor_name_column(*, with_names: bool) -> ColumnElement[Any]:
    """Return the tutor's name, None for who may not see names."""
    nothing: ColumnElement[Any] = cast(null(), String)
    return (_Project.tutor_name if with_names else nothing).label("tutor_name")
