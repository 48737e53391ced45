"""Text that comes from outside."""

import unicodedata
from datetime import date

_INVISIBLE_ALLOWED = {"\n", "\t", "\r"}


def has_forbidden_characters(text: str) -> bool:
    """Say whether `text` holds characters no person types.

    Zero bytes (PostgreSQL refuses them), control characters, surrogates, and the marks that turn
    the direction of writing and can disguise a name.
    """
    return any(
        (unicodedata.category(c) in {"Cc", "Cs", "Co"} and c not in _INVISIBLE_ALLOWED)
        or c in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
        for c in text
    )


def without_forbidden_characters(text: str) -> str:
    """Return `text` without them (for search words, where a complaint helps nobody)."""
    return "".join(c for c in text if not has_forbidden_characters(c))


def slugify(text: str, *, longest: int = 80) -> str:
    """Return `text` as it stands in an address: lower-case ASCII words joined by hyphens."""
    letters = (c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = "".join(c if c.isascii() and c.isalnum() else " " for c in letters)
    words = plain.lower().split()
    slug = "-".join(words)
    if len(slug) > longest:
        slug = slug[:longest].rsplit("-", 1)[0]
    return slug


class FormerName(str):
    """What is read where somebody has erased their name: words, not a name to be shortened."""

    __slots__ = ()


def short_name(name: str) -> str:
    """Return a person's name as the public reads it: `Anna Prova` → `Anna P.`."""
    if isinstance(name, FormerName):
        return name
    words = name.split()
    if len(words) < 2:  # noqa: PLR2004 - a first and a last name
        return name.strip()
    initial = next((c for c in words[-1] if c.isalnum()), "")
    return f"{words[0]} {initial.upper()}." if initial else words[0]


def read_day(text: str) -> date | None:
    """Return the day that an address names (`2026-12-24`), or None for anything else."""
    try:
        return date.fromisoformat(text) if text.isascii() else None
    except ValueError:
        return None
