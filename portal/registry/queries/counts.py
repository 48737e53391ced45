"""How many associations each filter of the list would find."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import String, TextClause, bindparam, select, text

from portal.core.database import session
from portal.core.pagination import count_rows
from portal.registry.models import Association
from portal.registry.queries.filters import AssociationFilter, Reference, Search, filtered
from portal.registry.queries.search import TEXT_QUERY

MOST_COUNTED = 500
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


_KEPT = (
    "source AS (SELECT municipality_code, kind, section, district_id, area_code, number"
    " FROM association_count)"
)
_HITS = f"""
    hits AS MATERIALIZED (
        SELECT id, coalesce(municipality_code, '') AS municipality_code, kind,
            coalesce(section, '') AS section, coalesce(district_id, 0) AS district_id
        FROM association
        WHERE state <> 'removed' AND search_vector @@ ({TEXT_QUERY}) LIMIT {MOST_COUNTED + 1}
    ), source AS (
        SELECT municipality_code, kind, section, district_id, '' AS area_code, 1 AS number FROM hits
        UNION ALL
        SELECT municipality_code, kind, section, district_id, link.area_code, 1
        FROM hits JOIN association_activity_area AS link ON link.association_id = hits.id
    )
"""  # noqa: S608 - constants only
"""What the words find, in the shape of the kept counts."""
_CONDITIONS = {
    "municipality": "(:municipality = '' OR municipality_code = :municipality)",
    "kind": "(:kind = '' OR kind = :kind)",
    "section": "(:section = '' OR section = :section)",
    "district": "(:district = 0 OR district_id = :district)",
    "area": "area_code = :area",
}


def _all(conditions: Mapping[str, str]) -> str:
    return " AND ".join(conditions.values())


def _count_statement(tables: str) -> TextClause:
    """Return one statement for all counts: `(filter, code, number)`, each filter's without itself.

    Written out, because every page of the list asks it: building it from parts costs more than
    its answer.
    """
    parts = [
        "SELECT 'whole', '', sum(number) FROM association_count WHERE area_code = ''",
        "SELECT 'found', '', sum(number) FROM source WHERE area_code = ''",
        f"SELECT 'total', '', sum(number) FROM source WHERE {_all(_CONDITIONS)}",  # noqa: S608 - constants only
    ]
    for name, code in (
        ("municipality", "municipality_code"),
        ("kind", "kind"),
        ("section", "section"),
        ("district", "CAST(district_id AS text)"),
        ("area", "area_code"),
    ):
        others = {**_CONDITIONS, name: "area_code <> ''" if name == "area" else "true"}
        parts.append(
            f"SELECT '{name}', {code}, sum(number) FROM source"  # noqa: S608 - constants only
            f" WHERE {_all(others)} GROUP BY 2"
        )
    return text(f"WITH {tables} {' UNION ALL '.join(parts)}")


_COUNT_ALL = _count_statement(_KEPT)
_COUNT_FOUND = _count_statement(_HITS).bindparams(
    bindparam("terms", type_=String, literal_execute=True)
)


def count_by_filter(search: Search) -> Counts:
    """Count by filter and code: what each value of a filter would find, the others as they are.

    `found` is without filters, `total` with all of them, `whole` the registry.
    """
    wanted = search.wanted
    parameters: dict[str, object] = {
        "municipality": wanted.municipality_code,
        "kind": wanted.kind,
        "section": wanted.section,
        "district": search.district_id or 0,
        "area": wanted.area_code,
    }
    statement = _COUNT_ALL
    if wanted.text:
        statement, parameters["terms"] = _COUNT_FOUND, search.terms
    counts: Counts = defaultdict(dict)
    for name, code, found in session().execute(statement, parameters):
        if found:
            counts[name][code] = int(found)
    return counts


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
        "section": wanted.section,
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
