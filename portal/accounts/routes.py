"""Sign-in, registration, personal area."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

accounts = Blueprint("accounts", __name__)


@accounts.get("/accedi")
@requires(Permission.ACCOUNT_ENTER)
def sign_in() -> Response:
    """Show the ways to sign in."""
    return render_page("accounts/sign_in.html")
