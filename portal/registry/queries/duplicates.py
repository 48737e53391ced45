"""Entries that are likely the same body under two names.

Two lists of a year spell a name differently, and a request brings it a third time under another
tax code. Compared are only entries of one municipality that share a word few others have, as it
stands or with one typing error: every pair of 100,000 would take minutes. Words that many have
("associazione sportiva dilettantistica") make no two names alike.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text

from portal.core.database import session
from portal.core.pagination import PER_PAGE, Page, clamp_page
from portal.registry.models import Association
from portal.registry.states import AssociationState
from portal.territory.models import Municipality

RARE = 40
"""A word in more names than this ("associazione", "sportiva") tells no two bodies apart."""
ALIKE_ENOUGH = 0.6
"""Of the words of their own, from 0 to 1."""
LEAST_ALIKE = 0.4
"""Of names, from 0 to 1: below it the page of one entry offers no other."""


@dataclass(frozen=True)
class DuplicateRow:
    """An entry, and the earlier one that is most like it."""

    id: int
    slug: str
    name: str
    tax_code: str
    other_slug: str
    other_name: str
    other_tax_code: str
    municipality: str | None
    alike: float
    """From 0 to 1; 1: the very same name."""
    further: int
    """How many more earlier entries are like it."""


@dataclass(frozen=True)
class CandidateRow:
    """An entry that may be the same body as another."""

    id: int
    slug: str
    name: str
    tax_code: str
    state: AssociationState
    municipality: str | None


_PAIRS = """
    WITH body AS MATERIALIZED (
        SELECT id, coalesce(municipality_code, '') AS place, sort_name,
            own.words AS own_words
        FROM association
        CROSS JOIN LATERAL (
            SELECT string_agg(typed.word, ' ' ORDER BY typed.place) AS words
            FROM string_to_table(sort_name, ' ') WITH ORDINALITY AS typed (word, place)
            JOIN association_word AS known
                ON known.word = typed.word AND known.number <= :rare
        ) AS own
        WHERE state <> 'removed'
    ), mark AS MATERIALIZED (
        SELECT DISTINCT body.id, body.place, key
        FROM body
        CROSS JOIN LATERAL string_to_table(body.own_words, ' ') AS typed (word)
        CROSS JOIN LATERAL unnest(association_word_keys(typed.word)) AS key
    ), pair AS (
        SELECT DISTINCT later.id AS later_id, earlier.id AS earlier_id
        FROM mark AS later
        JOIN mark AS earlier ON earlier.place = later.place AND earlier.key = later.key
            AND earlier.id < later.id
        UNION
        SELECT later.id, earlier.id
        FROM body AS later
        JOIN body AS earlier ON earlier.place = later.place
            AND earlier.sort_name = later.sort_name AND earlier.id < later.id
    ), alike AS (
        SELECT later_id, earlier_id,
            CASE WHEN later.sort_name = earlier.sort_name THEN 1
                ELSE similarity(later.own_words, earlier.own_words) END AS alike
        FROM pair
        JOIN body AS later ON later.id = later_id
        JOIN body AS earlier ON earlier.id = earlier_id
        WHERE later.sort_name = earlier.sort_name
            OR similarity(later.own_words, earlier.own_words) >= :enough
    ), best AS (
        SELECT DISTINCT ON (later_id) later_id, earlier_id, alike,
            count(*) OVER (PARTITION BY later_id) AS number
        FROM alike ORDER BY later_id, alike DESC, earlier_id
    )
"""
_LIST = text(
    f"""
    {_PAIRS}
    SELECT one.id, one.slug, one.name, one.tax_code, other.slug, other.name, other.tax_code,
        municipality.name, best.alike, best.number - 1, count(*) OVER ()
    FROM best
    JOIN association AS one ON one.id = best.later_id
    JOIN association AS other ON other.id = best.earlier_id
    LEFT JOIN municipality ON municipality.istat_code = one.municipality_code
    ORDER BY best.alike DESC, one.sort_name, one.id
    LIMIT :most OFFSET :start
    """  # noqa: S608 - constants only
)
_COUNT = text(f"{_PAIRS} SELECT count(*) FROM best")  # noqa: S608 - constants only


def list_duplicates(*, page: int) -> Page[DuplicateRow]:
    """Return entries that look like an earlier one of their municipality, the most alike first.

    Fifty bodies of one name are forty-nine rows, each beside the first of them.
    """
    rows = _duplicates(page)
    if not rows and page > 1:
        # Past the end: the last page.
        total = session().scalar(_COUNT, {"rare": RARE, "enough": ALIKE_ENOUGH}) or 0
        page = clamp_page(page, total)
        rows = _duplicates(page)
    total = rows[0][-1] if rows else 0
    return Page([DuplicateRow(*row[:-1]) for row in rows], page, total)


def count_duplicates() -> int:
    """Return how many entries look like an earlier one."""
    return session().scalar(_COUNT, {"rare": RARE, "enough": ALIKE_ENOUGH}) or 0


def _duplicates(page: int) -> list[tuple[Any, ...]]:
    rows = session().execute(
        _LIST,
        {
            "rare": RARE,
            "enough": ALIKE_ENOUGH,
            "most": PER_PAGE,
            "start": (page - 1) * PER_PAGE,
        },
    )
    return [tuple(row) for row in rows]


def list_candidates(association: Association, *, page: int) -> Page[CandidateRow]:
    """Return the entries of the same municipality whose names are most like, nearest first."""
    statement = text(
        """
        SELECT id FROM association
        WHERE state <> 'removed' AND id <> :id
            AND coalesce(municipality_code, '') = :place
            AND similarity(sort_name, :name) >= :enough
        ORDER BY similarity(sort_name, :name) DESC, sort_name, id
        """
    )
    ids = list(
        session().scalars(
            statement,
            {
                "id": association.id,
                "place": association.municipality_code or "",
                "name": association.sort_name,
                "enough": LEAST_ALIKE,
            },
        )
    )
    number = clamp_page(page, len(ids))
    shown = ids[(number - 1) * PER_PAGE : number * PER_PAGE]
    rows = session().execute(
        select(
            *(Association.id, Association.slug, Association.name, Association.tax_code),
            *(Association.state, Municipality.name),
        )
        .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
        .where(Association.id.in_(shown))
    )
    found = {row[0]: CandidateRow(*row) for row in rows}
    return Page([found[i] for i in shown if i in found], number, len(ids))
