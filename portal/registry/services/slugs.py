"""Addresses of profiles."""

from collections.abc import Collection

from sqlalchemy import or_, select

from portal.core.database import session
from portal.core.text import slugify
from portal.registry.models import Association

_WITHOUT_LETTERS = "associazione"


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
    return pick_slug(base, set(taken))
