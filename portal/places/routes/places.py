"""Social centres and houses: the list, one place."""

from urllib.parse import quote

from flask import Response

from portal.core.access import can, current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.htmx import render_page
from portal.core.pagination import requested_choice, requested_page, requested_text
from portal.permissions import Permission
from portal.places import queries
from portal.places.queries import PlaceDetail, PlaceFilter
from portal.places.queries.initiatives import list_initiatives_of_place
from portal.places.routes.blueprint import places
from portal.places.states import PlaceKind
from portal.territory.queries import list_districts

MAP = "https://www.openstreetmap.org"
CITY = "Reggio Emilia"


@places.get("/luoghi/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.MINUTE)
def list_places() -> Response:
    """Show the places, by words, district and kind."""
    districts = list_districts()
    kind = requested_choice("tipo", set(PlaceKind))
    wanted = PlaceFilter(
        text=requested_text(),
        kind=PlaceKind(kind) if kind else None,
        district_code=requested_choice("ambito", {d.code for d in districts}),
        page=requested_page(),
    )
    return render_page(
        "places/place_list.html",
        partial="places/_results.html",
        page=queries.list_places(wanted),
        wanted=wanted,
        districts=districts,
        kinds=list(PlaceKind),
    )


@places.get("/luoghi/<slug>")
@requires(Permission.PORTAL_READ)
def show_place(slug: str) -> Response:
    """Show what is known of one place, and what happens in it."""
    place = queries.get_place_by_slug(slug)
    return render_page(
        "places/place_detail.html",
        place=place,
        initiatives=list_initiatives_of_place(place.id),
        map_address=_map_address(place),
        looks_after=current_actor().is_signed_in and can(Permission.INITIATIVE_EDIT, place),
    )


def _map_address(place: PlaceDetail) -> str:
    """Return where to see it on OpenStreetMap: the very spot, or a search for the address."""
    if place.latitude is not None:
        spot = f"mlat={place.latitude}&mlon={place.longitude}"
        return f"{MAP}/?{spot}#map=18/{place.latitude}/{place.longitude}"
    return f"{MAP}/search?query={quote(f'{place.address or place.name}, {CITY}')}"
