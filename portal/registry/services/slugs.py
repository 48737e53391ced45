"""Addresses of profiles."""

from collections import Counter
from collections.abc import Collection

from sqlalchemy import or_, select

from portal.core.database import session
from portal.core.text import slugify
from portal.registry.models import Association

_WITHOUT_LETTERS = "associazione"
_RESERVED = frozenset({"mappa", "richiesta", "richieste", "rivendicazioni"})
"""What else stands below `/registro/`."""


def slug_base(name: str) -> str:
    """Return the address a name would like to have (a name may hold no letter at all)."""
    return slugify(name) or _WITHOUT_LETTERS


def pick_slug(base: str, taken: Collection[str]) -> str:
    """Return `base`, or with the first number from 2 on that makes it differ from `taken`."""
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


def unused_slug(name: str) -> str:
    """Return an address for a new association that no other has."""
    base = slug_base(name)
    taken = session().scalars(
        select(Association.slug).where(
            or_(Association.slug == base, Association.slug.startswith(f"{base}-"))
        )
    )
    return pick_slug(base, _RESERVED | set(taken))


class SlugBook:
    """Addresses for many new associations in one go: those in use are read once."""

    def __init__(self) -> None:
        """Read the addresses in use when the first is asked for."""
        self._taken: set[str] | None = None
        self._numbers: Counter[str] = Counter()

    def take(self, name: str) -> str:
        """Return an address that no association has, and keep it from being given again."""
        if self._taken is None:
            self._taken = {*_RESERVED, *session().scalars(select(Association.slug))}
        base = slug_base(name)
        slug = base
        while slug in self._taken:
            self._numbers[base] += 1
            slug = f"{base}-{self._numbers[base] + 1}"
        self._taken.add(slug)
        return slug
