"""What the registry says of associations that look for volunteers."""

from sqlalchemy import ColumnElement, func, select

from portal.core.database import session
from portal.registry.ties import FactLink
from portal.volunteering.models import Shift, VolunteeringProject
from portal.volunteering.queries.shift_conditions import needs_people


def list_shift_links(association_id: int) -> list[FactLink]:
    """Return the shifts done with an association that lack people, soonest first."""
    rows = session().execute(
        select(Shift.id, Shift.starts_at, VolunteeringProject.title)
        .join(VolunteeringProject, VolunteeringProject.id == Shift.project_id)
        .where(VolunteeringProject.partner_association_id == association_id, needs_people())
        .order_by(Shift.starts_at, Shift.id)
    )
    return [
        FactLink(
            endpoint="volunteering.show_shift",
            values={"shift_id": row.id},
            words=row.title,
            at=row.starts_at,
        )
        for row in rows
    ]


def count_missing_people_of(association_id: ColumnElement[int]) -> ColumnElement[int | None]:
    """Return how many people the shifts of an association lack, as part of a statement."""
    return (
        select(func.sum(Shift.capacity - Shift.confirmed_count))
        .join(VolunteeringProject, VolunteeringProject.id == Shift.project_id)
        .where(VolunteeringProject.partner_association_id == association_id, needs_people())
        .scalar_subquery()
    )
