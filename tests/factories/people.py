"""Invented people."""

from itertools import count

from portal.accounts.models import RoleAssignment, User
from portal.accounts.queries import find_account_facts
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import db
from portal.permissions import Role

_numbers = count(1)


def make_user(
    *, email: str | None = None, name: str = "Ada Prova", roles: tuple[Role, ...] = (),
    district_id: int | None = None, is_confirmed: bool = True, locale: str = "it",
    has_email: bool = True,
) -> User:  # fmt: skip
    """Store a person whose e-mail is confirmed, with the roles asked for."""
    number = next(_numbers)
    user = User(
        email=(email or f"persona{number}@example.org") if has_email else None,
        display_name=name,
        locale=locale,
        active=True,
        confirmed_at=utc_now() if is_confirmed else None,
        fs_uniquifier=f"uniquifier-{number}",
        role_assignments=[
            RoleAssignment(role=role, district_id=district_id if role is Role.ARCHITECT else None)
            for role in roles
        ],
    )
    db.session.add(user)
    db.session.commit()
    return user


def actor_of(user: User) -> Actor:
    """Return `user` as an actor, without memberships."""
    return find_account_facts(user)
