"""The queue: what waits, in which order, and what comes next."""

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal.accounts.queries import PersonRow, list_staff
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.pagination import Page, clamp_page, count_rows
from portal.moderation.models import Case
from portal.moderation.policies import actor_may_follow, actor_sees_all_cases
from portal.moderation.queries.cases import (
    DECIDED_STATES,
    CaseRow,
    applicant,
    get_case_row,
    rows_of,
    select_cases,
)
from portal.moderation.states import (
    OPEN_STATES,
    STILL_STATES,
    UNDER_WAY_STATES,
    CaseKind,
    CaseState,
    QueueOrder,
    QueueView,
)

RECENT_DAYS = 30
"""How long a decided case stays in the view of recent decisions."""
SOON_DAYS = 3
"""What ends within these days is shown first of all."""
LONGEST_WORDS = 8


@dataclass(frozen=True)
class QueueFilter:
    """What an address asks of the queue."""

    view: QueueView = QueueView.ALL
    kind: CaseKind | None = None
    state: CaseState | None = None
    text: str = ""
    order: QueueOrder = QueueOrder.TIME_LEFT
    page: int = 1

    @property
    def arguments(self) -> dict[str, str]:
        """The same as words of an address, without what is not asked."""
        words = {
            "vista": str(self.view),
            "tipo": str(self.kind or ""),
            "stato": str(self.state or ""),
            "q": self.text,
            "ordina": str(self.order),
            "pagina": str(self.page) if self.page > 1 else "",
        }
        return {name: value for name, value in words.items() if value}

    @property
    def chosen(self) -> int:
        """How many filters are set, the view apart."""
        return sum(map(bool, (self.kind, self.state, self.text, self.order)))


@dataclass(frozen=True)
class QueueFigures:
    """The head of the queue and the numbers of its views."""

    waiting: int
    """Without an answer yet, whoever's turn it is."""
    late: int
    due_today: int
    due_soon: int
    """Ends within three days, and is not late."""
    still: int
    """The term stands still: the applicant was asked something."""
    mine: int
    unassigned: int
    decided: int
    oldest_days: int | None
    """Days since the oldest waiting request came in; None when nothing waits."""


@dataclass(frozen=True)
class Neighbours:
    """Where a case stands in a list, and what comes before and after it."""

    place: int | None
    """From 1; None when the case is not in the list."""
    total: int
    previous_id: int | None
    next_id: int | None
    """The following case, after the last one the first; None when there is no other."""


def list_queue(*, actor: Actor, wanted: QueueFilter, total: int | None = None) -> Page[CaseRow]:
    """Return a page of the cases `actor` may see; a page past the end is the last one.

    `total`: how many there are, where somebody has counted them already.
    """
    matching = _matching(actor, wanted)
    if total is None:
        total = count_rows(matching.with_only_columns(Case.id))
    page = Page[CaseRow](rows=[], number=clamp_page(wanted.page, total), total=total)
    statement = matching.order_by(*_order(wanted)).limit(page.per_page)
    return replace(page, rows=rows_of(statement.offset((page.number - 1) * page.per_page)))


def count_queue(*, actor: Actor) -> QueueFigures:
    """Return the figures of what `actor` may see."""
    today = local_today()
    is_open, is_under_way = Case.state.in_(OPEN_STATES), Case.state.in_(UNDER_WAY_STATES)
    conditions = {
        "waiting": is_under_way,
        "late": and_(is_open, Case.due_on < today),
        "due_today": and_(is_open, Case.due_on == today),
        "due_soon": _is_due_soon(),
        "still": Case.state.in_(STILL_STATES),
        "mine": and_(is_under_way, Case.officer_id == actor.id),
        "unassigned": and_(is_open, Case.officer_id.is_(None)),
        "decided": _was_decided_lately(),
    }
    counts = [func.count().filter(rule) for rule in conditions.values()]
    oldest = func.min(Case.received_on).filter(is_open)
    row = session().execute(select(*counts).add_columns(oldest).where(_is_seen_by(actor))).one()
    *numbers, received_on = row
    return QueueFigures(
        **dict(zip(conditions, numbers, strict=True)),
        oldest_days=(today - received_on).days if received_on else None,
    )


def list_colleagues(case: CaseRow) -> list[PersonRow]:
    """Return who may be given a case: those who may act on it, by name."""
    return [person for person in list_staff() if _may_follow(person, case)]


def _may_follow(person: PersonRow, case: CaseRow) -> bool:
    held = Actor(
        id=person.id,
        name=person.name,
        roles=frozenset(role.role for role in person.roles),
        district_ids=frozenset(r.district_id for r in person.roles if r.district_id),
    )
    return actor_may_follow(held, case)


