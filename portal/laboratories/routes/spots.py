"""Where proposals are: the map as a picture, the map of a laboratory, picking a spot."""

from flask import Response, make_response, render_template, request

from portal.core.access import requires
from portal.core.errors import NotFoundError
from portal.core.htmx import render_page
from portal.laboratories import queries
from portal.laboratories.queries.neighbourhoods import get_city_map, list_spots
from portal.laboratories.routes.blueprint import laboratories
from portal.laboratories.routes.proposal_pages import (
    form_page,
    own_proposal,
    proposal_form,
    take_spot,
)
from portal.laboratories.spot_map import spread_pins
from portal.permissions import Permission

PICTURE_SECONDS = 3_600
SVG = "image/svg+xml"


@laboratories.get("/laboratori/<slug>/proposte/mappa.svg")
@requires(Permission.PORTAL_READ)
def draw_map(slug: str) -> Response:
    """Draw the city, and the spot that the address names, for the form and for pages."""
    laboratory = queries.get_laboratory(slug)
    city_map = get_city_map(laboratory.facts.district_ids)
    if city_map is None:
        raise NotFoundError
    x, y = (request.args.get(name, type=int) for name in ("x", "y"))
    spot = None if x is None or y is None else city_map.keep(x, y)
    drawn = render_template("laboratories/spot_map.svg", city_map=city_map, spot=spot)
    response = make_response(drawn)
    response.mimetype = SVG
    response.cache_control.public = True
    response.cache_control.max_age = PICTURE_SECONDS
    return response


@laboratories.get("/laboratori/<slug>/proposte/mappa")
@requires(Permission.PROPOSAL_READ)
def show_map(slug: str) -> Response:
    """Show the proposals of a laboratory on the map, and the same as a list."""
    laboratory = queries.get_laboratory(slug)
    spots = list_spots(laboratory.id)
    city_map = get_city_map(laboratory.facts.district_ids)
    on_map = [row for row in spots if row.spot is not None]
    pins = spread_pins(city_map, [row.spot for row in on_map if row.spot]) if city_map else []
    return render_page(
        "laboratories/proposal_map.html",
        laboratory=laboratory,
        city_map=city_map,
        on_map=on_map,
        pins=list(zip(on_map, pins, strict=True)) if city_map else [],
        elsewhere=[row for row in spots if row.spot is None],
    )


@laboratories.post("/laboratori/<slug>/proposte/nuova/punto")
@requires(Permission.PROPOSAL_WRITE)
def pick_spot(slug: str) -> Response:
    """Show the form again with the spot that was tapped, and everything typed."""
    laboratory = queries.get_laboratory(slug)
    form = proposal_form(laboratory)
    take_spot(form, get_city_map(laboratory.facts.district_ids))
    return form_page(form, laboratory, partial="laboratories/_spot.html")


@laboratories.post("/laboratori/<slug>/proposte/<int:proposal_id>/modifica/punto")
@requires(Permission.PROPOSAL_EDIT)
def pick_spot_again(slug: str, proposal_id: int) -> Response:
    """The same for a proposal that exists."""
    proposal = own_proposal(slug, proposal_id)
    laboratory = queries.get_laboratory(slug)
    form = proposal_form(laboratory)
    take_spot(form, get_city_map(laboratory.facts.district_ids))
    return form_page(form, laboratory, proposal, partial="laboratories/_spot.html")
