"""Tables of places and of what happens in them."""

from portal.places.models.initiatives import Initiative, Occurrence
from portal.places.models.places import Place

__all__ = ["Initiative", "Occurrence", "Place"]
