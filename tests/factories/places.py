"""Invented places."""

from itertools import count

from portal.core.access import PORTAL
from portal.core.database import db
from portal.core.text import slugify
from portal.places.queries import PlaceDetail, get_place_by_slug
from portal.places.services import PlaceFacts, load_places
from portal.places.states import PlaceKind

_numbers = count(1)


def make_place(
    name: str | None = None, *, kind: PlaceKind = PlaceKind.SOCIAL_CENTRE, **facts
) -> PlaceDetail:
    """Store a place and return it as its page shows it."""
    name = name or f"Centro inventato {next(_numbers)}"
    load_places(actor=PORTAL, places=[PlaceFacts(name=name, kind=kind, **facts)])
    db.session.commit()
    return get_place_by_slug(slugify(name) or "luogo")
