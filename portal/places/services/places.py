"""Writing places."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select, update

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step
from portal.core.text import slugify
from portal.places.models import Initiative, Place
from portal.places.states import PlaceKind
from portal.territory.queries import list_districts

HISTORY = "place"


@dataclass(frozen=True)
class PlaceFacts:
    """What is known of a place; None for what is not."""

    name: str
    kind: PlaceKind
    address: str | None = None
    district_code: str | None = None
    """Of a district as it is today (`a` to `h`, `centro`)."""
    managing_body: str | None = None
    managing_association_id: int | None = None
    description: str | None = None
    accessibility_notes: str | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None


def load_places(*, actor: Actor, places: Sequence[PlaceFacts]) -> int:
    """Write the places not known yet and return how many they were.

    A place is known by its name as it stands in the address; what is known is left as people may
    have changed it. Raises `KeyError` for a district that is not one of today's.
    """
    known = set(session().scalars(select(Place.slug)))
    district_ids = {district.code: district.id for district in list_districts()}
    written = []
    for facts in places:
        slug = slugify(facts.name) or "luogo"
        if slug in known:
            continue
        known.add(slug)
        place = Place(
            slug=slug,
            name=facts.name,
            kind=facts.kind,
            address=facts.address,
            district_id=district_ids[facts.district_code] if facts.district_code else None,
            managing_body=facts.managing_body,
            managing_association_id=facts.managing_association_id,
            description=facts.description,
            accessibility_notes=facts.accessibility_notes,
            latitude=facts.latitude,
            longitude=facts.longitude,
        )
        session().add(place)
        written.append(place)
    session().flush()
    for place in written:
        record_step(actor=actor, subject_kind=HISTORY, subject_id=place.id, action="load")
    session().flush()
    return len(written)


def reassign_places(*, from_id: int, to_id: int) -> None:
    """Give the places and initiatives that one association runs to another: it is the same body."""
    for runs in (Place.managing_association_id, Initiative.organiser_association_id):
        session().execute(update(runs.class_).where(runs == from_id).values({runs: to_id}))
