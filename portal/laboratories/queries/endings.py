"""What accounting for an agreement, closing and renewing it ask, and its public account."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.history import HistoryEntry
from portal.laboratories.models import (
    Agreement,
    Amendment,
    BudgetLine,
    Commitment,
    Laboratory,
    Meeting,
    ProjectSheet,
    SheetIndicator,
)
from portal.laboratories.policies.endings import NOTICE_DAYS, EndingFacts
from portal.laboratories.states import (
    OPEN_COMMITMENTS,
    PENDING_AMENDMENTS,
    PUBLIC_AGREEMENTS,
    AgreementState,
    BudgetSource,
    MeetingKind,
    MeetingState,
    SheetFamily,
)


@dataclass(frozen=True)
class ResultRow:
    """An indicator of a sheet: expected and reached."""

    id: int
    name: str
    unit: str
    target: Decimal
    reached: Decimal | None


@dataclass(frozen=True)
class SpentRow:
    """Money of a sheet: planned and spent, in cents."""

    id: int
    words: str
    source: BudgetSource
    planned_cents: int
    spent_cents: int | None


@dataclass(frozen=True)
class SheetAccount:
    """What one sheet came to."""

    id: int
    title: str
    family: SheetFamily
    results: tuple[ResultRow, ...]
    money: tuple[SpentRow, ...]

    @property
    def planned_cents(self) -> int:
        """Return what was planned, in cents."""
        return sum(row.planned_cents for row in self.money)

    @property
    def spent_cents(self) -> int:
        """Return what was spent as far as it is known, in cents."""
        return sum(row.spent_cents or 0 for row in self.money)


@dataclass(frozen=True)
class AccountDetail:
    """The final account of an agreement."""

    words: str | None
    published_at: datetime | None
    sheets: tuple[SheetAccount, ...]

    @property
    def planned_cents(self) -> int:
        """Return what all sheets planned, in cents."""
        return sum(sheet.planned_cents for sheet in self.sheets)

    @property
    def spent_cents(self) -> int:
        """Return what all sheets spent as far as it is known, in cents."""
        return sum(sheet.spent_cents for sheet in self.sheets)

    @property
    def results(self) -> tuple[ResultRow, ...]:
        """Return the indicators of all sheets."""
        return tuple(row for sheet in self.sheets for row in sheet.results)


@dataclass(frozen=True)
class AgreementName:
    """An agreement as others name it."""

    slug: str
    title: str
    starts_on: date | None
    ends_on: date | None


@dataclass(frozen=True)
class LaboratoryName:
    """A laboratory as others name it."""

    slug: str
    title: str


@dataclass(frozen=True)
class Renewals:
    """What an agreement goes on from, and what goes on from it."""

    past: AgreementName | None
    next: AgreementName | None
    laboratory: LaboratoryName | None
    """Where its renewal is talked about."""


def load_account(agreement: Agreement) -> AccountDetail:
    """Return what is accounted for, sheet by sheet in their order; three statements."""
    sheet_ids = [sheet.id for sheet in agreement.sheets]
    results: dict[int, list[ResultRow]] = {}
    for i in session().scalars(_rows_of(SheetIndicator, sheet_ids)):
        row = ResultRow(i.id, i.name, i.unit, i.target, i.reached)
        results.setdefault(i.sheet_id, []).append(row)
    money: dict[int, list[SpentRow]] = {}
    for b in session().scalars(_rows_of(BudgetLine, sheet_ids)):
        line = SpentRow(b.id, b.words, b.source, b.planned_cents, b.spent_cents)
        money.setdefault(b.sheet_id, []).append(line)
    return AccountDetail(
        words=agreement.account_words,
        published_at=agreement.account_published_at,
        sheets=tuple(
            SheetAccount(
                sheet.id,
                sheet.title,
                sheet.family,
                tuple(results.get(sheet.id, ())),
                tuple(money.get(sheet.id, ())),
            )
            for sheet in agreement.sheets
        ),
    )


def load_ending_facts(agreement: Agreement) -> EndingFacts:
    """Return what accounting for an agreement and closing it ask, in one statement."""
    sheets = select(ProjectSheet.id).where(ProjectSheet.agreement_id == agreement.id)
    meetings, without_result, without_spent, open_, pending = (
        session()
        .execute(
            select(
                _count(_evaluation_meetings(agreement.laboratory_id)),
                _count(
                    select(SheetIndicator.id).where(
                        SheetIndicator.sheet_id.in_(sheets), SheetIndicator.reached.is_(None)
                    )
                ),
                _count(
                    select(BudgetLine.id).where(
                        BudgetLine.sheet_id.in_(sheets), BudgetLine.spent_cents.is_(None)
                    )
                ),
                _count(open_commitments(agreement.id)),
                _count(_pending_amendments(agreement.id)),
            )
        )
        .one()
    )
    return EndingFacts(
        is_over=agreement.ends_on is not None and agreement.ends_on < local_today(),
        ended_early=agreement.state is AgreementState.ENDED_EARLY,
        evaluation_meetings_held=meetings,
        has_account_words=bool(agreement.account_words),
        indicators_without_result=without_result,
        lines_without_spent=without_spent,
        is_account_published=agreement.account_published_at is not None,
        open_commitments=open_,
        has_pending_amendment=pending > 0,
    )


def open_commitments(agreement_id: int) -> Select[Any]:
    """Return the statement of what nobody has kept, dropped or carried over: ids."""
    later = aliased(Commitment)
    carried = select(later.id).where(later.carried_from_id == Commitment.id).exists()
    return select(Commitment.id).where(
        Commitment.agreement_id == agreement_id,
        Commitment.state.in_(OPEN_COMMITMENTS),
        ~carried,
    )


def load_past_facts(agreement: Agreement) -> EndingFacts | None:
    """Return what the agreement that this one renews lacks; None where none of it is in force."""
    past = find_past(agreement)
    if past is None or past.state is not AgreementState.IN_FORCE:
        return None
    return load_ending_facts(past)


def find_past(agreement: Agreement) -> Agreement | None:
    """Return the agreement that this one renews, or None."""
    return session().get(Agreement, agreement.renews_id) if agreement.renews_id else None


def find_renewals(agreement: Agreement) -> Renewals:
    """Return what an agreement goes on from, and what goes on from it, as everybody may know."""
    names = (Agreement.slug, Agreement.title, Agreement.starts_on, Agreement.ends_on)
    is_public = Agreement.state.in_(PUBLIC_AGREEMENTS)
    linked = (
        session()
        .execute(
            select(Agreement.id, *names)
            .where(
                is_public,
                or_(Agreement.id == agreement.renews_id, Agreement.renews_id == agreement.id),
            )
            .order_by(Agreement.id)
        )
        .all()
    )
    past = next((row for row in linked if row.id == agreement.renews_id), None)
    following = next((row for row in linked if row.id != agreement.renews_id), None)
    laboratory = (
        session()
        .execute(
            select(Laboratory.slug, Laboratory.title)
            .where(Laboratory.renews_id == agreement.id)
            .order_by(Laboratory.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return Renewals(
        past=AgreementName(*past[1:]) if past else None,
        next=AgreementName(*following[1:]) if following else None,
        laboratory=LaboratoryName(laboratory.slug, laboratory.title) if laboratory else None,
    )


def list_agreements_to_tell() -> list[int]:
    """Return the agreements in force whose end comes within ninety days, for the job."""
    left = Agreement.ends_on - local_today()
    return list(
        session().scalars(
            select(Agreement.id)
            .where(
                Agreement.state == AgreementState.IN_FORCE,
                left.between(0, max(NOTICE_DAYS)),
                or_(
                    Agreement.told_ends_on.is_distinct_from(Agreement.ends_on),
                    and_(left <= min(NOTICE_DAYS), Agreement.told_days_before > min(NOTICE_DAYS)),
                ),
            )
            .order_by(Agreement.id)
        )
    )


def find_last_asked(agreement_id: int) -> datetime | None:
    """Return when who took part was asked last, or None."""
    return session().scalar(
        select(HistoryEntry.at)
        .where(
            HistoryEntry.subject_kind == "agreement",
            HistoryEntry.subject_id == agreement_id,
            HistoryEntry.action == "ask_participants",
        )
        .order_by(HistoryEntry.id.desc())
        .limit(1)
    )


def _rows_of(model: Any, sheet_ids: list[int]) -> Any:  # noqa: ANN401 - lines of a sheet
    return (
        select(model)
        .where(model.sheet_id.in_(sheet_ids))
        .order_by(model.sheet_id, model.position, model.id)
    )


def _evaluation_meetings(laboratory_id: int) -> Select[Any]:
    return select(Meeting.id).where(
        Meeting.laboratory_id == laboratory_id,
        Meeting.kind == MeetingKind.EVALUATION,
        Meeting.state == MeetingState.PLANNED,
        Meeting.ends_at <= utc_now(),
    )


def _pending_amendments(agreement_id: int) -> Select[Any]:
    return select(Amendment.id).where(
        Amendment.agreement_id == agreement_id, Amendment.state.in_(PENDING_AMENDMENTS)
    )


def _count(rows: Select[Any]) -> Any:  # noqa: ANN401 - a column
    return select(func.count()).select_from(rows.subquery()).scalar_subquery()
