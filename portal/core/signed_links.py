"""Links that mails carry: signed, for one purpose, good for a while.

A link says what it is about and nobody can change it; whether it has been used is a question to
the row it names. Only what may stand in a mail belongs into its payload: it is signed, not secret.
"""

import hmac
from datetime import timedelta
from hashlib import sha256
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from portal.core.clock import utc_now

LETTERS_TO_TYPE = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two that are not taken for another when read off a screen: no O, 0, I, 1."""
LENGTH_TO_TYPE = 8


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


def short_code(purpose: str, number: int) -> str:
    """Return a code of eight letters and figures that stands for `number` and nobody can guess.

    For people to type, shown as two groups of four; who has it has it, it is as good as its page.
    """
    secret = str(current_app.secret_key).encode()
    digest = hmac.digest(secret, f"{purpose}:{number}".encode(), sha256)
    value = int.from_bytes(digest[:5], "big")
    size = len(LETTERS_TO_TYPE)
    letters = [LETTERS_TO_TYPE[value // size**n % size] for n in range(LENGTH_TO_TYPE)]
    return "".join(letters[:4]) + "-" + "".join(letters[4:])


def read_short_code(typed: str) -> str:
    """Return what somebody typed as `short_code` writes it, whatever case and spaces they used."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    return f"{letters[:4]}-{letters[4:]}"


def _serializer(purpose: str) -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=f"signed-link:{purpose}")
