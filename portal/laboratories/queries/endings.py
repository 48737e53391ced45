"""What accounting for an agreement, closing and renewing it ask, and its public account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
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
from portal.laboratories.policies.endings import NOTICE_DAYS, EndingFacts, find_notice
from portal.laboratories.queries.sheet_details import (
    BudgetRow,
    IndicatorRow,
    list_budget,
    list_indicators,
)
from portal.laboratories.states import (
    OPEN_COMMITMENTS,
    PENDING_AMENDMENTS,
    PUBLIC_AGREEMENTS,
    AgreementState,
    MeetingKind,
    MeetingState,
)


@dataclass(frozen=True)
class SheetAccount:
    """What one sheet came to."""

    id: int
    title: str
    results: tuple[IndicatorRow, ...]
    money: tuple[BudgetRow, ...]

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


@dataclass(frozen=True)
class Named:
    """An agreement or a laboratory as others name it and lead to it."""

    slug: str
    title: str


@dataclass(frozen=True)
class Renewals:
    """What an agreement goes on from, and what goes on from it."""

    past: Named | None
    next: Named | None
    laboratory: Named | None
    """Where its renewal is talked about."""


def load_account(agreement: Agreement) -> AccountDetail:
    """Return what is accounted for, sheet by sheet in their order; three statements."""
    sheet_ids = [sheet.id for sheet in agreement.sheets]
    results, money = list_indicators(sheet_ids), list_budget(sheet_ids)
    return AccountDetail(
        words=agreement.account_words,
        published_at=agreement.account_published_at,
        sheets=tuple(
            SheetAccount(sheet.id, sheet.title, results.get(sheet.id, ()), money.get(sheet.id, ()))
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
                _count(_open_commitments(agreement.id)),
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


def find_past(agreement: Agreement) -> Agreement | None:
    """Return the agreement that this one renews, or None."""
    return session().get(Agreement, agreement.renews_id) if agreement.renews_id else None


def find_renewals(agreement: Agreement) -> Renewals:
    """Return what an agreement goes on from, and what goes on from it, as everybody may know."""
    is_public = Agreement.state.in_(PUBLIC_AGREEMENTS)
    found = (
        session()
        .execute(
            select(
                _named(Agreement, is_public, Agreement.id == agreement.renews_id),
                _named(Agreement, is_public, Agreement.renews_id == agreement.id),
                _named(Laboratory, Laboratory.renews_id == agreement.id),
            )
        )
        .one()
    )
    return Renewals(*(Named(**one) if one else None for one in found))


def list_agreements_to_tell() -> list[int]:
    """Return the agreements of which a notice of the end is due today, for the job."""
    today = local_today()
    near = session().execute(
        select(Agreement.id, Agreement.ends_on, Agreement.told_days_before, Agreement.told_ends_on)
        .where(
            Agreement.state == AgreementState.IN_FORCE,
            Agreement.ends_on.between(today, today + timedelta(days=max(NOTICE_DAYS))),
        )
        .order_by(Agreement.id)
    )
    return [
        agreement_id
        for agreement_id, ends_on, told_days, told_for in near
        if ends_on and find_notice(ends_on, today, told_days=told_days, told_for=told_for)
    ]


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


def _named(model: Any, *conditions: ColumnElement[bool]) -> Any:  # noqa: ANN401 - a column
    return (
        select(func.jsonb_build_object("slug", model.slug, "title", model.title))
        .where(*conditions)
        .order_by(model.id.desc())
        .limit(1)
        .scalar_subquery()
    )


def _open_commitments(agreement_id: int) -> Select[Any]:
    # What nobody has kept, dropped or carried over.
    later = aliased(Commitment)
    carried = select(later.id).where(later.carried_from_id == Commitment.id).exists()
    return select(Commitment.id).where(
        Commitment.agreement_id == agreement_id,
        Commitment.state.in_(OPEN_COMMITMENTS),
        ~carried,
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
