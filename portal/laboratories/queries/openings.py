"""What sheets have opened and what has come of it, asked of whoever opens something."""

from collections.abc import Sequence

from sqlalchemy import func, select, tuple_, union

from portal.core.database import session
from portal.laboratories.openings import Openings, opening_sources


def load_openings(sheet_ids: Sequence[int], *, with_prepared: bool = False) -> Openings:
    """Return what sheets have opened: one statement a source and one for the people.

    `with_prepared`: also what is not public yet, for who may open something from them.
    """
    ids = sorted(set(sheet_ids))
    if not ids:
        return Openings()
    rows = tuple(
        row
        for source in opening_sources()
        for row in source.list_openings(ids)
        if with_prepared or row.is_public
    )
    if not rows:
        return Openings()
    people = _count_people(ids)
    return Openings(rows, {i: n for i, n in people.items() if i is not None}, people.get(None, 0))


def _count_people(ids: Sequence[int]) -> dict[int | None, int]:
    """Return how many different people came: of each sheet, and under None of all together."""
    # A union even of one: who came to two kinds of things still counts once.
    known = [source.participants() for source in opening_sources() if source.participants]
    found = union(*known).subquery()
    counted = (
        select(found.c.sheet_id, func.count(found.c.user_id.distinct()).label("people"))
        .where(found.c.sheet_id.in_(ids))
        .group_by(func.grouping_sets(tuple_(found.c.sheet_id), tuple_()))
    )
    return {row.sheet_id: row.people for row in session().execute(counted)}
