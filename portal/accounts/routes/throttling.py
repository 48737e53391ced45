"""How often one may try: generous for an address that many share, strict for one account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, request
from flask import session as browser_session

from portal.accounts.credentials import normalise_email
from portal.config import Settings
from portal.core.access import current_actor
from portal.core.extensions import limiter

View = TypeVar("View", bound=Callable[..., Any])

CODE_FOR = "code_for"
"""Key of the session that holds the address a code was asked for."""


@dataclass(frozen=True)
class Pace:
    """How many in which time; a demo is tried by few people in a hurry."""

    usual: str
    demo: str

    def __call__(self) -> str:
        """Return the pace of this installation (asked at each request)."""
        settings: Settings = current_app.extensions["portal_settings"]
        return self.demo if settings.is_demo else self.usual


WRONG_PASSWORDS_PER_ACCOUNT = Pace("10 per 15 minutes", "30 per minute")
# Five of a million codes, of which twenty are good at a time: one guess in ten thousand.
WRONG_CODES_PER_ACCOUNT = Pace("5 per 15 minutes", "5 per 15 minutes")
FAILURES_PER_ADDRESS = Pace("100 per 15 minutes", "600 per minute")
MAILS_PER_ACCOUNT = Pace("5 per 15 minutes", "30 per minute")
MAILS_PER_ADDRESS = Pace("60 per hour", "600 per minute")


def account_asked_for() -> str:
    """Return the key of the account a request is about.

    One's own when signed in, else the address typed, else the one waiting for its code.
    """
    typed = request.form.get("email") or browser_session.get(CODE_FOR) or ""
    try:
        return f"account:{normalise_email(current_actor().email or typed)}"
    except ValueError:
        return f"nobody:{request.remote_addr}"


def limit_wrong_passwords(view: View) -> View:
    """Count refused attempts only: who knows the password may enter as often as needed."""
    return _limit_failures(view, "passwords", WRONG_PASSWORDS_PER_ACCOUNT)


def limit_wrong_codes(view: View) -> View:
    """Count wrong codes."""
    return _limit_failures(view, "codes", WRONG_CODES_PER_ACCOUNT)


def limit_mails(view: View) -> View:
    """Count whatever sends a mail to an address somebody typed."""
    per_account = limiter.shared_limit(
        MAILS_PER_ACCOUNT, scope="mails", key_func=account_asked_for, methods=["POST"]
    )
    per_address = limiter.shared_limit(MAILS_PER_ADDRESS, scope="mails", methods=["POST"])
    return cast("View", per_address(per_account(view)))


def _limit_failures(view: View, scope: str, pace: Pace) -> View:
    per_account = limiter.shared_limit(
        pace, scope=scope, key_func=account_asked_for, deduct_when=_has_failed
    )
    per_address = limiter.shared_limit(FAILURES_PER_ADDRESS, scope=scope, deduct_when=_has_failed)
    return cast("View", per_address(per_account(view)))


def note_failed_proof() -> None:
    """Count this request: a password or code was wrong (a form only badly filled in is not)."""
    g.has_failed_proof = True


def _has_failed(_response: Response) -> bool:
    return bool(g.get("has_failed_proof"))
