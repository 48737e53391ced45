"""The projects that sheets have opened, as laboratories ask it: rows and who took part."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from portal.chain.models import SheetProject
from portal.core.database import session
from portal.laboratories.openings import Opening, OpeningKind, OpeningState
from portal.volunteering.models import VolunteeringProject
from portal.volunteering.queries.outcomes import (
    count_held_shifts,
    count_participants,
    count_places_left,
    participations,
    sum_verified_minutes,
)
from portal.volunteering.states import PUBLIC_PROJECTS, ProjectState, TimeKind

_Project = VolunteeringProject
_STATES: Mapping[ProjectState, OpeningState] = {
    ProjectState.PUBLISHED: OpeningState.OPEN,
    ProjectState.CLOSED: OpeningState.CLOSED,
}
"""Any other state is not public."""


def list_openings(sheet_ids: Sequence[int]) -> list[Opening]:
    """Return the projects of sheets, drafts too, in the order in which they were opened."""
    columns: list[Any] = [
        SheetProject.sheet_id,
        _Project.id,
        _Project.slug,
        _Project.title,
        _Project.state,
        _Project.time_kind,
        sum_verified_minutes().label("minutes"),
        count_participants().label("people"),
        count_held_shifts().label("held"),
        count_places_left().label("places_left"),
    ]
    rows = session().execute(
        select(*columns)
        .join(_Project, _Project.id == SheetProject.project_id)
        .where(SheetProject.sheet_id.in_(sheet_ids))
        .order_by(SheetProject.sheet_id, SheetProject.id)
    )
    return [_as_opening(row) for row in rows]


def participants() -> Select[Any]:
    """Return `sheet_id` and `user_id` of who took part in what everybody sees."""
    came = participations().subquery()
    return (
        select(SheetProject.sheet_id, came.c.user_id)
        .join(_Project, _Project.id == SheetProject.project_id)
        .join(came, came.c.project_id == SheetProject.project_id)
        .where(_Project.state.in_(PUBLIC_PROJECTS))
    )


def _as_opening(row: Row[Any]) -> Opening:
    state = _STATES.get(row.state, OpeningState.PREPARED)
    is_open = state is OpeningState.OPEN
    return Opening(
        sheet_id=row.sheet_id,
        kind=OpeningKind.PROJECT,
        id=row.id,
        title=row.title,
        state=state,
        endpoint="volunteering.show_project",
        values={"slug": row.slug},
        minutes=row.minutes,
        people=row.people,
        held=row.held,
        places_left=row.places_left,
        takes_applications=is_open and row.time_kind is not TimeKind.SHIFTS,
    )
