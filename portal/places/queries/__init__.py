"""Reading places and what happens in them."""

from portal.places.queries.places import (
    PlaceChoice,
    PlaceDetail,
    PlaceFilter,
    PlaceRow,
    count_places,
    count_places_of,
    find_place_by_slug,
    get_place_by_slug,
    list_place_choices,
    list_place_links,
    list_places,
    search_places,
)

__all__ = [
    "PlaceChoice",
    "PlaceDetail",
    "PlaceFilter",
    "PlaceRow",
    "count_places",
    "count_places_of",
    "find_place_by_slug",
    "get_place_by_slug",
    "list_place_choices",
    "list_place_links",
    "list_places",
    "search_places",
]
