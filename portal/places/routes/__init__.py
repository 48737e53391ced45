"""Pages of places, of what happens in them, and of who looks after them."""

from portal.places.routes import initiative_desk, initiatives, occurrences
from portal.places.routes import places as place_pages
from portal.places.routes.blueprint import places

__all__ = ["initiative_desk", "initiatives", "occurrences", "place_pages", "places"]
