"""Proving who one is: by password, by a code sent to the address."""

from flask_security import verify_password
from flask_security.proxies import _security as security

from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email
from portal.accounts.sign_in import dummy_hash
from portal.core.access import Actor


def sign_in_with_password(*, actor: Actor, email: str, password: str) -> User | None:
    """Return the person with this address and password, or None.

    Unknown address, no password, wrong one, address not confirmed, account closed: one answer,
    and the same time spent. `email` is normalised.
    """
    del actor  # nobody yet
    user = find_user_by_email(email)
    given = security.password_util.normalize(password)
    if user is None or user.password is None:
        verify_password(given, dummy_hash())
        return None
    if not user.verify_and_update_password(given):
        return None
    return user if user.active and user.confirmed_at is not None else None
