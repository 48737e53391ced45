"""Facts about accounts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from flask_security import UserMixin
from flask_security.confirmable import confirm_email_token_status
from flask_security.recoverable import reset_password_token_status
from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import joinedload

from portal.accounts.emails import GIVEN_EMAIL_LINK
from portal.accounts.models import CalendarKey, EndedSession, RoleAssignment, User
from portal.accounts.states import LinkState
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import PER_PAGE, Page, clamp_page, count_rows
from portal.core.signed_links import read
from portal.permissions import Role
from portal.territory.models import District

GIVEN_EMAIL_LASTS = timedelta(days=14)
"""Who had no address until yesterday does not read mail every day."""


@dataclass(frozen=True)
class Link:
    """A link from a mail: what it still does, and the account it is for where it is good."""

    state: LinkState
    user: User | None

    @property
    def email(self) -> str | None:
        """The address it confirms."""
        return (self.user.email or self.user.given_email) if self.user else None


@dataclass(frozen=True)
class CalendarOwner:
    """Whose calendar an address shows, and in which language."""

    user_id: int
    locale: str


@dataclass(frozen=True)
class HeldRole:
    """A role somebody holds, an architect for one district."""

    role: Role
    district_id: int | None
    district: str | None


@dataclass(frozen=True)
class PersonRow:
    """A person as the administrator sees one."""

    id: int
    name: str
    email: str
    is_confirmed: bool
    roles: tuple[HeldRole, ...]


@dataclass(frozen=True)
class Recipient:
    """Whom a mail goes to, and in which language."""

    email: str | None
    """None: a person without e-mail, who is told by phone."""
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


def find_user_of_session(user_key: str, session_key: str = "") -> User | None:
    """Return the person of a session with the roles (one query), or None when it has ended.

    `user_key` is of all sessions of a person, `session_key` of the one.
    """
    if not user_key:
        return None
    has_ended = exists().where(EndedSession.key == session_key)
    statement = (
        select(User)
        .where(User.fs_uniquifier == user_key, User.active, ~has_ended)
        .options(joinedload(User.role_assignments))
    )
    return session().scalars(statement).unique().one_or_none()


def find_user_by_email(email: str, *, is_locked: bool = False) -> User | None:
    """Return the account of a normalised address, confirmed or not; its row held if asked."""
    return _one(select(User).where(func.lower(User.email) == email), is_locked=is_locked)


def get_user(user_id: int, *, is_locked: bool = False) -> User:
    """Return an account, its row held if asked; raises `NotFoundError`."""
    user = _one(select(User).where(User.id == user_id), is_locked=is_locked)
    if user is None:
        raise NotFoundError
    return user


def has_password(user_id: int) -> bool:
    """Say whether a person has a password, or enters by code only."""
    statement = select(User.password.is_not(None)).where(User.id == user_id)
    return bool(session().scalar(statement))


def find_calendar_key(user_id: int) -> str | None:
    """Return the secret part of the address of a person's calendar, where there is one."""
    return session().scalar(select(CalendarKey.key).where(CalendarKey.user_id == user_id))


def find_calendar_owner(key: str) -> CalendarOwner | None:
    """Return whose calendar `key` opens, None where it opens none (any more)."""
    statement = select(User.id, User.locale).join(CalendarKey, CalendarKey.user_id == User.id)
    row = session().execute(statement.where(CalendarKey.key == key)).one_or_none()
    return CalendarOwner(*row) if row else None


def read_confirmation_link(token: str, *, is_locked: bool = False) -> Link:
    """Return what the link of a confirmation mail still does, and for whom."""
    given = read(GIVEN_EMAIL_LINK, token, GIVEN_EMAIL_LASTS)
    if given is not None:
        return _read_given_link(*given, is_locked=is_locked)
    is_expired, is_invalid, user = confirm_email_token_status(token)
    link = _link(user, is_expired=is_expired, is_invalid=is_invalid, is_locked=is_locked)
    if link.user is not None and link.user.confirmed_at is not None:
        return Link(LinkState.DONE, link.user)
    return link


