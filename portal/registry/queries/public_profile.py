"""The profile of an association as everybody reads it: nothing of it is private."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import MediaType, StoredFile
from portal.core.text import short_name
from portal.registry.freshness import Freshness, freshness
from portal.registry.meeting_times import MeetingLine, meeting_lines
from portal.registry.models import Association
from portal.registry.queries.associations import get_association_by_slug
from portal.registry.states import AssociationKind, AssociationState, RuntsSection

PICTURES = (MediaType.JPEG, MediaType.PNG)


@dataclass(frozen=True)
class PublicProfile:
    """What the page of a public association shows."""

    id: int
    slug: str
    name: str
    acronym: str | None
    tax_code: str
    kind: AssociationKind
    state: AssociationState
    enrolled_on: date | None
    municipality_name: str | None
    district_name: str | None
    area_names: tuple[str, ...]
    description: str | None
    purposes: str | None
    audience: str | None
    meeting_lines: tuple[MeetingLine, ...]
    email: str | None
    phone: str | None
    website: str | None
    address: str | None
    legal_representative: str | None
    """With the initial of the last name only."""
    section: RuntsSection | None
    runts_number: int | None
    runts_enrolled_on: date | None
    logo_id: int | None
    """Another one when the picture changes."""
    source: str | None
    source_year: int | None
    profile_updated_on: date | None
    freshness: Freshness


@dataclass(frozen=True)
class Logo:
    """The picture of a public association."""

    media_type: MediaType
    sha256: str
    content: bytes


def get_public_profile(slug: str) -> PublicProfile:
    """Return the profile of a public association; raises `NotFoundError`."""
    association = get_association_by_slug(slug)
    if association.state is AssociationState.REMOVED:
        raise NotFoundError
    return public_profile_of(association)


def public_profile_of(association: Association) -> PublicProfile:
    """Return what everybody may read of an association with its municipality and areas."""
    place, district = association.municipality, association.district
    person = association.legal_representative
    return PublicProfile(
        id=association.id,
        slug=association.slug,
        name=association.name,
        acronym=association.acronym,
        tax_code=association.tax_code,
        kind=association.kind,
        state=association.state,
        enrolled_on=association.enrolled_on,
        municipality_name=place.name if place else None,
        district_name=district.name if district else None,
        area_names=tuple(area.name for area in association.areas),
        description=association.description,
        purposes=association.purposes,
        audience=association.audience,
        meeting_lines=tuple(meeting_lines(association.meeting_times)),
        email=association.email,
        phone=association.phone,
        website=association.website,
        address=association.address,
        legal_representative=short_name(person) if person else None,
        section=association.section,
        runts_number=association.runts_number,
        runts_enrolled_on=association.runts_enrolled_on,
        logo_id=association.logo_id,
        source=association.source,
        source_year=association.source_year,
        profile_updated_on=association.profile_updated_on,
        freshness=freshness(association.profile_updated_on, local_today()),
    )


def find_successor_slug(slug: str) -> str | None:
    """Return the address of the public association that this one was merged into, or None.

    Mergers are followed to the end; a removed end, and a circle, lead nowhere.
    """
    chain = (
        select(Association.id, Association.merged_into_id)
        .where(Association.slug == slug, Association.merged_into_id.is_not(None))
        .cte("chain", recursive=True)
    )
    step = select(Association.id, Association.merged_into_id).join(
        chain, chain.c.merged_into_id == Association.id
    )
    # UNION drops what was seen already, so that a circle ends.
    whole = chain.union(step)
    return session().scalar(
        select(Association.slug)
        .join(whole, whole.c.id == Association.id)
        .where(Association.state != AssociationState.REMOVED)
    )


def get_logo(slug: str) -> Logo:
    """Return the picture of a public association; raises `NotFoundError`."""
    row = (
        session()
        .execute(
            select(StoredFile.media_type, StoredFile.sha256, StoredFile.content)
            .join(Association, Association.logo_id == StoredFile.id)
            .where(
                Association.slug == slug,
                Association.state != AssociationState.REMOVED,
                StoredFile.media_type.in_(PICTURES),
            )
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    return Logo(*row)
