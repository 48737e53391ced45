"""Projects as the office, their tutors and the association that proposes see them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.search import text_query
from portal.registry.models import Association
from portal.territory.models import District
from portal.volunteering.models import (
    Programme,
    ProjectApplication,
    ProjectDistrict,
    Shift,
    VolunteeringProject,
)
from portal.volunteering.policies import Rules
from portal.volunteering.queries.facts import RULE_COLUMNS, RULE_NAMES
from portal.volunteering.queries.tutors import TutorRow, list_tutors_of
from portal.volunteering.states import (
    ApplicationState,
    ProjectState,
    Sector,
    ShiftState,
    TimeKind,
)

_Project = VolunteeringProject


@dataclass(frozen=True)
class ProjectFilters:
    """What the office's list of projects is narrowed to; empty means all."""

    text: str = ""
    state: str = ""
    programme_id: int | None = None


@dataclass(frozen=True)
class ProjectListRow:
    """A project in a list of the office or of an association."""

    id: int
    slug: str
    title: str
    state: ProjectState
    time_kind: TimeKind
    programme_name: str
    place_name: str
    partner_name: str | None
    shifts_to_come: int
    missing: int
    """People that its open shifts to come lack."""
    applications: int
    """Without an answer."""


@dataclass(frozen=True)
class ProjectDeskRow:
    """A project with everything that is said of it, for who looks after it."""

    id: int
    slug: str
    state: ProjectState
    version: int
    programme_id: int
    programme_name: str
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
    district_id: int
    district_name: str
    place_id: int | None
    place_name: str
    address: str | None
    tutor_name: str
    partner_name: str | None
    partner_slug: str | None
    partner_tax_code: str | None
    partner_association_id: int | None
    proposed_by_id: int | None
    answer_reason: str | None
    closed_reason: str | None
    group_cap: int | None
    leave_until_hours: int
    requires_record_check: bool
    own_rules: Mapping[str, Any]
    """By name; None: as the programme says."""
    rules: Rules
    """Those that hold."""
    further_districts: Mapping[int, str]
    tutors: tuple[TutorRow, ...]

    @property
    def tutor_ids(self) -> frozenset[int]:
        """The accounts of its tutors."""
        return frozenset(tutor.user_id for tutor in self.tutors)

    @property
    def has_shifts(self) -> bool:
        """Say whether people take places in its shifts."""
        return self.time_kind is TimeKind.SHIFTS


def list_projects_for_office(filters: ProjectFilters, *, page: int) -> Page[ProjectListRow]:
    """Return a page of all projects: those handed in first, then the others by title."""
    statement = _list_rows().where(*_conditions(filters))
    total = count_rows(statement.with_only_columns(_Project.id))
    number = clamp_page(page, total)
    result: Page[ProjectListRow] = Page([], number, total)
    rows = session().execute(
        statement.order_by(
            _Project.state != ProjectState.PROPOSED, func.lower(_Project.title), _Project.id
        )
        .limit(result.per_page)
        .offset((number - 1) * result.per_page)
    )
    result.rows.extend(ProjectListRow(*row) for row in rows)
    return result


def list_projects_of_association(association_id: int) -> list[ProjectListRow]:
    """Return the projects done with an association, whoever began them, newest first."""
    statement = _list_rows().where(_Project.partner_association_id == association_id)
    rows = session().execute(statement.order_by(_Project.id.desc()))
    return [ProjectListRow(*row) for row in rows]


def get_project_desk(project_id: int) -> ProjectDeskRow:
    """Return a project in whatever state, with its tutors; raises `NotFoundError`."""
    names = [name for name in _PLAIN if name not in _JOINED]
    row = (
        session()
        .execute(
            select(
                *(getattr(_Project, name) for name in names),
                Programme.name.label("programme_name"),
                District.name.label("district_name"),
                Association.slug.label("partner_slug"),
                Association.tax_code.label("partner_tax_code"),
                *(getattr(_Project, name).label(f"own_{name}") for name in RULE_NAMES),
                *RULE_COLUMNS,
            )
            .join(Programme, Programme.id == _Project.programme_id)
            .join(District, District.id == _Project.district_id)
            .outerjoin(Association, Association.id == _Project.partner_association_id)
            .where(_Project.id == project_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    values = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own accessor
    return ProjectDeskRow(
        own_rules={name: values.pop(f"own_{name}") for name in RULE_NAMES},
        rules=Rules(**{name: values.pop(name) for name in RULE_NAMES}),
        further_districts=_list_further_districts(project_id),
        tutors=tuple(list_tutors_of(project_id)),
        **values,
    )


def get_project_id(slug: str) -> int:
    """Return the id of the project at this address; raises `NotFoundError`."""
    found = session().scalar(select(_Project.id).where(_Project.slug == slug))
    if found is None:
        raise NotFoundError
    return found


_JOINED = {"programme_name", "district_name", "partner_slug", "partner_tax_code"}
_MADE = {"own_rules", "rules", "further_districts", "tutors"}
_PLAIN = tuple(n for n in ProjectDeskRow.__dataclass_fields__ if n not in _MADE)


def _list_rows() -> Select[*tuple[Any, ...]]:
    is_to_come = (
        Shift.project_id == _Project.id,
        Shift.state == ShiftState.OPEN,
        Shift.starts_at > utc_now(),
    )
    lacking = Shift.capacity - Shift.confirmed_count - Shift.offered_count
    waiting = ProjectApplication.state == ApplicationState.SUBMITTED
    return select(
        _Project.id,
        _Project.slug,
        _Project.title,
        _Project.state,
        _Project.time_kind,
        Programme.name,
        _Project.place_name,
        _Project.partner_name,
        _counted(func.count(Shift.id), *is_to_come),
        _counted(func.coalesce(func.sum(lacking), 0), *is_to_come),
        _counted(
            func.count(ProjectApplication.id),
            ProjectApplication.project_id == _Project.id,
            waiting,
        ),
    ).join(Programme, Programme.id == _Project.programme_id)


def _counted(what: ColumnElement[Any], *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return select(what).where(*conditions).correlate(_Project).scalar_subquery()


def _conditions(filters: ProjectFilters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    query = text_query(filters.text) if filters.text else None
    if query is not None:
        conditions.append(_Project.search_document.op("@@")(query))
    if filters.state:
        conditions.append(_Project.state == filters.state)
    else:
        # What an association has not handed in is its own matter.
        is_own_draft = case(
            (_Project.proposed_by_id.is_(None), False),
            else_=_Project.state == ProjectState.DRAFT,
        )
        conditions.append(~is_own_draft)
    if filters.programme_id is not None:
        conditions.append(_Project.programme_id == filters.programme_id)
    return conditions


def _list_further_districts(project_id: int) -> dict[int, str]:
    rows = session().execute(
        select(District.id, District.name)
        .join(ProjectDistrict, ProjectDistrict.district_id == District.id)
        .where(ProjectDistrict.project_id == project_id)
        .order_by(District.name, District.id)
    )
    return {row.id: row.name for row in rows}
