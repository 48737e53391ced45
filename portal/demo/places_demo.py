"""The real social centres of Reggio Emilia: names and addresses, nothing invented."""

import json
from pathlib import Path

from portal.core.access import PORTAL
from portal.places.services import PlaceFacts, load_places
from portal.places.states import PlaceKind

FILE = Path(__file__).parent / "data" / "places_reggio_emilia.json"


def seed_places() -> None:
    """Write the places of the file beside; those already known are left alone."""
    found = json.loads(FILE.read_text(encoding="utf-8"))["places"]
    facts = [
        PlaceFacts(
            name=place["name"],
            kind=PlaceKind.SOCIAL_CENTRE,
            address=place.get("address"),
            district_code=place.get("district"),
        )
        for place in found
    ]
    load_places(actor=PORTAL, places=facts)
