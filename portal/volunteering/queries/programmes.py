"""Programmes, as the office looks after them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.volunteering.models import Programme, VolunteeringProject
from portal.volunteering.policies import Rules
from portal.volunteering.queries.facts import RULE_NAMES, read_rules
from portal.volunteering.states import ProjectState


@dataclass(frozen=True)
class ProgrammeChoice:
    """A programme in a form."""

    id: int
    name: str
    summary: str


@dataclass(frozen=True)
class ProgrammeRow:
    """A programme with its rules and how many projects it has."""

    id: int
    slug: str
    name: str
    summary: str
    points_per_hour: Decimal
    offer_hours: int
    version: int
    project_count: int
    """Published ones."""
    rules: Rules


def list_programmes() -> list[ProgrammeRow]:
    """Return the programmes by name."""
    rows = session().execute(_programme_rows().order_by(func.lower(Programme.name), Programme.id))
    return [_read(row) for row in rows]


def get_programme(programme_id: int) -> ProgrammeRow:
    """Return one programme; raises `NotFoundError`."""
    row = session().execute(_programme_rows().where(Programme.id == programme_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _read(row)


def list_programme_choices() -> list[ProgrammeChoice]:
    """Return every programme by name, to choose one in a form."""
    rows = session().execute(
        select(Programme.id, Programme.name, Programme.summary).order_by(
            func.lower(Programme.name), Programme.id
        )
    )
    return [ProgrammeChoice(*row) for row in rows]


def _programme_rows() -> Select[*tuple[Any, ...]]:
    projects = (
        select(func.count(VolunteeringProject.id))
        .where(
            VolunteeringProject.programme_id == Programme.id,
            VolunteeringProject.state == ProjectState.PUBLISHED,
        )
        .scalar_subquery()
    )
    return select(
        Programme.id,
        Programme.slug,
        Programme.name,
        Programme.summary,
        Programme.points_per_hour,
        Programme.offer_hours,
        Programme.version,
        projects.label("project_count"),
        *(getattr(Programme, name) for name in RULE_NAMES),
    )


def _read(row: Row[*tuple[Any, ...]]) -> ProgrammeRow:
    return ProgrammeRow(**read_rules(row))
