"""An association's profile: what it may write itself, what differs, what waits for it. Pure."""

from dataclasses import dataclass, fields
from datetime import date, timedelta
from enum import StrEnum

FRESH_DAYS = 365
"""Once a year an association is asked whether all is still right."""


@dataclass(frozen=True)
class ProfileValues:
    """What an association writes about itself; name, tax code, kind and seat are not its own."""

    acronym: str | None
    description: str | None
    areas: tuple[str, ...]
    """Codes of the areas of activity, sorted."""
    district_id: int | None
    address: str | None
    email: str | None
    phone: str | None
    website: str | None


def changed_fields(before: ProfileValues, after: ProfileValues) -> list[str]:
    """Return the names of the fields in which two profiles differ, in the order of the form."""
    return [f.name for f in fields(before) if getattr(before, f.name) != getattr(after, f.name)]


class ProfileGap(StrEnum):
    """Something an association should look at; the page words it."""

    NO_DESCRIPTION = "no_description"
    NO_AREAS = "no_areas"
    NO_CONTACT = "no_contact"
    STALE = "stale"


def find_profile_gaps(
    profile: ProfileValues, *, updated_on: date | None, today: date
) -> list[ProfileGap]:
    """Return what is missing in a profile, or no longer fresh, the most useful first.

    `updated_on`: the last time the association itself looked at it; None: never, then what is
    missing says enough.
    """
    checks = {
        ProfileGap.NO_DESCRIPTION: not profile.description,
        ProfileGap.NO_CONTACT: not (profile.email or profile.phone or profile.website),
        ProfileGap.NO_AREAS: not profile.areas,
        ProfileGap.STALE: updated_on is not None and updated_on < today - timedelta(FRESH_DAYS),
    }
    return [gap for gap, is_missing in checks.items() if is_missing]
