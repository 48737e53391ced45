"""What everybody can read: the list and the profiles."""

from flask import Response, request

from portal.core.access import current_actor, requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.errors import NotFoundError
from portal.core.htmx import render_page
from portal.core.pagination import requested_page, requested_text
from portal.permissions import Permission
from portal.registry import policies, queries
from portal.registry.queries import AssociationFilter
from portal.registry.routes import registry
from portal.registry.states import AssociationState


@registry.get("/registro/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.DAY)
def list_associations() -> Response:
    """Show the public associations, by words and filters; values that do not exist are ignored."""
    typed = requested_text()
    asked = AssociationFilter(
        text=typed,
        municipality_code=request.args.get("comune", ""),
        district_code=request.args.get("ambito", ""),
        area_code=request.args.get("area", ""),
        kind=request.args.get("tipo", ""),
        order=request.args.get("ordina", ""),
    )
    directory = queries.find_in_directory(asked, page=requested_page())
    return render_page(
        "registry/association_list.html",
        partial="registry/_association_results.html",
        directory=directory,
        wanted=directory.wanted,
        typed=typed,
        filters_on=directory.wanted.count_filters(),
    )


@registry.get("/registro/<slug>")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.DAY)
def show_association(slug: str) -> Response:
    """Show the profile of a public association."""
    association = queries.get_association_by_slug(slug)
    if association.state is AssociationState.REMOVED:
        raise NotFoundError
    return render_page(
        "registry/association_detail.html",
        association=association,
        represents=policies.actor_represents_association(current_actor(), association),
    )
