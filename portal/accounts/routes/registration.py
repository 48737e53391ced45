"""Registration."""

from flask import Response

from portal.accounts.routes.blueprint import accounts
from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission


@accounts.get("/registrati")
@requires(Permission.ACCOUNT_ENTER)
def show_registration() -> Response:
    """Show the form."""
    return render_page("layouts/page.html")


@accounts.get("/recupera")
@requires(Permission.ACCOUNT_ENTER)
def show_recovery() -> Response:
    """Show the form."""
    return render_page("layouts/page.html")


@accounts.post("/accedi/nuovo-codice")
@requires(Permission.ACCOUNT_ENTER)
def send_code() -> Response:
    """Send a code."""
    return render_page("layouts/page.html")
