"""What everybody can read: the list and the profiles."""

from flask import Response

from portal.core.access import requires
from portal.core.caching import HoldsFor, revalidated
from portal.core.htmx import render_page
from portal.permissions import Permission
from portal.registry.routes import registry


@registry.get("/registro/")
@requires(Permission.PORTAL_READ)
@revalidated(HoldsFor.DAY)
def list_associations() -> Response:
    """Show the associations."""
    return render_page("layouts/page.html")
