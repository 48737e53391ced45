"""The whole registry as staff sees it: every entry, also removed and merged ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.history import HistoryEntry, HistoryRow
from portal.core.pagination import PER_PAGE, Page, clamp_page, count_rows
from portal.moderation.models import Case
from portal.moderation.states import CaseKind
from portal.registry.freshness import STALE_MONTHS, months_after, stale_from
from portal.registry.models import (
    Association,
    AssociationChange,
    Claim,
    RemovalNotice,
    Representative,
)
from portal.registry.queries.search import search_terms, text_query
from portal.registry.states import (
    OPEN_REQUEST_STATES,
    AssociationKind,
    AssociationState,
    ChangeState,
    NoticeState,
    RemovalCause,
)
from portal.registry.tax_code import clean_tax_code
from portal.territory.models import Municipality
from portal.territory.queries import list_municipalities


class EntryView(StrEnum):
    """What the list of all entries may be narrowed to; the values stand in addresses."""

    ALL = ""
    ENROLLED = "iscritte"
    LISTED = "elencate"
    STALE = "da-confermare"
    """Enrolled, and nobody confirmed the page for more than thirteen months."""
    NOTICED = "avvisate"
    REMOVED = "cancellate"


@dataclass(frozen=True)
class EntryRow:
    """An entry of the registry in the list of all."""

    id: int
    slug: str
    name: str
    tax_code: str
    kind: AssociationKind
    state: AssociationState
    municipality: str | None
    profile_updated_on: date | None
    removed_on: date | None
    merged_into: str | None
    """Name of the entry it was merged into."""
    notice_on: date | None
    """The day a running notice names."""


@dataclass(frozen=True)
class NoticeRow:
    """A notice of removal."""

    id: int
    cause: RemovalCause
    reason: str
    given_on: date
    effective_on: date
    given_by: str | None


@dataclass(frozen=True)
class WaitingRow:
    """Something about an entry that waits in the queue."""

    case_id: int
    kind: CaseKind
    who: str


@dataclass(frozen=True)
class MergedRow:
    """An entry that was merged into another."""

    id: int
    slug: str
    name: str
    tax_code: str
    removed_on: date | None


@dataclass(frozen=True)
class EntryHistoryRow(HistoryRow):
    """A step in the life of an entry, or of one that was merged into it."""

    of: str | None = None
    """Name of the merged entry it is about; None: of the entry itself."""


_survivor = aliased(Association)
_runs = and_(
    RemovalNotice.association_id == Association.id, RemovalNotice.state == NoticeState.PENDING
)


def list_entries(*, text: str, view: EntryView, page: int) -> Page[EntryRow]:
    """Return a page of all entries by name; `text`: words of the name, or a tax code."""
    conditions = [*_about(text), *_in_view(view)]
    total = count_rows(select(Association.id).where(*conditions))
    number = clamp_page(page, total)
    rows = session().execute(
        select(
            *(Association.id, Association.slug, Association.name, Association.tax_code),
            *(Association.kind, Association.state, Municipality.name),
            *(Association.profile_updated_on, Association.removed_on, _survivor.name),
            RemovalNotice.effective_on,
        )
        .outerjoin(Municipality, Municipality.istat_code == Association.municipality_code)
        .outerjoin(_survivor, _survivor.id == Association.merged_into_id)
        .outerjoin(RemovalNotice, _runs)
        .where(*conditions)
        .order_by(Association.sort_name, Association.id)
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    return Page([EntryRow(*row) for row in rows], number, total)


def _about(text: str) -> list[ColumnElement[bool]]:
    if not text:
        return []
    code = clean_tax_code(text)
    # A part of a tax code is typed from a receipt; a name of digits alone is found by words too.
    has_code = Association.tax_code.startswith(code, autoescape=True) if code else None
    places = {place.istat_code: place.name for place in list_municipalities()}
    terms = search_terms(text, places)
    has_words = Association.search_vector.op("@@")(text_query(terms)) if terms else None
    found = [condition for condition in (has_code, has_words) if condition is not None]
    return [or_(*found)] if found else [Association.id.is_(None)]


def _in_view(view: EntryView) -> list[ColumnElement[bool]]:
    match view:
        case EntryView.ENROLLED:
            return [Association.state == AssociationState.ENROLLED]
        case EntryView.LISTED:
            return [Association.state == AssociationState.LISTED]
        case EntryView.REMOVED:
            return [Association.state == AssociationState.REMOVED]
        case EntryView.NOTICED:
            told = select(RemovalNotice.association_id).where(
                RemovalNotice.state == NoticeState.PENDING
            )
            return [Association.id.in_(told)]
        case EntryView.STALE:
            return [
                Association.state == AssociationState.ENROLLED,
                Association.profile_updated_on <= last_stale_day(local_today()),
            ]
        case EntryView.ALL:
            return []


def last_stale_day(today: date) -> date:
    """Return the last day on which a page that is stale today was confirmed.

    Months are of different length: counted back and forth they need not meet.
    """
    day = months_after(today, -STALE_MONTHS)
    while stale_from(day + timedelta(days=1)) <= today:
        day += timedelta(days=1)
    return day


def find_notice(association_id: int) -> NoticeRow | None:
    """Return the notice of removal that runs for an association, or None."""
    row = (
        session()
        .execute(
            select(
                *(RemovalNotice.id, RemovalNotice.cause, RemovalNotice.reason),
                *(RemovalNotice.given_on, RemovalNotice.effective_on, User.display_name),
            )
            .outerjoin(User, User.id == RemovalNotice.given_by_id)
            .where(
                RemovalNotice.association_id == association_id,
                RemovalNotice.state == NoticeState.PENDING,
            )
        )
        .one_or_none()
    )
    return NoticeRow(*row) if row else None


def list_due_notices() -> list[int]:
    """Return the running notices whose day has come, oldest first."""
    return list(
        session().scalars(
            select(RemovalNotice.id)
            .where(
                RemovalNotice.state == NoticeState.PENDING,
                RemovalNotice.effective_on <= local_today(),
            )
            .order_by(RemovalNotice.id)
        )
    )


def list_waiting(association_id: int) -> list[WaitingRow]:
    """Return what waits in the queue about an association: claims, and a change of its page."""
    claims = select(Claim.id).where(
        Claim.association_id == association_id, Claim.state.in_(OPEN_REQUEST_STATES)
    )
    changes = select(AssociationChange.id).where(
        AssociationChange.association_id == association_id,
        AssociationChange.state == ChangeState.PENDING,
    )
    rows = session().execute(
        select(Case.id, Case.kind, User.display_name)
        .join(User, User.id == Case.applicant_id)
        .where(
            or_(
                and_(Case.kind == CaseKind.CLAIM, Case.subject_id.in_(claims)),
                and_(Case.kind == CaseKind.PROFILE_EDIT, Case.subject_id.in_(changes)),
            )
        )
        .order_by(Case.id)
    )
    return [WaitingRow(*row) for row in rows]


def list_merged(association_id: int) -> list[MergedRow]:
    """Return the entries that were merged into an association, by name."""
    rows = session().execute(
        select(
            *(Association.id, Association.slug, Association.name, Association.tax_code),
            Association.removed_on,
        )
        .where(Association.merged_into_id == association_id)
        .order_by(Association.sort_name, Association.id)
    )
    return [MergedRow(*row) for row in rows]


def list_entry_history(association_id: int, merged: Sequence[MergedRow]) -> list[EntryHistoryRow]:
    """Return the steps of an association and of the entries merged into it, newest first."""
    names = {row.id: row.name for row in merged}
    columns: tuple[Any, ...] = (
        *(HistoryEntry.at, HistoryEntry.action, HistoryEntry.from_state, HistoryEntry.to_state),
        *(HistoryEntry.actor_name, HistoryEntry.note, HistoryEntry.on_behalf_of),
    )
    rows = session().execute(
        select(*columns, HistoryEntry.subject_id)
        .where(
            HistoryEntry.subject_kind == Association.__tablename__,
            HistoryEntry.subject_id.in_([association_id, *names]),
        )
        .order_by(HistoryEntry.id.desc())
    )
    steps: list[dict[str, Any]] = [row._asdict() for row in rows]
    return [EntryHistoryRow(of=names.get(step.pop("subject_id")), **step) for step in steps]


def find_name(association_id: int | None) -> tuple[str, str] | None:
    """Return address and name of an association, or None."""
    row = (
        session()
        .execute(select(Association.slug, Association.name).where(Association.id == association_id))
        .one_or_none()
    )
    return (row.slug, row.name) if row else None


@dataclass(frozen=True)
class MovingRow:
    """What follows when an entry is merged into another."""

    people: int
    claims: int
    changes: int


def count_what_moves(association_id: int) -> MovingRow:
    """Return who represents an entry, and what waits about it."""
    row = (
        session()
        .execute(
            select(
                select(func.count(Representative.id))
                .where(
                    Representative.association_id == association_id,
                    Representative.until_on.is_(None),
                )
                .scalar_subquery(),
                select(func.count(Claim.id))
                .where(Claim.association_id == association_id, Claim.state.in_(OPEN_REQUEST_STATES))
                .scalar_subquery(),
                select(func.count(AssociationChange.id))
                .where(
                    AssociationChange.association_id == association_id,
                    AssociationChange.state == ChangeState.PENDING,
                )
                .scalar_subquery(),
            )
        )
        .one()
    )
    return MovingRow(*row)
