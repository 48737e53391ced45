"""How many associations each filter of the list would find."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    select,
    union_all,
)

from portal.core.database import session
from portal.core.pagination import count_rows
from portal.registry.models import (
    Association,
    AssociationCount,
    association_activity_area,
)
from portal.registry.queries.filters import (
    AssociationFilter,
    Reference,
    Search,
    filtered,
    matching,
)

MOST_COUNTED = 1_000
"""Associations a search counts; of more it says "more than", because finding out how many of
100,000 names hold a common word costs more than the page."""


@dataclass(frozen=True)
class Choice:
    """One value of a filter; `number` is how many would be found, None where not counted."""

    code: str
    name: str
    number: int | None
    is_chosen: bool


Counts = dict[str, dict[str, int]]
"""Filter → code → number."""


def count_by_filter(search: Search) -> Counts:
    """Count by filter and code: what each value of a filter would find, the others as they are.

    `found` is without filters, `total` with all of them, `whole` the registry.
    """
    wanted, source = search.wanted, _counted(search)
    number = func.sum(source.number)
    in_area = source.area_code == wanted.area_code
    nothing = cast(literal(""), String)

    def counted(name: str, code: Any, *where: ColumnElement[bool]) -> Select[Any]:  # noqa: ANN401 - a column or a constant
        return select(literal(name), code, number).where(*where).group_by(code)

    parts = [
        select(literal("whole"), nothing, func.sum(AssociationCount.number)).where(
            AssociationCount.area_code == ""
        ),
        select(literal("found"), nothing, number).where(source.area_code == ""),
        select(literal("total"), nothing, number).where(in_area, *search.conditions(source)),
        counted("area", source.area_code, source.area_code != "", *search.conditions(source)),
    ]
    for name, column in (
        ("municipality", source.municipality_code),
        ("kind", source.kind),
        ("district", cast(source.district_id, String)),
    ):
        parts.append(counted(name, column, in_area, *search.conditions(source, besides=name)))
    counts: Counts = defaultdict(dict)
    for name, code, found in session().execute(union_all(*parts)):
        if found:
            counts[name][code] = int(found)
    return counts


def _counted(search: Search) -> Any:  # noqa: ANN401 - columns of a table or of a subquery
    """Return the columns to count: of the kept counts, or of what the words find."""
    if not search.wanted.text:
        return AssociationCount
    a, link = Association, association_activity_area.c
    hits = (
        select(
            a.id,
            func.coalesce(a.municipality_code, "").label("municipality_code"),
            a.kind,
            func.coalesce(a.district_id, 0).label("district_id"),
        )
        .where(*matching(search))
        .limit(MOST_COUNTED + 1)
        .cte("hits")
    )
    columns = (hits.c.municipality_code, hits.c.kind, hits.c.district_id)
    return (
        union_all(
            select(*columns, cast(literal(""), String).label("area_code"), _ONE),
            select(*columns, link.area_code, _ONE).join(
                association_activity_area, link.association_id == hits.c.id
            ),
        )
        .cte("counted")
        .c
    )


_ONE = literal(1).label("number")


def count_filtered(search: Search) -> int:
    """Count what words and filters find, up to one more than `MOST_COUNTED`."""
    return count_rows(select(Association.id).where(*filtered(search)).limit(MOST_COUNTED + 1))


def list_choices(
    wanted: AssociationFilter, counts: Counts, reference: Reference
) -> dict[str, tuple[Choice, ...]]:
    """Return what the list can be narrowed by; without `counts` every value, not counted."""
    chosen = {
        "municipality": wanted.municipality_code,
        "district": wanted.district_code,
        "area": wanted.area_code,
        "kind": wanted.kind,
    }
    keys = {"district": {code: str(i) for code, i in reference.district_ids.items()}}
    result = {}
    for name, names in reference.names.items():
        numbers = counts.get(name, {})
        made = [
            Choice(
                code,
                words,
                numbers.get(keys.get(name, {}).get(code, code), 0) if counts else None,
                code == chosen[name],
            )
            for code, words in names.items()
        ]
        result[name] = tuple(c for c in made if c.number or c.is_chosen or not counts)
    return result
