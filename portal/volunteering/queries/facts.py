"""What decisions ask of a shift and of its project, read from the tables."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Row, case, func, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.volunteering.models import Programme, Shift, VolunteeringProject
from portal.volunteering.policies import Rules, ShiftFacts
from portal.volunteering.states import ProjectState

_Project = VolunteeringProject
RULE_NAMES = tuple(field.name for field in fields(Rules))
"""What a programme says, and a project may say anew."""

RULE_OF: Mapping[str, ColumnElement[Any]] = {
    name: func.coalesce(getattr(_Project, name), getattr(Programme, name)) for name in RULE_NAMES
}
"""By name: a project's own rule where it has one, else its programme's."""

RULE_COLUMNS = tuple(rule.label(name) for name, rule in RULE_OF.items())

SHIFT_ADDRESS = case(
    (Shift.place_name.is_(None), func.coalesce(Shift.address, _Project.address)),
    else_=Shift.address,
)
"""Where a shift is; the project's address only where the place is the project's too."""

SHIFT_FACT_COLUMNS = (
    Shift.id,
    Shift.project_id,
    Shift.starts_at,
    Shift.ends_at,
    Shift.state,
    Shift.capacity,
    Shift.confirmed_count,
    Shift.offered_count,
    Shift.waiting_capacity,
    Shift.waiting_count,
    Shift.opens_at,
    Shift.closes_at,
    func.coalesce(Shift.place_name, _Project.place_name).label("place_name"),
    case((_Project.state == ProjectState.PUBLISHED, True), else_=False).label("is_project_open"),
    _Project.leave_until_hours,
    _Project.group_cap,
    _Project.requires_record_check,
    *RULE_COLUMNS,
)
"""The columns of `ShiftFacts`, of a shift joined with its project and programme."""


def read_rules(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    """Return a row's columns by name, those of the rules made one `Rules` under `rules`."""
    values = dict(row._mapping)  # noqa: SLF001 - the public name of SQLAlchemy's own accessor
    values["rules"] = Rules(**{name: values.pop(name) for name in RULE_NAMES})
    return values


def get_shift_facts(shift_id: int) -> ShiftFacts:
    """Return what decisions ask of one shift; raise `NotFoundError` where there is none."""
    statement = (select(*SHIFT_FACT_COLUMNS).join_from(Shift, _Project).join(Programme)).where(
        Shift.id == shift_id
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return ShiftFacts(**read_rules(row))
