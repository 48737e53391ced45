"""What the list of associations is asked for, as conditions of the database."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    cast,
    exists,
    false,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from portal.core.clock import local_today
from portal.core.database import session
from portal.registry.models import (
    ActivityArea,
    Association,
    association_activity_area,
)
from portal.registry.queries.search import (
    plain_word,
    text_search,
)
from portal.registry.states import AssociationKind, AssociationState
from portal.territory.models import District, Municipality

# A constant and not a parameter: only so may the planner use the indexes of what is public.
_IS_PUBLIC = Association.state != literal_column(f"'{AssociationState.REMOVED.value}'")


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
    order: str = ""

    def count_filters(self) -> int:
        """Return how many filters besides the words are set."""
        filters = (self.municipality_code, self.district_code, self.area_code, self.kind)
        return sum(1 for value in filters if value)


@dataclass(frozen=True)
class Reference:
    """Names of everything the list can be filtered by: filter → code → name."""

    names: Mapping[str, Mapping[str, str]]
    district_ids: Mapping[str, int]


@dataclass(frozen=True)
class Search:
    """The filter with its words as a query; None where no words are asked for."""

    wanted: AssociationFilter
    query: ColumnElement[str] | None
    district_id: int | None

    def conditions(self, table: Any, *, besides: str = "") -> list[ColumnElement[bool]]:  # noqa: ANN401 - a table, an entity or a subquery
        """Return what the filters (all but `besides`) ask of `table`."""
        wanted = {
            "municipality": (table.municipality_code, self.wanted.municipality_code),
            "kind": (table.kind, self.wanted.kind),
            "district": (table.district_id, self.district_id),
        }
        return [
            column == value
            for name, (column, value) in wanted.items()
            if name != besides and value not in ("", None)
        ]


def load_reference() -> Reference:
    today = local_today()
    none = cast(null(), BigInteger)
    rows = (
        session()
        .execute(
            union_all(
                select(literal("municipality"), Municipality.istat_code, Municipality.name, none),
                select(
                    literal("area"), ActivityArea.code, ActivityArea.name, ActivityArea.position
                ),
                select(literal("district"), District.code, District.name, District.id).where(
                    District.valid_from <= today,
                    or_(District.valid_until.is_(None), District.valid_until > today),
                ),
            )
        )
        .all()
    )
    places = sorted((r for r in rows if r[0] == "municipality"), key=lambda r: plain_word(r[2]))
    areas = sorted((r for r in rows if r[0] == "area"), key=lambda r: (r[3], r[1]))
    districts = sorted((r for r in rows if r[0] == "district"), key=lambda r: r[2])
    return Reference(
        names={
            "municipality": {r[1]: r[2] for r in places},
            "district": {r[1]: r[2] for r in districts},
            "area": {r[1]: r[2] for r in areas},
            # Worded by the page.
            "kind": {kind.value: "" for kind in AssociationKind},
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
        order=wanted.order if wanted.order in set(AssociationOrder) else "",
    )


def prepare_search(wanted: AssociationFilter, reference: Reference) -> Search:
    query = None
    if wanted.text:
        query = text_search(wanted.text, reference.names["municipality"])
    return Search(wanted, query, reference.district_ids.get(wanted.district_code))


def matching(search: Search) -> list[ColumnElement[bool]]:
    """Return what the words ask for."""
    if not search.wanted.text:
        return [_IS_PUBLIC]
    if search.query is None:
        # Something was typed, but neither a letter nor a digit.
        return [false()]
    return [_IS_PUBLIC, Association.search_vector.op("@@")(search.query)]


def filtered(search: Search) -> list[ColumnElement[bool]]:
    """Return what words and filters ask for."""
    conditions = [*matching(search), *search.conditions(Association)]
    if search.wanted.area_code:
        conditions.append(
            exists().where(
                association_activity_area.c.association_id == Association.id,
                association_activity_area.c.area_code == search.wanted.area_code,
            )
        )
    return conditions
