"""What the registry says of associations that look for volunteers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

from portal.core.database import session
from portal.registry.ties import FactLink
from portal.volunteering.models import Shift, VolunteeringProject
from portal.volunteering.queries.shifts import needs_people


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


def count_missing_people_by_association(association_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Return a statement of `(association_id, number)` of people that shifts lack."""
    partner = VolunteeringProject.partner_association_id
    return (
        select(partner, func.sum(Shift.capacity - Shift.confirmed_count).label("number"))
        .join(Shift, Shift.project_id == VolunteeringProject.id)
        .where(partner.in_(association_ids), needs_people())
        .group_by(partner)
    )
