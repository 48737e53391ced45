"""Proving who one is: by password, or by a code sent to the address.

Whoever asks gets one answer in the same time, whether the address is known or not.
"""

from dataclasses import dataclass

from flask_security import verify_password
from flask_security.proxies import _datastore as datastore
from flask_security.proxies import _security as security

from portal.accounts.emails import mail_code, mail_no_account
from portal.accounts.models import User
from portal.accounts.queries import find_account_facts, find_user_by_email
from portal.accounts.services.registration import HISTORY, confirm
from portal.accounts.sign_in import CODE_LASTS, dummy_hash, dummy_secret
from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step

METHOD = "email"


@dataclass(frozen=True)
class Entry:
    """Somebody who has proved who they are."""

    user: User
    has_lost_password: bool = False
    """True: a password set before the address was proved is gone; a new one has to be chosen."""


def sign_in_with_password(*, actor: Actor, email: str, password: str) -> Entry | None:
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
    return Entry(user) if user.active and user.confirmed_at is not None else None


def request_code(*, actor: Actor, email: str, locale: str) -> None:
    """Mail a code to this address, or, where nobody has an account, how to get one.

    A code not used yet stays good until it expires, so that a second request does not spoil the
    mail that is on its way; after one was used, codes come from a new secret.
    """
    del actor  # nobody yet
    user = find_user_by_email(email, is_locked=True)
    # Made whether needed or not: it takes time that must not tell anything.
    fresh = security.totp_factory.generate_totp_secret()
    if user is None or not user.active:
        security.totp_factory.generate_totp_password(fresh)
        mail_no_account(email, locale=locale)
        return
    secret = _secret_of(user)
    if secret is None or user.last_code_counter is not None:
        secret = fresh
        datastore.us_put_totp_secrets(user, {METHOD: secret})
        user.last_code_counter = None
    code = security.totp_factory.generate_totp_password(secret)
    mail_code(user, code=code, minutes=int(CODE_LASTS.total_seconds()) // 60)
    session().flush()


def sign_in_with_code(*, actor: Actor, email: str, code: str) -> Entry | None:
    """Return the person who was sent this code in the last ten minutes, or None.

    A code works once. It proves the address, so an account still to be confirmed is: a password
    that somebody set before, who may not be the person reading this mail, is dropped.
    """
    del actor  # nobody yet
    user = find_user_by_email(email, is_locked=True)
    secret = _secret_of(user) if user is not None and user.active else None
    window = int(CODE_LASTS.total_seconds())
    if user is None or secret is None:
        security.totp_factory.verify_totp(code, dummy_secret(), User(), window=window)
        return None
    if not security.totp_factory.verify_totp(code, secret, user, window=window):
        return None
    has_lost_password = False
    if user.confirmed_at is None:
        has_lost_password = user.password is not None
        user.password = None
        confirm(user)
        record_step(actor=find_account_facts(user), subject_kind=HISTORY, subject_id=user.id,
                    action="confirm")  # fmt: skip
    session().flush()
    return Entry(user, has_lost_password)


def _secret_of(user: User) -> str | None:
    secret = datastore.us_get_totp_secrets(user).get(METHOD)
    return str(secret) if secret else None
