"""New accounts."""

from collections.abc import Sequence
from typing import cast

from flask_security.confirmable import generate_confirmation_token
from flask_security.proxies import _datastore as datastore
from sqlalchemy.exc import IntegrityError

from portal.accounts.credentials import normalise_email
from portal.accounts.emails import mail_already_registered, mail_confirmation
from portal.accounts.models import User
from portal.accounts.queries import (
    find_account_facts,
    find_user_by_email,
    read_confirmation_link,
)
from portal.accounts.services.passwords import hash_of
from portal.accounts.services.roles import grant_role
from portal.accounts.states import LinkState
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import constraint_name
from portal.core.history import record_step
from portal.permissions import Role
from portal.territory.queries import list_districts

HISTORY = "user_account"
EMAIL_CONSTRAINT = "uq_user_account_email"


def register_account(
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None,
    locale: str,
    next_address: str = "",
) -> None:
    """Make an account to be confirmed by the link that is mailed; `email` is normalised.

    Where there is one already, its owner gets a mail instead and nothing tells the asker. Where
    it was never confirmed, nobody knows which of two people chose the password: it is dropped,
    and the link is sent again.
    """
    del actor  # nobody yet
    hashed = hash_of(password) if password else None
    user = find_user_by_email(email, is_locked=True)
    if user is None:
        user = _insert(email=email, name=name, hashed=hashed, locale=locale)
        if user is not None:
            record_step(actor=find_account_facts(user), subject_kind=HISTORY, subject_id=user.id,
                        action="register")  # fmt: skip
            _mail_link(user, next_address)
            return
        # Somebody else registered the same address a moment before us.
        user = find_user_by_email(email, is_locked=True)
    if user is not None and user.confirmed_at is None:
        user.password = None
        _mail_link(user, next_address)
    elif user is not None:
        mail_already_registered(user)
    session().flush()


def confirm_account(*, actor: Actor, token: str) -> User | None:
    """Confirm the address a link was sent to and return its owner; None where it does nothing."""
    del actor  # nobody yet
    link = read_confirmation_link(token, is_locked=True)
    if link.state is not LinkState.VALID or link.user is None:
        return None
    if link.user.given_email is not None:
        link.user.email, link.user.given_email = link.user.given_email, None
    confirm(link.user)
    record_step(actor=find_account_facts(link.user), subject_kind=HISTORY,
                subject_id=link.user.id, action="confirm")  # fmt: skip
    session().flush()
    return link.user


def create_account(
    *,
    actor: Actor,
    email: str,
    name: str,
    password: str | None = None,
    roles: Sequence[Role] = (),
    district_codes: Sequence[str] = (),
) -> Actor:
    """Make a confirmed account on somebody's behalf and return it as an actor.

    An architect gets the role for each of `district_codes`. Raises `ValueError` for an address
    or a district that does not exist; an address in use is refused by the database.
    """
    user = _add(
        email=normalise_email(email),
        name=name,
        hashed=hash_of(password) if password else None,
        locale="it",
    )
    confirm(user)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=user.id, action="create")
    for role in roles:
        for district_id in district_ids_of(district_codes) if role is Role.ARCHITECT else [None]:
            grant_role(actor=actor, user_id=user.id, role=role, district_id=district_id)
    session().refresh(user, ["role_assignments"])
    return find_account_facts(user)


def confirm(user: User) -> None:
    """Note that the address is the person's own."""
    user.confirmed_at = utc_now()


def district_ids_of(codes: Sequence[str]) -> list[int]:
    """Return the ids of today's districts by code; raises `ValueError` naming an unknown one."""
    known = {district.code: district.id for district in list_districts()}
    for code in codes:
        if code not in known:
            raise ValueError(code)
    return [known[code] for code in codes]


def _insert(*, email: str, name: str, hashed: str | None, locale: str) -> User | None:
    try:
        with session().begin_nested():
            return _add(email=email, name=name, hashed=hashed, locale=locale)
    except IntegrityError as error:
        if constraint_name(error) == EMAIL_CONSTRAINT:
            return None
        raise


def _add(*, email: str, name: str, hashed: str | None, locale: str) -> User:
    user = datastore.create_user(email=email, display_name=name, locale=locale, password=hashed)
    return cast("User", user)


def _mail_link(user: User, next_address: str) -> None:
    mail_confirmation(user, token=generate_confirmation_token(user), next_address=next_address)
