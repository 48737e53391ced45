"""An association's profile: its fields, which of them the office checks, what differs. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from typing import Any, NamedTuple

from portal.registry.states import AssociationKind


class Officer(NamedTuple):
    """Somebody with an office in the association."""

    name: str
    role: str


@dataclass(frozen=True)
class ProfileValues:
    """All that an association writes about itself, in the order of the form."""

    description: str | None
    acronym: str | None
    purposes: str | None
    audience: str | None
    areas: tuple[str, ...]
    """Codes of the areas of activity, sorted."""
    meeting_times: str | None
    email: str | None
    phone: str | None
    website: str | None
    officers: tuple[Officer, ...]
    name: str
    tax_code: str
    kind: AssociationKind
    municipality_code: str | None
    district_id: int | None
    address: str | None
    legal_representative: str | None
    certified_email: str | None


SENSITIVE = frozenset(
    {
        "name", "tax_code", "kind", "municipality_code", "district_id", "address",
        "legal_representative", "certified_email",
    }
)  # fmt: skip
"""What an association is before the law: the office looks at a change before everybody does."""

TEXTS = frozenset({"description", "purposes", "audience", "meeting_times", "officers"})
"""Long enough for a difference word by word."""

PROFILE_FIELDS = tuple(f.name for f in fields(ProfileValues))


def changed_fields(before: ProfileValues, after: ProfileValues) -> list[str]:
    """Return the names of the fields in which two profiles differ, in the order of the form."""
    return [name for name in PROFILE_FIELDS if getattr(before, name) != getattr(after, name)]


def as_json(values: ProfileValues, names: Iterable[str]) -> dict[str, object]:
    """Return these fields as JSON holds them; `with_json` is the way back."""
    return {name: _to_json(getattr(values, name)) for name in names}


def with_json(values: ProfileValues, written: Mapping[str, object]) -> ProfileValues:
    """Return `values` with what JSON holds in its place; fields that exist no more are ignored."""
    known = {name: value for name, value in written.items() if name in PROFILE_FIELDS}
    read: dict[str, Any] = {name: _from_json(name, value) for name, value in known.items()}
    return replace(values, **read)


def _to_json(value: object) -> object:
    if isinstance(value, tuple):
        return [v._asdict() if isinstance(v, Officer) else v for v in value]
    return str(value) if isinstance(value, StrEnum) else value


def _from_json(name: str, value: Any) -> object:  # noqa: ANN401 - whatever JSON holds
    match name:
        case "areas":
            return tuple(sorted(value))
        case "officers":
            return officers_from(value)
        case "kind":
            return AssociationKind(value)
        case _:
            return value


def officers_from(rows: Iterable[Mapping[str, str]]) -> tuple[Officer, ...]:
    """Return officers as the table holds them."""
    return tuple(Officer(row.get("name", ""), row.get("role", "")) for row in rows)


def write_officers(officers: Iterable[Officer]) -> str:
    """Return officers as people read them, a line each."""
    return "\n".join(f"{officer.name}, {officer.role}" for officer in officers)


class ProfileGap(StrEnum):
    """Something an association should add; the page words it."""

    NO_DESCRIPTION = "no_description"
    NO_AREAS = "no_areas"
    NO_CONTACT = "no_contact"


def find_profile_gaps(profile: ProfileValues) -> list[ProfileGap]:
    """Return what is missing in a profile, the most useful first."""
    checks = {
        ProfileGap.NO_DESCRIPTION: not profile.description,
        ProfileGap.NO_CONTACT: not (profile.email or profile.phone or profile.website),
        ProfileGap.NO_AREAS: not profile.areas,
    }
    return [gap for gap, is_missing in checks.items() if is_missing]
