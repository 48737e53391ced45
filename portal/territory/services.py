"""Loading the territory a city works in."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from portal.core.database import session
from portal.territory.models import District, Municipality, MunicipalityAlias, Neighbourhood
from portal.territory.spelling import normalised_spelling


def load_municipalities(*, names: Mapping[str, str], outlines: Mapping[str, str]) -> None:
    """Write the municipalities, ISTAT code → name, and their boundaries, code → `d` of a path.

    Known codes get the new name, and the new boundary where there is one. Boundaries of
    municipalities without a name here are left out.
    """
    statement = insert(Municipality).values(
        [
            {"istat_code": code, "name": name, "outline": outlines.get(code)}
            for code, name in names.items()
        ]
    )
    new = statement.excluded
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["istat_code"],
            set_={"name": new.name, "outline": func.coalesce(new.outline, Municipality.outline)},
        )
    )


def load_municipality_aliases(*, aliases: Mapping[str, str]) -> None:
    """Write other spellings and former names of municipalities, spelling → ISTAT code."""
    statement = insert(MunicipalityAlias).values(
        [
            {"spelling": normalised_spelling(name), "istat_code": code}
            for name, code in aliases.items()
        ]
    )
    session().execute(
        statement.on_conflict_do_update(
            index_elements=["spelling"], set_={"istat_code": statement.excluded.istat_code}
        )
    )


def load_districts(*, districts: Mapping[str, tuple[str, Sequence[str]]], valid_from: date) -> None:
    """Write districts, code → (name, neighbourhoods), as they are from `valid_from`.

    A district already known for that day is left as staff may have changed it.
    """
    known = set(session().scalars(select(District.code).where(District.valid_from == valid_from)))
    for code, (name, neighbourhoods) in districts.items():
        if code in known:
            continue
        session().add(
            District(
                code=code,
                name=name,
                valid_from=valid_from,
                neighbourhoods=[
                    Neighbourhood(name=n, valid_from=valid_from) for n in neighbourhoods
                ],
            )
        )
    session().flush()
