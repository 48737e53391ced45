"""Where a person's work is, for who signs in without a page to return to."""

from flask import url_for

from portal.core.access import Actor
from portal.permissions import Role

OFFICE = (Role.STAFF, Role.ARCHITECT, Role.ADMINISTRATOR)


def landing_address(actor: Actor) -> str:
    """Return the queue for who answers it, else the personal area."""
    if actor.has_role(*OFFICE):
        return url_for("moderation.show_queue")
    return url_for("home.show_personal_area")
