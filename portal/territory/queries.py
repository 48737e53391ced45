"""Lists of municipalities and districts."""

from dataclasses import dataclass

from sqlalchemy import or_, select

from portal.core.clock import local_today
from portal.core.database import session
from portal.territory.models import District, Municipality, MunicipalityAlias
from portal.territory.spelling import normalised_spelling

CITY_CODE = "035033"
"""ISTAT code of the municipality whose districts these are: Reggio nell'Emilia."""
PROVINCE = "RE"
"""The province whose municipalities these are, in the two letters of vehicle plates."""


@dataclass(frozen=True)
class DistrictRow:
    """A district as a choice in a form or filter."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class MunicipalityRow:
    """A municipality as a choice in a form or filter."""

    istat_code: str
    name: str


@dataclass(frozen=True)
class OutlineRow(MunicipalityRow):
    """A municipality on a map."""

    outline: str | None
    """Its boundary as the `d` of an SVG path; None: not known."""


def list_outlines() -> list[OutlineRow]:
    """Return all municipalities of the province with their boundaries, by name."""
    rows = session().execute(
        select(Municipality.istat_code, Municipality.name, Municipality.outline).order_by(
            Municipality.name
        )
    )
    return [OutlineRow(*row) for row in rows]


def list_municipalities() -> list[MunicipalityRow]:
    """Return all municipalities of the province by name."""
    rows = session().execute(
        select(Municipality.istat_code, Municipality.name).order_by(Municipality.name)
    )
    return [MunicipalityRow(*row) for row in rows]


def list_districts() -> list[DistrictRow]:
    """Return the districts of today by name."""
    today = local_today()
    rows = session().execute(
        select(District.id, District.code, District.name)
        .where(
            District.valid_from <= today,
            or_(District.valid_until.is_(None), District.valid_until > today),
        )
        .order_by(District.name, District.id)
    )
    return [DistrictRow(*row) for row in rows]


def get_municipality_spellings() -> dict[str, str]:
    """Return ISTAT codes by the spellings of the names, the aliases of lists among them."""
    aliases = session().execute(select(MunicipalityAlias.spelling, MunicipalityAlias.istat_code))
    known = {normalised_spelling(spelling): code for spelling, code in aliases}
    return known | {normalised_spelling(m.name): m.istat_code for m in list_municipalities()}


def has_municipality_aliases() -> bool:
    """Say whether any other spelling of a municipality is known."""
    return session().scalar(select(MunicipalityAlias.spelling).limit(1)) is not None
