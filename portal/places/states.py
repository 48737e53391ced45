"""Kinds of place."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """What a place is; the words for people stand in `components/place_kind.html`."""

    SOCIAL_CENTRE = "social_centre"
    NEIGHBOURHOOD_HOUSE = "neighbourhood_house"
    OTHER = "other"