def find_neighbours(*, actor: Actor, wanted: QueueFilter, case_id: int) -> Neighbours:
    """Return what stands before and after a case in the list that `wanted` asks for."""
    order = _order(wanted)
    matching = _matching(actor, wanted)
    places = matching.with_only_columns(
        Case.id,
        func.row_number().over(order_by=order).label("place"),
        func.count().over().label("total"),
        func.lag(Case.id).over(order_by=order).label("previous_id"),
        func.lead(Case.id).over(order_by=order).label("next_id"),
        func.first_value(Case.id).over(order_by=order).label("first_id"),
    ).subquery()
    # The case itself, or the first of the list for a case that is not in it.
    wanted_row = select(places).order_by((places.c.id == case_id).desc(), places.c.place).limit(1)
    row = session().execute(wanted_row).one_or_none()
    if row is None:
        return Neighbours(place=None, total=0, previous_id=None, next_id=None)
    if row.id != case_id:
        return Neighbours(place=None, total=row.total, previous_id=None, next_id=row.id)
    following = row.next_id or (row.first_id if row.first_id != case_id else None)
    return Neighbours(
        place=row.place, total=row.total, previous_id=row.previous_id, next_id=following
    )


def next_case(*, actor: Actor, wanted: QueueFilter, case_id: int) -> CaseRow | None:
    """Return the case to offer after `case_id` in the list that `wanted` asks for, or None."""
    next_id = find_neighbours(actor=actor, wanted=wanted, case_id=case_id).next_id
    return get_case_row(next_id) if next_id else None


def _matching(actor: Actor, wanted: QueueFilter) -> Select[Any]:
    statement = select_cases().where(_is_seen_by(actor), _is_in_view(actor, wanted))
    if wanted.kind:
        statement = statement.where(Case.kind == wanted.kind)
    if wanted.state:
        statement = statement.where(Case.state == wanted.state)
    if wanted.text:
        statement = statement.where(_is_about(wanted.text))
    return statement


def _is_seen_by(actor: Actor) -> ColumnElement[bool]:
    """The rule of `policies.py` for a whole list."""
    if actor_sees_all_cases(actor):
        return Case.id.is_not(None)
    return Case.district_id.in_(actor.district_ids)


def _is_in_view(actor: Actor, wanted: QueueFilter) -> ColumnElement[bool]:
    # A state asked for by name says by itself whether the case still waits.
    waits = Case.state == wanted.state if wanted.state else Case.state.in_(UNDER_WAY_STATES)
    rules: dict[QueueView, ColumnElement[bool]] = {
        QueueView.ALL: waits,
        QueueView.MINE: and_(waits, Case.officer_id == actor.id),
        QueueView.UNASSIGNED: and_(waits, Case.officer_id.is_(None)),
        QueueView.LATE: and_(Case.state.in_(OPEN_STATES), Case.due_on < local_today()),
        QueueView.DUE_SOON: _is_due_soon(),
        QueueView.STILL: Case.state.in_(STILL_STATES),
        QueueView.DECIDED: _was_decided_lately(),
    }
    return rules[wanted.view]


def _is_due_soon() -> ColumnElement[bool]:
    today = local_today()
    return and_(
        Case.state.in_(OPEN_STATES), Case.due_on.between(today, today + timedelta(days=SOON_DAYS))
    )


def _was_decided_lately() -> ColumnElement[bool]:
    since = utc_now() - timedelta(days=RECENT_DAYS)
    return and_(Case.state.in_(DECIDED_STATES), Case.decided_at >= since)


def _is_about(text: str) -> ColumnElement[bool]:
    """Each word stands in the title or in a name; a case number is that case."""
    number = re.fullmatch(r"(?:n\.\s*)?\d{4}-(\d{1,18})", text)
    haystack = func.f_unaccent(
        func.lower(func.concat_ws(" ", Case.title, Case.on_behalf_of, applicant.display_name))
    )
    words = [
        haystack.contains(func.f_unaccent(func.lower(_escape(word))), escape="\\")
        for word in text.split()[:LONGEST_WORDS]
    ]
    return or_(Case.id == int(number[1]), and_(*words)) if number else and_(*words)


def _escape(word: str) -> str:
    """Return `word` for LIKE, its own wildcards meaning themselves."""
    return re.sub(r"([\\%_])", r"\\\1", word)


def _order(wanted: QueueFilter) -> tuple[Any, ...]:
    match wanted.order:
        case QueueOrder.RECEIVED:
            return (Case.received_on, Case.id)
        case QueueOrder.TITLE:
            return (func.f_unaccent(func.lower(Case.title)), Case.id)
        case QueueOrder.TIME_LEFT:
            if wanted.view is QueueView.DECIDED:
                return (Case.decided_at.desc(), Case.id.desc())
            return (Case.due_on, Case.id)
