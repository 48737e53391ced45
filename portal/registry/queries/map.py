"""The public associations by municipality, to be drawn on a map."""

from dataclasses import dataclass, replace

from sqlalchemy import func, select

from portal.core.database import session
from portal.registry.models import Association
from portal.registry.queries.counts import count_by_filter
from portal.registry.queries.filters import (
    AssociationFilter,
    Search,
    filtered,
    known_filters,
    load_reference,
    prepare_search,
)
from portal.territory.queries import list_outlines


@dataclass(frozen=True)
class MapArea:
    """A municipality with how many associations it has."""

    code: str
    name: str
    outline: str | None
    number: int


@dataclass(frozen=True)
class RegistryMap:
    """All municipalities, those with most associations first."""

    wanted: AssociationFilter
    """What was asked for besides the municipality, without values that do not exist."""
    areas: tuple[MapArea, ...]
    chosen_names: tuple[tuple[str, str, str], ...]
    """Parameter, code and name of each filter that is set; the page words those without."""

    @property
    def total(self) -> int:
        """How many associations are somewhere on the map."""
        return sum(area.number for area in self.areas)


def get_registry_map(wanted: AssociationFilter) -> RegistryMap:
    """Return the map of what words and filters find; a municipality asked for is not one."""
    reference = load_reference()
    wanted = known_filters(replace(wanted, municipality_code=""), reference)
    numbers = _count(prepare_search(wanted, reference))
    areas = [
        MapArea(place.istat_code, place.name, place.outline, numbers.get(place.istat_code, 0))
        for place in list_outlines()
    ]
    names = reference.names
    chosen = (
        ("area", wanted.area_code, names["area"]),
        ("ambito", wanted.district_code, names["district"]),
        ("tipo", wanted.kind, names["kind"]),
        ("sezione", wanted.section, names["section"]),
    )
    return RegistryMap(
        wanted,
        tuple(sorted(areas, key=lambda area: (-area.number, area.name))),
        tuple((parameter, code, known[code]) for parameter, code, known in chosen if code),
    )


def _count(search: Search) -> dict[str, int]:
    if not search.wanted.text:
        return count_by_filter(search)["municipality"]
    code = Association.municipality_code
    rows = session().execute(select(code, func.count()).where(*filtered(search)).group_by(code))
    return {place: number for place, number in rows if place}
