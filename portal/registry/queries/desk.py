"""An association as its own desk shows it."""

from dataclasses import dataclass
from datetime import date

from portal.registry.models import Association
from portal.registry.profile import ProfileValues
from portal.registry.queries.associations import get_association_by_slug
from portal.registry.states import AssociationKind, AssociationState


@dataclass(frozen=True)
class DeskRow:
    """An association with its profile, for who looks after it."""

    id: int
    slug: str
    name: str
    tax_code: str
    kind: AssociationKind
    state: AssociationState
    municipality_code: str | None
    municipality_name: str | None
    district_name: str | None
    area_names: list[str]
    enrolled_on: date | None
    profile_updated_on: date | None
    version: int
    profile: ProfileValues

    @property
    def is_public(self) -> bool:
        """Everybody can read its page."""
        return self.state is not AssociationState.REMOVED


def get_desk(slug: str) -> DeskRow:
    """Return an association as its desk shows it; raises `NotFoundError`."""
    association = get_association_by_slug(slug)
    return DeskRow(
        id=association.id,
        slug=association.slug,
        name=association.name,
        tax_code=association.tax_code,
        kind=association.kind,
        state=association.state,
        municipality_code=association.municipality_code,
        municipality_name=association.municipality.name if association.municipality else None,
        district_name=association.district.name if association.district else None,
        area_names=[area.name for area in association.areas],
        enrolled_on=association.enrolled_on,
        profile_updated_on=association.profile_updated_on,
        version=association.version,
        profile=profile_of(association),
    )


def profile_of(association: Association) -> ProfileValues:
    """Return what an association says of itself now."""
    return ProfileValues(
        acronym=association.acronym,
        description=association.description,
        areas=tuple(sorted(area.code for area in association.areas)),
        district_id=association.district_id,
        address=association.address,
        email=association.email,
        phone=association.phone,
        website=association.website,
    )
