"""Flask-Security, set up for the portal: its primitives, not its pages (ADR 0016)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from flask import Flask, current_app, session
from flask_security import Security, SQLAlchemyUserDatastore, UserMixin, hash_password
from flask_security.totp import Totp
from passlib.totp import TotpMatch

from portal.accounts.models import User
from portal.accounts.queries import find_user_of_session
from portal.config import Settings
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import db

CODE_LASTS = timedelta(minutes=10)
CONFIRMATION_LASTS = timedelta(days=3)
RECOVERY_LASTS = timedelta(days=1)

SESSION_KEY = "session_key"
"""Key in the browser's session of what tells it from all others."""

LandingAddress = Callable[[Actor], str]

ARGON2 = {"time_cost": 2, "memory_cost": 19 * 1024, "parallelism": 1}
"""OWASP's second choice: about 40 ms here, where the library's default takes 190."""
ARGON2_IN_TESTS = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}


class PortalTotp(Totp):
    """Codes by e-mail: by the portal's clock, and each once."""

    def __init__(self, secrets: dict[str, str], issuer: str) -> None:
        """Make the factory; the library's own always asks the computer's clock."""
        super().__init__(secrets, issuer)
        self._totp = self._totp.using(now=lambda: utc_now().timestamp())

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the time step of the last code this person used."""
        return cast("User", user).last_code_counter

    def set_last_counter(self, user: UserMixin, tmatch: TotpMatch) -> None:
        """Remember the time step of the code just used: it and older ones are void."""
        cast("User", user).last_code_counter = tmatch.counter


def install_sign_in(app: Flask, *, landing_address: LandingAddress) -> None:
    """Give `app` accounts: sessions, passwords, codes by e-mail.

    `landing_address` says where a person's work is, for who signs in without a page to return to.
    """
    settings: Settings = app.extensions["portal_settings"]
    app.config.from_mapping(_library_config(settings))
    # Filling in the registration faster than this is no person's work; a demo is shown by tools.
    app.config["PORTAL_FASTEST_REGISTRATION_SECONDS"] = 0 if settings.is_demo else 2
    datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type] # no role table
    security = Security(app, datastore, register_blueprint=False, totp_cls=PortalTotp)
    # Sessions only: the library would also take tokens from headers and addresses.
    security.login_manager.user_loader(_load_user)
    security.login_manager.request_loader(lambda _request: None)
    app.extensions["portal_landing_address"] = landing_address
    with app.app_context():
        app.extensions["portal_dummy_hash"] = hash_password("nobody has this password")
    app.extensions["portal_dummy_secret"] = security.totp_factory.generate_totp_secret()


def _load_user(user_key: str) -> User | None:
    user = find_user_of_session(user_key, session.get(SESSION_KEY, ""))
    if user is None:
        # Whose it was is not signed anew with today's date: what has ended grows too old.
        session.pop("_user_id", None)
    return user


def _library_config(settings: Settings) -> dict[str, Any]:
    costs = ARGON2_IN_TESTS if settings.is_testing else ARGON2
    return {
        # argon2 salts each password itself. Without the library's second hash, a changed
        # SECRET_KEY ends sessions and links but nobody's password.
        "SECURITY_PASSWORD_SINGLE_HASH": True,
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{k}": v for k, v in costs.items()},
        "SECURITY_PASSWORD_REQUIRED": False,
        # In links: what it hashes is long and random, so that speed harms nobody.
        "SECURITY_HASHING_SCHEMES": ["hex_sha256"],
        "SECURITY_CONFIRM_EMAIL_WITHIN": CONFIRMATION_LASTS,
        "SECURITY_RESET_PASSWORD_WITHIN": RECOVERY_LASTS,
        "SECURITY_UNIFIED_SIGNIN": True,
        "SECURITY_US_ENABLED_METHODS": ["email"],
        "SECURITY_TOTP_SECRETS": {"1": settings.secret_key},
        "SECURITY_TOTP_ISSUER": "portal",
        "SECURITY_JOIN_USER_ROLES": False,
    }


def landing_address_of(actor: Actor) -> str:
    """Return where `actor`'s work is."""
    address: LandingAddress = current_app.extensions["portal_landing_address"]
    return address(actor)


def dummy_secret() -> str:
    """Return the secret of codes that nobody is sent, for the same reason."""
    return str(current_app.extensions["portal_dummy_secret"])


def dummy_hash() -> str:
    """Return the hash of no one's password, to spend on unknown people the time of known ones."""
    return str(current_app.extensions["portal_dummy_hash"])
