"""Single associations, and what forms choose from."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.registry.models import ActivityArea, Association, AssociationCount


@dataclass(frozen=True)
class ActivityAreaRow:
    """An area of activity as a choice in a form or filter."""

    code: str
    name: str


def list_activity_areas() -> list[ActivityAreaRow]:
    """Return the areas of activity in the order of the city's list."""
    rows = session().execute(
        select(ActivityArea.code, ActivityArea.name).order_by(
            ActivityArea.position, ActivityArea.code
        )
    )
    return [ActivityAreaRow(*row) for row in rows]


def get_association(association_id: int) -> Association:
    """Return an association, removed ones too; raises `NotFoundError`."""
    association = session().get(Association, association_id)
    if association is None:
        raise NotFoundError
    return association


def get_association_by_slug(slug: str) -> Association:
    """Return an association with municipality, district and areas, removed ones too.

    Raises `NotFoundError`.
    """
    association = session().scalar(
        select(Association)
        .where(Association.slug == slug)
        .options(
            joinedload(Association.municipality),
            joinedload(Association.district),
            selectinload(Association.areas),
        )
    )
    if association is None:
        raise NotFoundError
    return association


def find_association_by_tax_code(tax_code: str) -> Association | None:
    """Return the association with this tax code (11 digits or 16 characters), removed ones too."""
    return session().scalar(select(Association).where(Association.tax_code == tax_code))


def count_associations() -> int:
    """Return how many associations are public."""
    return (
        session().scalar(
            select(func.sum(AssociationCount.number)).where(AssociationCount.area_code == "")
        )
        or 0
    )
