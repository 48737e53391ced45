"""Links that mails carry: signed, for one purpose, good for a while.

A link says what it is about and nobody can change it; whether it has been used is a question to
the row it names. Only what may stand in a mail belongs into its payload: it is signed, not secret.
"""

from datetime import timedelta
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.core.clock import utc_now


def sign(purpose: str, payload: Any) -> str:  # noqa: ANN401 - whatever JSON can hold
    """Return `payload` (what JSON can hold) as a token that fits into an address.

    `purpose` names what the link is for: a token of one purpose is none of another.
    """
    return _serializer(purpose).dumps([int(utc_now().timestamp()), payload])


def read(purpose: str, token: str, max_age: timedelta) -> Any | None:  # noqa: ANN401 - as signed
    """Return what was signed, or None for what is not ours, of another purpose, or too old."""
    try:
        signed_at, payload = _serializer(purpose).loads(token)
    except (BadSignature, TypeError, ValueError):
        return None
    age = utc_now().timestamp() - signed_at
    return payload if age <= max_age.total_seconds() else None


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"signed-link:{purpose}")
