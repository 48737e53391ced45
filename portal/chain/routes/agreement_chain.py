"""The chain of an agreement, for everybody."""

from flask import Response

from portal.chain.queries.agreement_chain import load_chain
from portal.chain.routes.blueprint import chain
from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission


@chain.get("/accordi/<slug>/filo")
@requires(Permission.PORTAL_READ)
def show_chain(slug: str) -> Response:
    """Show an agreement sheet by sheet: what it comes from, what it opened, what came of it."""
    return render_page("chain/agreement_chain.html", chain=load_chain(slug))
