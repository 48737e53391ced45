"""Searches that tell when something fits: kept, dropped, and mailed once a day at most."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import to_local, utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.territory.queries import list_districts
from portal.volunteering.emails.saved_searches import SearchNews, mail_new_shifts_found
from portal.volunteering.models import SavedSearch
from portal.volunteering.queries import MOST_NEWS, find_facts_of, list_new_shifts
from portal.volunteering.shift_filters import LONGEST_QUERY, ShiftFilters, read_query

MOST_SEARCHES = 10
"""Of one person."""
SETTLING = timedelta(minutes=5)
"""A shift carries the time at which its transaction began: what is younger is left for the next
day, since something as old may still become visible."""


def save_search(*, actor: Actor, filters: ShiftFilters) -> None:
    """Let `actor` hear about shifts that fit; the same search twice is one.

    "Only what I can take" goes without saying in a mail. Raises `RuleBrokenError` where the
    person has ten searches, or the words are too many.
    """
    query = filters.for_mail.query
    if len(query) > LONGEST_QUERY:
        raise RuleBrokenError(_l("These filters are too many to be kept: choose fewer."))
    _lock_person(actor.account_id)
    theirs = SavedSearch.user_id == actor.account_id
    if session().scalar(select(SavedSearch.id).where(theirs, SavedSearch.filters == query)):
        return
    number = session().scalar(select(func.count(SavedSearch.id)).where(theirs)) or 0
    if number >= MOST_SEARCHES:
        raise RuleBrokenError(
            _l("You already hear about ten searches: drop one before you add another.")
        )
    session().add(SavedSearch(user_id=actor.account_id, filters=query))
    session().flush()


def remove_search(*, actor: Actor, search_id: int) -> None:
    """Drop a search of `actor`; raise `NotFoundError` where they have no such one."""
    mine = (SavedSearch.id == search_id, SavedSearch.user_id == actor.account_id)
    if session().scalar(delete(SavedSearch).where(*mine).returning(SavedSearch.id)) is None:
        raise NotFoundError


def stop_searches(*, user_id: int) -> None:
    """Drop all searches of the person whom a mail's link names; twice does nothing more."""
    session().execute(delete(SavedSearch).where(SavedSearch.user_id == user_id))


def mail_new_shifts(*, user_id: int) -> None:
    """Mail a person what is new in their searches since it was last mailed, all in one mail.

    Once a day of the city at most, nothing where nothing is new; may run twice.
    """
    user = _lock_person(user_id)
    if user is None or user.email is None:
        return
    until = utc_now() - SETTLING
    searches = session().scalars(
        select(SavedSearch).where(SavedSearch.user_id == user_id).order_by(SavedSearch.id)
    )
    waiting = list(searches)
    if any(s.mailed_at and _day(s.mailed_at) == _day(until) for s in waiting):
        return
    news = _find_news(user_id, waiting, until)
    if news:
        mail_new_shifts_found(user=user, news=news, day=_day(until))


def _find_news(user_id: int, searches: list[SavedSearch], until: datetime) -> list[SearchNews]:
    """Return what is new, each shift with the first search it fits; note it as mailed."""
    person, codes = find_facts_of(user_id), {d.code: d.name for d in list_districts()}
    told: set[int] = set()
    news = []
    for search in searches:
        filters = read_query(search.filters, district_codes=codes)
        shifts = list_new_shifts(
            filters,
            person=person,
            after=search.mailed_at or search.created_at,
            until=until,
            except_ids=told,
        )
        if shifts:
            search.mailed_at = until
            shown = shifts[:MOST_NEWS]
            told.update(shift.id for shift in shown)
            news.append(
                SearchNews(
                    filters,
                    codes.get(filters.district_code, ""),
                    shown,
                    is_more=len(shifts) > len(shown),
                )
            )
    return news


def _lock_person(user_id: int) -> User | None:
    return session().scalar(select(User).where(User.id == user_id).with_for_update(key_share=True))


def _day(moment: datetime) -> str:
    return to_local(moment).date().isoformat()
