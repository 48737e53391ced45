"""What the list of associations is asked for, as conditions of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from urllib.parse import urlencode

from sqlalchemy import (
    ColumnElement,
    exists,
    literal_column,
    text,
)

from portal.core.clock import local_today
from portal.core.database import session
from portal.registry.models import (
    Association,
    association_activity_area,
)
from portal.registry.queries.search import search_terms, text_query
from portal.registry.states import AssociationKind, AssociationState, RuntsSection

# A constant and not a parameter: only so may the planner use the indexes of what is public.
_IS_PUBLIC = Association.__table__.c.state != literal_column(f"'{AssociationState.REMOVED.value}'")


class AssociationOrder(StrEnum):
    """Orders of the list, as they stand in addresses."""

    RELEVANCE = "attinenza"
    NAME = "nome"
    RECENT = "recenti"


@dataclass(frozen=True)
class AssociationFilter:
    """What the list is asked for; empty strings ask for nothing."""

    text: str = ""
    municipality_code: str = ""
    district_code: str = ""
    area_code: str = ""
    kind: str = ""
    section: str = ""
    order: str = ""

    def count_filters(self) -> int:
        """Return how many filters besides the words are set."""
        filters = (self.municipality_code, self.district_code, self.area_code)
        return sum(1 for value in (*filters, self.kind, self.section) if value)

    @property
    def query(self) -> str:
        """The filter as it stands in addresses, with its question mark; empty for none."""
        pairs = (
            ("q", self.text),
            ("comune", self.municipality_code),
            ("ambito", self.district_code),
            ("area", self.area_code),
            ("tipo", self.kind),
            ("sezione", self.section),
            ("ordina", self.order),
        )
        set_ones = [(name, value) for name, value in pairs if value]
        return f"?{urlencode(set_ones)}" if set_ones else ""

    def query_with(self, municipality_code: str) -> str:
        """Return the same for one municipality."""
        return replace(self, municipality_code=municipality_code).query


@dataclass(frozen=True)
class Reference:
    """Names of everything the list can be filtered by: filter → code → name."""

    names: Mapping[str, Mapping[str, str]]
    district_ids: Mapping[str, int]


@dataclass(frozen=True)
class Search:
    """The filter as the database is asked."""

    wanted: AssociationFilter
    terms: str
    """Words as terms of a `tsquery`; empty where none are asked for, or none was a word."""
    district_id: int | None


# Asked for by every page of the list: written out, it costs no building.
_REFERENCE = text(
    """
    SELECT 'municipality', istat_code, name, 0 FROM municipality
    UNION ALL SELECT 'area', code, name, position FROM activity_area
    UNION ALL SELECT 'district', code, name, id FROM district
    WHERE valid_from <= :today AND (valid_until IS NULL OR valid_until > :today)
    """
)


def load_reference() -> Reference:
    """Return the names of municipalities, areas and today's districts, each in its order."""
    rows = session().execute(_REFERENCE, {"today": local_today()}).all()
    places = sorted((r for r in rows if r[0] == "municipality"), key=lambda r: r[2])
    areas = sorted((r for r in rows if r[0] == "area"), key=lambda r: (r[3], r[1]))
    districts = sorted((r for r in rows if r[0] == "district"), key=lambda r: r[2])
    return Reference(
        names={
            "municipality": {r[1]: r[2] for r in places},
            "district": {r[1]: r[2] for r in districts},
            "area": {r[1]: r[2] for r in areas},
            # Worded by the page.
            "kind": {kind.value: "" for kind in AssociationKind},
            "section": {section.value: "" for section in RuntsSection},
        },
        district_ids={r[1]: r[3] for r in districts},
    )


def known_filters(wanted: AssociationFilter, reference: Reference) -> AssociationFilter:
    """Return `wanted` without values that do not exist: an old or mistyped address finds all."""
    names = reference.names

    def known(name: str, code: str) -> str:
        return code if code in names[name] else ""

    return replace(
        wanted,
        municipality_code=known("municipality", wanted.municipality_code),
        district_code=known("district", wanted.district_code),
        area_code=known("area", wanted.area_code),
        kind=known("kind", wanted.kind),
        section=known("section", wanted.section),
        order=wanted.order if wanted.order in set(AssociationOrder) else "",
    )


def prepare_search(wanted: AssociationFilter, reference: Reference) -> Search:
    """Return `wanted` with its words as terms of a query and its district by id."""
    terms = search_terms(wanted.text, reference.names["municipality"]) if wanted.text else ""
    return Search(wanted, terms, reference.district_ids.get(wanted.district_code))


def filtered(search: Search) -> list[ColumnElement[bool]]:
    """Return what words and filters ask for."""
    wanted, table = search.wanted, Association.__table__.c
    conditions = [_IS_PUBLIC]
    if wanted.text:
        conditions.append(table.search_vector.op("@@")(text_query(search.terms)))
    for column, value in (
        (table.municipality_code, wanted.municipality_code),
        (table.kind, wanted.kind),
        (table.section, wanted.section),
        (table.district_id, search.district_id),
    ):
        if value:
            conditions.append(column == value)
    if wanted.area_code:
        conditions.append(
            exists().where(
                association_activity_area.c.association_id == table.id,
                association_activity_area.c.area_code == wanted.area_code,
            )
        )
    return conditions
