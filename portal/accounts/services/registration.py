"""New accounts."""

from collections.abc import Sequence
from typing import cast

from flask_security import hash_password
from flask_security.proxies import _datastore as datastore
from flask_security.proxies import _security as security

from portal.accounts.credentials import normalise_email
from portal.accounts.models import User
from portal.accounts.queries import find_account_facts
from portal.accounts.services.roles import grant_role
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.history import record_step
from portal.permissions import Role
from portal.territory.queries import list_districts

HISTORY = "user_account"


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
    or a district that does not exist, `RuleBrokenError` (at flush) for an address in use.
    """
    user = add_user(email=normalise_email(email), name=name, password=password)
    user.confirmed_at = utc_now()
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=user.id, action="create")
    for role in roles:
        for district_id in district_ids_of(district_codes) if role is Role.ARCHITECT else [None]:
            grant_role(actor=actor, user_id=user.id, role=role, district_id=district_id)
    session().refresh(user, ["role_assignments"])
    return find_account_facts(user)


def add_user(*, email: str, name: str, password: str | None, locale: str = "it") -> User:
    """Add an unconfirmed account to the session; `email` is normalised already."""
    user = datastore.create_user(
        email=email,
        display_name=name,
        locale=locale,
        password=hash_of(password) if password else None,
    )
    return cast("User", user)


def hash_of(password: str) -> str:
    """Return the argon2 hash of a password, after Unicode normalisation."""
    return str(hash_password(security.password_util.normalize(password)))


def district_ids_of(codes: Sequence[str]) -> list[int]:
    """Return the ids of today's districts by code; raises `ValueError` naming an unknown one."""
    known = {district.code: district.id for district in list_districts()}
    for code in codes:
        if code not in known:
            raise ValueError(code)
    return [known[code] for code in codes]
