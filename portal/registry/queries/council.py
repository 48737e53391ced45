"""What the council is given: the enrolled associations, without personal data."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, String, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.registry.models import ActivityArea, Association, association_activity_area
from portal.registry.queries.figures import PlaceRow
from portal.registry.states import AssociationKind, AssociationState, RuntsSection
from portal.territory.models import District, Municipality


@dataclass(frozen=True)
class CouncilRow:
    """An enrolled association, as far as it concerns no person."""

    name: str
    acronym: str | None
    tax_code: str
    municipality: str | None
    district: str | None
    kind: AssociationKind
    section: RuntsSection | None
    runts_number: int | None
    areas: str | None
    """Names, with commas between."""
    enrolled_on: date | None
    profile_updated_on: date | None


def list_for_council() -> Iterator[CouncilRow]:
    """Yield the enrolled associations by name, read in pieces."""
    link = association_activity_area.c
    areas = (
        select(func.string_agg(ActivityArea.name, aggregate_order_by(
            cast(", ", String), ActivityArea.position
        )))
        .join(association_activity_area, link.area_code == ActivityArea.code)
        .where(link.association_id == Association.id)
        .scalar_subquery()
    )  # fmt: skip
    rows = session().execute(
        select(
            *(Association.name, Association.acronym, Association.tax_code, Municipality.name),
            *(District.name, Association.kind, Association.section, Association.runts_number),
            *(areas, Association.enrolled_on, Association.profile_updated_on),
        )
        .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
        .outerjoin(District, District.id == Association.district_id)
        .where(Association.state == AssociationState.ENROLLED)
        .order_by(Association.sort_name, Association.id),
        execution_options={"yield_per": 500},
    )
    return (CouncilRow(*row) for row in rows)


def list_areas_for_council() -> list[PlaceRow]:
    """Return the areas of activity with their associations; one may be busy in several."""
    link = association_activity_area.c
    enrolled = func.count(Association.id).filter(Association.state == AssociationState.ENROLLED)
    total = func.count(Association.id)
    rows = session().execute(
        select(ActivityArea.name, enrolled, cast(total - enrolled, Integer))
        .outerjoin(association_activity_area, link.area_code == ActivityArea.code)
        .outerjoin(
            Association,
            (Association.id == link.association_id)
            & (Association.state != AssociationState.REMOVED),
        )
        .group_by(ActivityArea.code)
        .order_by(total.desc(), ActivityArea.position)
    )
    return [PlaceRow(*row) for row in rows]
