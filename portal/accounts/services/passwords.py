"""Choosing and changing passwords."""

from flask_security import hash_password
from flask_security.proxies import _datastore as datastore
from flask_security.proxies import _security as security
from flask_security.recoverable import generate_reset_password_token

from portal.accounts.emails import mail_no_account, mail_password_changed, mail_recovery
from portal.accounts.models import User
from portal.accounts.queries import (
    find_account_facts,
    find_user_by_email,
    get_user,
    read_recovery_link,
)
from portal.accounts.states import LinkState
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.history import record_step
from portal.core.mail import absolute_url

HISTORY = "user_account"


def hash_of(password: str) -> str:
    """Return the argon2 hash of a password, after Unicode normalisation."""
    return str(hash_password(security.password_util.normalize(password)))


def request_recovery(*, actor: Actor, email: str, locale: str) -> None:
    """Mail a link to choose a new password, or, where nobody has an account, how to get one."""
    del actor  # nobody yet
    user = find_user_by_email(email)
    if user is None or not user.active:
        mail_no_account(email, locale=locale)
        return
    mail_recovery(user, token=generate_reset_password_token(user))


def reset_password(*, actor: Actor, token: str, password: str) -> User | None:
    """Set the password of the person a link was sent to; None where the link does nothing.

    The link came by mail, so it proves the address too.
    """
    del actor  # nobody yet
    link = read_recovery_link(token, is_locked=True)
    if link.state is not LinkState.VALID or link.user is None:
        return None
    if link.user.confirmed_at is None:
        link.user.confirmed_at = utc_now()
    _set_password(find_account_facts(link.user), link.user, password, action="reset_password")
    return link.user


def change_password(
    *, actor: Actor, current_password: str | None, new_password: str
) -> User | None:
    """Set a person's own password and end all sessions; None where the present one is wrong.

    Who has no password yet needs none to choose the first.
    """
    user = get_user(actor.account_id, is_locked=True)
    if user.password is not None:
        given = security.password_util.normalize(current_password or "")
        if not user.verify_and_update_password(given):
            return None
    _set_password(actor, user, new_password, action="change_password")
    return user


def make_password_link(user: User) -> str:
    """Return the absolute address where `user` chooses a password."""
    return absolute_url("accounts.show_new_password", token=generate_reset_password_token(user))


def _set_password(actor: Actor, user: User, password: str, *, action: str) -> None:
    user.password = hash_of(password)
    # Sessions and links name this key: with a new one, all of them end.
    datastore.set_uniquifier(user)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=user.id, action=action)
    mail_password_changed(user)
