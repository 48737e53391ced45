"""Proposals that look like the one being written, while it is written."""

from flask import Response, request

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.core.text import without_forbidden_characters
from portal.laboratories import queries
from portal.laboratories.routes.blueprint import laboratories
from portal.permissions import Permission

LONGEST_TYPED = 150


@laboratories.get("/laboratori/<slug>/proposte/simili")
@requires(Permission.PORTAL_READ)
def list_similar(slug: str) -> Response:
    """Show what is already proposed in the city under a title like this one."""
    laboratory = queries.get_laboratory(slug)
    title = without_forbidden_characters(request.args.get("title", ""))[:LONGEST_TYPED]
    return render_page(
        "laboratories/similar_proposals.html",
        partial="laboratories/_similar.html",
        laboratory=laboratory,
        title=title,
        similar=queries.find_similar_proposals(laboratory_id=laboratory.id, title=title),
    )
