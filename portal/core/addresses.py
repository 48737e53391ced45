"""Addresses: what they may hold, and where one may be sent on to."""

from urllib.parse import urlsplit

from flask import Flask
from werkzeug.routing import IntegerConverter, Map, UnicodeConverter, ValidationError

from portal.core.text import has_forbidden_characters

LARGEST_ID = 2**63 - 1
"""PostgreSQL's bigint: a larger number names nothing."""
LONGEST_PART = 200
LONGEST_NEXT = 2_000


class IdConverter(IntegerConverter):
    """`<int:…>` that no row can have is an address that does not exist."""

    def __init__(self, map: Map, max: int = LARGEST_ID) -> None:  # noqa: A002 - Werkzeug's names
        """Allow what a primary key can be."""
        super().__init__(map, max=max)


class TextConverter(UnicodeConverter):
    """`<…>` with characters nobody types, zero bytes among them, does not exist either."""

    def __init__(self, map: Map, maxlength: int = LONGEST_PART) -> None:  # noqa: A002 - Werkzeug's names
        """Allow as many characters as any slug has."""
        super().__init__(map, maxlength=maxlength)

    def to_python(self, value: str) -> str:
        """Return `value`; refuse it where it holds what the database would refuse."""
        if has_forbidden_characters(value):
            raise ValidationError
        return value


def install_addresses(app: Flask) -> None:
    """Give `app` its converters; before the first blueprint."""
    app.url_map.converters.update(int=IdConverter, default=TextConverter, string=TextConverter)


def local_address(value: str | None, default: str = "/") -> str:
    """Return `value` if it is an address of this portal, else `default`.

    For every `next` a visitor brings along. A browser reads `//host`, a backslash for a slash and
    skips tabs and line ends: all of these are refused.
    """
    if not value or len(value) > LONGEST_NEXT or not value.startswith("/"):
        return default
    if "\\" in value or has_forbidden_characters(value) or any(c.isspace() for c in value):
        return default
    try:
        parts = urlsplit(value)
    except ValueError:
        return default
    is_elsewhere = parts.scheme or parts.netloc or value.startswith("//")
    return default if is_elsewhere else value
