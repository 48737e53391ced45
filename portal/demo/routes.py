"""The demo's mailbox."""

from flask import Blueprint, Response

from portal.core.access import requires
from portal.core.htmx import render_page
from portal.permissions import Permission

demo = Blueprint("demo", __name__)


@demo.get("/demo/posta")
@requires(Permission.DEMO_READ)
def show_mailbox() -> Response:
    """Show the mail that would have been sent."""
    return render_page("layouts/page.html")
