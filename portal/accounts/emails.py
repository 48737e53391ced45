"""Mails of the accounts.

A double tap is one event: keys hold the half minute, or what the event has made.
"""

from hashlib import sha256

from portal.accounts.erasure import Leaver
from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import sign

SECONDS_OF_ONE_TAP = 30
GIVEN_EMAIL_LINK = "accounts-given-email"
"""Purpose of the link that confirms an address given at the front desk."""


def mail_confirmation(user: User, *, token: str, next_address: str) -> None:
    """Send the link that confirms the address."""
    queue_mail(
        event_key=f"account:{user.id}:confirm:{_half_minute()}",
        to=user.email,
        template="accounts/confirm",
        locale=user.locale,
        name=user.display_name,
        link=absolute_url("accounts.show_confirmation", token=token, next=next_address or None),
    )


def mail_given_email(user: User, *, address: str) -> None:
    """Send the link by which who was added at the front desk confirms an address and comes in."""
    token = sign(GIVEN_EMAIL_LINK, [user.id, address])
    queue_mail(
        # Another address is another mail, however soon a slip is mended.
        event_key=f"account:{user.id}:given_email:{_digest(address)}:{_half_minute()}",
        to=address,
        template="accounts/given_email",
        locale=user.locale,
        name=user.display_name,
        link=absolute_url("accounts.show_confirmation", token=token),
    )


def mail_already_registered(user: User) -> None:
    """Tell who registers again that the account is there."""
    queue_mail(
        event_key=f"account:{user.id}:already_registered:{_half_minute()}",
        to=user.email,
        template="accounts/already_registered",
        locale=user.locale,
        name=user.display_name,
        sign_in_link=absolute_url("accounts.sign_in"),
        recovery_link=absolute_url("accounts.show_recovery"),
    )


def mail_code(user: User, *, code: str, minutes: int) -> None:
    """Send a code, good for `minutes`."""
    queue_mail(
        event_key=f"account:{user.id}:code:{_digest(user.us_totp_secrets or '', code)}",
        to=user.email,
        template="accounts/code",
        locale=user.locale,
        name=user.display_name,
        code=code,
        minutes=minutes,
        link=absolute_url("accounts.show_code_form"),
    )


def mail_no_account(email: str, *, locale: str) -> None:
    """Tell somebody unknown, who asked for a code or a new password, that there is no account."""
    queue_mail(
        event_key=f"no_account:{_digest(email)}:{_half_minute()}",
        to=email,
        template="accounts/no_account",
        locale=locale,
        email=email,
        link=absolute_url("accounts.show_registration"),
    )


def mail_recovery(user: User, *, token: str) -> None:
    """Send the link that lets one choose a new password."""
    queue_mail(
        event_key=f"account:{user.id}:recovery:{_half_minute()}",
        to=user.email,
        template="accounts/recovery",
        locale=user.locale,
        name=user.display_name,
        link=absolute_url("accounts.show_new_password", token=token),
    )


def mail_password_changed(user: User) -> None:
    """Tell a person that the password was changed: if it was somebody else, there is a way back."""
    queue_mail(
        event_key=f"account:{user.id}:password_changed:{_digest(user.fs_uniquifier)}",
        to=user.email,
        template="accounts/password_changed",
        locale=user.locale,
        name=user.display_name,
        link=absolute_url("accounts.show_recovery"),
    )


def mail_staff_welcome(user: User, *, link: str) -> None:
    """Send a colleague the link to choose a first password."""
    queue_mail(
        event_key=f"account:{user.id}:staff_welcome:{_digest(link)}",
        to=user.email,
        template="accounts/staff_welcome",
        locale=user.locale,
        name=user.display_name,
        link=link,
    )


def mail_account_erased(leaver: Leaver, *, locale: str) -> None:
    """Tell who erased their account that it is done; nothing of the mail is kept once it left."""
    queue_mail(
        event_key=f"account:{leaver.id}:erased",
        to=leaver.email,
        template="accounts/erased",
        locale=locale,
        extras=MailExtras(is_dropped_once_sent=True),
        name=leaver.name,
        registration_link=absolute_url("accounts.show_registration"),
        privacy_link=absolute_url("home.show_privacy"),
    )


def _half_minute() -> int:
    return int(utc_now().timestamp()) // SECONDS_OF_ONE_TAP


def _digest(*parts: str) -> str:
    return sha256("\n".join(parts).encode()).hexdigest()[:24]
