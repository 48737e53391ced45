"""Facts about accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.permissions import Role


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, and in which language."""

    email: str
    name: str
    locale: str


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


def find_user_of_session(session_key: str) -> User | None:
    """Return the person of a session with the roles (one query), or None when it has ended."""
    if not session_key:
        return None
    statement = (
        select(User)
        .where(User.fs_uniquifier == session_key, User.active)
        .options(joinedload(User.role_assignments))
    )
    return session().scalars(statement).unique().one_or_none()


def find_user_by_email(email: str) -> User | None:
    """Return the account of a normalised address, confirmed or not."""
    return session().scalar(select(User).where(func.lower(User.email) == email))


def count_accounts() -> int:
    """Return how many people have an account."""
    return session().scalar(select(func.count()).select_from(User)) or 0


def find_recipient(user_id: int) -> Recipient:
    """Return whom to write to; raises `NotFoundError` where nobody has that id."""
    found = recipients_of([user_id]).get(user_id)
    if found is None:
        raise NotFoundError
    return found


def recipients_of(user_ids: Iterable[int]) -> dict[int, Recipient]:
    """Return whom to write to by id, in one query; unknown ids are left out."""
    rows = session().execute(
        select(User.id, User.email, User.display_name, User.locale).where(User.id.in_(user_ids))
    )
    return {row.id: Recipient(row.email, row.display_name, row.locale) for row in rows}
