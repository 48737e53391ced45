"""The initiatives that sheets have opened, as laboratories ask it; who came is only a number."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, or_, select

from portal.chain.models import SheetInitiative
from portal.core.database import session
from portal.laboratories.openings import Opening, OpeningKind, OpeningState
from portal.places.models import Initiative, Place
from portal.places.queries.outcomes import count_coming_times, count_held_times, sum_attendance
from portal.places.states import InitiativeState


def list_openings(sheet_ids: Sequence[int]) -> list[Opening]:
    """Return the initiatives of sheets, drafts too, in the order in which they were opened.

    A draft that was given up is not among them.
    """
    columns: list[Any] = [
        SheetInitiative.sheet_id,
        Initiative.id,
        Initiative.title,
        Initiative.state,
        Place.slug,
        count_held_times().label("held"),
        sum_attendance().label("attendance"),
        count_coming_times().label("coming"),
    ]
    is_shown = or_(
        Initiative.published_at.is_not(None), Initiative.state != InitiativeState.CANCELLED
    )
    rows = session().execute(
        select(*columns)
        .join(Initiative, Initiative.id == SheetInitiative.initiative_id)
        .join(Place, Place.id == Initiative.place_id)
        .where(SheetInitiative.sheet_id.in_(sheet_ids), is_shown)
        .order_by(SheetInitiative.sheet_id, SheetInitiative.id)
    )
    return [_as_opening(row) for row in rows]


def _as_opening(row: Row[Any]) -> Opening:
    return Opening(
        sheet_id=row.sheet_id,
        kind=OpeningKind.INITIATIVE,
        id=row.id,
        title=row.title,
        state=_state(row),
        endpoint="places.show_initiative",
        values={"slug": row.slug, "initiative_id": row.id},
        minutes=0,
        people=0,
        held=row.held,
        attendance=row.attendance,
        coming=row.coming if row.state is InitiativeState.PUBLISHED else 0,
    )


def _state(row: Row[Any]) -> OpeningState:
    if row.state is InitiativeState.DRAFT:
        return OpeningState.PREPARED
    if row.state is InitiativeState.CANCELLED:
        return OpeningState.CANCELLED
    return OpeningState.OPEN if row.coming else OpeningState.CLOSED
