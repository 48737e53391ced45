"""Facts about accounts."""

from portal.accounts.models import User
from portal.core.access import Actor
from portal.permissions import Role


def find_account_facts(user: User) -> Actor:
    """Return `user` as an actor, with roles and districts; memberships are added above."""
    assignments = user.role_assignments
    return Actor(
        id=user.id,
        name=user.display_name,
        email=user.email,
        roles=frozenset({Role.CITIZEN, *(a.role for a in assignments)}),
        district_ids=frozenset(a.district_id for a in assignments if a.district_id),
        locale=user.locale,
    )
