"""Searches that tell a person when something fits, and what is new for them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, or_, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.volunteering.models import SavedSearch, Shift
from portal.volunteering.policies import PersonFacts
from portal.volunteering.queries.shift_conditions import is_to_come
from portal.volunteering.queries.shifts import ShiftRow, list_shifts_where
from portal.volunteering.queries.takeable import can_be_taken_by
from portal.volunteering.shift_filters import ShiftFilters

MOST_NEWS = 10
"""Shifts of one search in a mail; the rest is behind its link."""


@dataclass(frozen=True)
class SavedSearchRow:
    """A search that a person hears about."""

    id: int
    query: str
    """Of the list's address."""
    created_at: datetime
    mailed_at: datetime | None


def has_saved_search(user_id: int, query: str) -> bool:
    """Say whether a person already hears about the shifts of `query`."""
    found = exists().where(SavedSearch.user_id == user_id, SavedSearch.filters == query)
    return bool(session().scalar(select(found)))


def list_saved_searches(user_id: int) -> list[SavedSearchRow]:
    """Return what a person hears about, in the order in which it was asked."""
    rows = session().execute(
        select(SavedSearch.id, SavedSearch.filters, SavedSearch.created_at, SavedSearch.mailed_at)
        .where(SavedSearch.user_id == user_id)
        .order_by(SavedSearch.id)
    )
    return [SavedSearchRow(*row) for row in rows]


def list_people_with_searches() -> list[int]:
    """Return the accounts that have a saved search."""
    statement = select(SavedSearch.user_id).group_by(SavedSearch.user_id)
    return list(session().scalars(statement.order_by(SavedSearch.user_id)))


def list_new_shifts(
    filters: ShiftFilters,
    *,
    person: PersonFacts,
    after: datetime,
    until: datetime,
    except_ids: Collection[int] = (),
) -> list[ShiftRow]:
    """Return what fits, was made or opened after one moment and until another, and can be taken.

    Soonest first, at most one more than `MOST_NEWS`; without the shifts `except_ids`.
    """
    made = and_(Shift.created_at > after, Shift.created_at <= until)
    opened = and_(Shift.opens_at > after, Shift.opens_at <= until)
    return list_shifts_where(
        is_to_come(),
        or_(made, opened),
        can_be_taken_by(person, utc_now()),
        Shift.id.not_in(list(except_ids)),
        filters=filters,
        person=person,
        limit=MOST_NEWS + 1,
    )
