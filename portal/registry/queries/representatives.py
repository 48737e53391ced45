"""Who represents whom."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.database import session
from portal.registry.models import Association, Representative
from portal.registry.states import AssociationState, RepresentativeRole


@dataclass(frozen=True)
class RepresentedRow:
    """An association somebody represents, as their own pages list it."""

    id: int
    slug: str
    name: str
    role: RepresentativeRole
    since_on: date
    profile_updated_on: date | None
    is_public: bool


@dataclass(frozen=True)
class RepresentativeRow:
    """A person who represents an association, for staff and for the association itself."""

    user_id: int
    name: str
    email: str | None
    role: RepresentativeRole
    capacity: str
    since_on: date


@dataclass(frozen=True)
class Represented:
    """What a person represents today, for the rules about who may do what."""

    association_ids: frozenset[int]
    managed_ids: frozenset[int]
    """Those where the person is a manager."""


def find_represented(user_id: int) -> Represented:
    """Return the associations this person represents today (asked with every request)."""
    rows = session().execute(
        select(Representative.association_id, Representative.role).where(
            Representative.user_id == user_id, Representative.until_on.is_(None)
        )
    )
    roles = {row.association_id: row.role for row in rows}
    managed = {i for i, role in roles.items() if role is RepresentativeRole.MANAGER}
    return Represented(frozenset(roles), frozenset(managed))


def list_associations_of(user_id: int) -> list[RepresentedRow]:
    """Return the associations this person represents today, by name."""
    rows = session().execute(
        select(
            Association.id,
            Association.slug,
            Association.name,
            Representative.role,
            Representative.since_on,
            Association.profile_updated_on,
            Association.state != AssociationState.REMOVED,
        )
        .join(Association, Association.id == Representative.association_id)
        .where(Representative.user_id == user_id, Representative.until_on.is_(None))
        .order_by(Association.sort_name, Association.id)
    )
    return [RepresentedRow(*row) for row in rows]


def find_first_association_of(user_id: int) -> RepresentedRow | None:
    """Return the first of them, where its representative lands after signing in, or None."""
    return next(iter(list_associations_of(user_id)), None)


def list_representatives(association_id: int) -> list[RepresentativeRow]:
    """Return who represents an association today, who has done so longest first."""
    rows = session().execute(
        select(
            User.id,
            User.display_name,
            User.email,
            Representative.role,
            Representative.capacity,
            Representative.since_on,
        )
        .join(User, User.id == Representative.user_id)
        .where(Representative.association_id == association_id, Representative.until_on.is_(None))
        .order_by(Representative.since_on, Representative.id)
    )
    return [RepresentativeRow(*row) for row in rows]
