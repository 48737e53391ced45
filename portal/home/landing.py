"""Where a person's work is, for who signs in without a page to return to."""

from flask import url_for

from portal.core.access import Actor
from portal.permissions import Role
from portal.registry.queries import find_first_association_of

OFFICE = (Role.STAFF, Role.ARCHITECT, Role.ADMINISTRATOR)


def landing_address(actor: Actor) -> str:
    """Return the queue for the office, the desk for a representative, else the personal area."""
    if actor.has_role(*OFFICE):
        return url_for("moderation.show_queue")
    association = find_first_association_of(actor.account_id) if actor.association_ids else None
    if association is not None:
        return url_for("registry.show_desk", slug=association.slug)
    return url_for("home.show_personal_area")
