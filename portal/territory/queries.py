"""Municipalities, districts and neighbourhoods, as they are on a day."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import selectinload

from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.territory.models import District, Municipality, MunicipalityAlias, Neighbourhood
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


@dataclass(frozen=True)
class NeighbourhoodRow:
    """A neighbourhood within its district on a day."""

    id: int
    name: str
    valid_from: date
    valid_until: date | None


@dataclass(frozen=True)
class DistrictDetail(DistrictRow):
    """A district with its neighbourhoods on a day."""

    valid_from: date
    valid_until: date | None
    """The first day without it."""
    neighbourhoods: tuple[NeighbourhoodRow, ...]


def list_territory(day: date) -> list[DistrictDetail]:
    """Return the districts as they are, were or will be on `day`, each with its neighbourhoods."""
    statement = (
        select(District)
        .where(*_is_valid(District, day))
        .options(selectinload(District.neighbourhoods))
        .order_by(District.name, District.id)
    )
    return [_as_detail(district, day) for district in session().scalars(statement)]


def get_district(district_id: int) -> DistrictDetail:
    """Return a district as it is today, ended ones on their last day; raises `NotFoundError`."""
    district = session().get(District, district_id)
    if district is None:
        raise NotFoundError
    day = max(local_today(), district.valid_from)
    if district.valid_until is not None:
        day = min(day, district.valid_until - timedelta(days=1))
    return _as_detail(district, day)


def get_neighbourhood(neighbourhood_id: int) -> tuple[NeighbourhoodRow, DistrictRow]:
    """Return a neighbourhood and its district; raises `NotFoundError`."""
    neighbourhood = session().get(Neighbourhood, neighbourhood_id)
    if neighbourhood is None:
        raise NotFoundError
    district = neighbourhood.district
    return _as_neighbourhood(neighbourhood), DistrictRow(district.id, district.code, district.name)


def list_changing_days() -> list[date]:
    """Return the days on which districts or neighbourhoods changed or will, newest first."""
    days: set[date] = set()
    for model in (District, Neighbourhood):
        for column in (model.valid_from, model.valid_until):
            days.update(d for d in session().scalars(select(column).distinct()) if d is not None)
    return sorted(days, reverse=True)


def _is_valid(
    model: type[District] | type[Neighbourhood], day: date
) -> tuple[ColumnElement[bool], ...]:
    return (
        model.valid_from <= day,
        or_(model.valid_until.is_(None), model.valid_until > day),
    )


def _as_detail(district: District, day: date) -> DistrictDetail:
    return DistrictDetail(
        id=district.id,
        code=district.code,
        name=district.name,
        valid_from=district.valid_from,
        valid_until=district.valid_until,
        neighbourhoods=tuple(
            _as_neighbourhood(n)
            for n in district.neighbourhoods
            if n.valid_from <= day and (n.valid_until is None or n.valid_until > day)
        ),
    )


def _as_neighbourhood(neighbourhood: Neighbourhood) -> NeighbourhoodRow:
    return NeighbourhoodRow(
        neighbourhood.id,
        neighbourhood.name,
        neighbourhood.valid_from,
        neighbourhood.valid_until,
    )
