"""How often one may try: generous for an address that many share, strict for one account."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Response, current_app, request
from flask import session as browser_session

from portal.accounts.credentials import normalise_email
from portal.config import Settings
from portal.core.extensions import limiter

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Pace:
    """How many in which time; a demo is tried by few people in a hurry."""

    usual: str
    demo: str

    def __call__(self) -> str:
        """Return the pace of this installation (asked at each request)."""
        settings: Settings = current_app.extensions["portal_settings"]
        return self.demo if settings.is_demo else self.usual


FAILURES_PER_ACCOUNT = Pace("10 per 15 minutes", "30 per minute")
FAILURES_PER_ADDRESS = Pace("100 per 15 minutes", "600 per minute")


def _is_refused(response: Response) -> bool:
    return response.status_code == 422  # noqa: PLR2004 - an invalid form


def account_asked_for() -> str:
    """Return the key of the account a request is about: the address typed, or the one waiting."""
    typed = request.form.get("email") or browser_session.get("code_for") or ""
    try:
        return f"account:{normalise_email(typed)}"
    except ValueError:
        return f"nobody:{request.remote_addr}"


def limit_failures(view: View) -> View:
    """Count refused attempts only: whoever knows the password may enter as often as needed."""
    per_account = limiter.limit(
        FAILURES_PER_ACCOUNT, key_func=account_asked_for, deduct_when=_is_refused
    )
    per_address = limiter.limit(FAILURES_PER_ADDRESS, deduct_when=_is_refused)
    return cast("View", per_address(per_account(view)))