def _read_given_link(user_id: int, address: str, *, is_locked: bool) -> Link:
    """Return what the link to an address given at the front desk still does: the last one given."""
    statement = select(User).where(User.id == user_id, User.active)
    user = _one(statement, is_locked=is_locked)
    if user is not None and user.email == address:
        return Link(LinkState.DONE, user)
    is_waiting = user is not None and user.given_email == address
    if not is_waiting or find_user_by_email(address) is not None:
        return Link(LinkState.BROKEN, None)
    return Link(LinkState.VALID, user)


def read_recovery_link(token: str, *, is_locked: bool = False) -> Link:
    """Return what the link of a recovery mail still does: once used, its key is gone."""
    is_expired, is_invalid, user = reset_password_token_status(token)
    return _link(user, is_expired=is_expired, is_invalid=is_invalid, is_locked=is_locked)


def _link(user: UserMixin | None, *, is_expired: bool, is_invalid: bool, is_locked: bool) -> Link:
    if is_expired:
        return Link(LinkState.EXPIRED, None)
    if is_invalid or user is None:
        return Link(LinkState.BROKEN, None)
    key = cast("User", user).fs_uniquifier
    found = _one(select(User).where(User.fs_uniquifier == key, User.active), is_locked=is_locked)
    return Link(LinkState.VALID if found else LinkState.BROKEN, found)


def _one(statement: Select[User], *, is_locked: bool) -> User | None:
    if is_locked:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session().scalar(statement)


def count_accounts() -> int:
    """Return how many people have an account."""
    return session().scalar(select(func.count(User.id)).where(User.erased_at.is_(None))) or 0


def list_people(text: str, *, page: int) -> Page[PersonRow]:
    """Return people whose name or address holds `text`; without text, those who hold a role."""
    statement = select(User.id, User.display_name, User.email, User.confirmed_at)
    if text:
        found = or_(
            User.display_name.icontains(text, autoescape=True),
            User.email.icontains(text, autoescape=True),
        )
        statement = statement.where(found, User.erased_at.is_(None))
    else:
        statement = statement.where(User.id.in_(select(RoleAssignment.user_id)))
    total = count_rows(statement.with_only_columns(User.id))
    number = clamp_page(page, total)
    by_name = func.f_unaccent(func.lower(User.display_name))
    rows = session().execute(
        statement.order_by(by_name, User.id).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    return Page(_with_roles(rows), number, total)


def list_staff() -> list[PersonRow]:
    """Return everybody who holds a role given by hand, by name."""
    statement = (
        select(User.id, User.display_name, User.email, User.confirmed_at)
        .where(User.id.in_(select(RoleAssignment.user_id)), User.active)
        .order_by(func.f_unaccent(func.lower(User.display_name)), User.id)
    )
    return _with_roles(session().execute(statement))


def get_person(user_id: int) -> PersonRow:
    """Return one person with the roles; raises `NotFoundError`, for an erased account too."""
    statement = select(User.id, User.display_name, User.email, User.confirmed_at)
    one = statement.where(User.id == user_id, User.erased_at.is_(None))
    rows = _with_roles(session().execute(one))
    if not rows:
        raise NotFoundError
    return rows[0]


def _with_roles(rows: Iterable[Any]) -> list[PersonRow]:
    people = list(rows)
    held: dict[int, list[HeldRole]] = {}
    statement = (
        select(RoleAssignment.user_id, RoleAssignment.role, District.id, District.name)
        .outerjoin(District, District.id == RoleAssignment.district_id)
        .where(RoleAssignment.user_id.in_([person.id for person in people]))
        .order_by(RoleAssignment.role, District.name, RoleAssignment.id)
    )
    for user_id, role, district_id, district in session().execute(statement):
        held.setdefault(user_id, []).append(HeldRole(role, district_id, district))
    return [
        PersonRow(
            p.id, p.display_name, p.email, p.confirmed_at is not None, tuple(held.get(p.id, ()))
        )
        for p in people
    ]


def get_recipient(user_id: int) -> Recipient:
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
