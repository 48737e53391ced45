"""What has come of a laboratory so far: answers, meetings, sheets, agreements, as one timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Integer, Select, cast, func, literal, null, select, union_all

from portal.core.clock import ROME
from portal.core.database import session
from portal.core.history import HistoryEntry
from portal.laboratories.models import (
    Agreement,
    Commitment,
    ProjectSheet,
    Proposal,
    ProposalAnswer,
)
from portal.laboratories.queries.laboratories import LaboratoryDetail
from portal.laboratories.queries.meetings import MeetingRow
from portal.laboratories.states import (
    PUBLIC_AGREEMENTS,
    PUBLIC_SHEETS,
    AgreementAction,
    AnswerOutcome,
    CommitmentState,
    SheetAction,
)

MOST_SHOWN = 12
"""Lines that stand open on the page; older ones are folded."""
TOLD_STEPS = (
    AgreementAction.SHARE,
    AgreementAction.OPEN_FOR_SIGNATURE,
    AgreementAction.ENTER_INTO_FORCE,
    AgreementAction.CLOSE,
    AgreementAction.RENEW,
    AgreementAction.END_EARLY,
)


class OutcomeKind(StrEnum):
    """What a line of the timeline tells."""

    PHASE = "phase"
    MEETING = "meeting"
    ANSWERS = "answers"
    SHEET = "sheet"
    AGREEMENT = "agreement"
    ACCOUNT = "account"
    PAST = "past"
    """The agreement from which the laboratory goes on."""


@dataclass(frozen=True)
class OutcomeRow:
    """One line of the timeline; which of the facts it has follows from its kind."""

    kind: OutcomeKind
    at: datetime
    id: int | None = None
    """Of a sheet or a meeting."""
    slug: str = ""
    """Of an agreement."""
    title: str = ""
    step: str = ""
    """Of a phase or an agreement: the action that led there."""
    note: str | None = None
    numbers: tuple[int, int, int] = (0, 0, 0)
    """Answers: accepted, merged, not feasible. Meeting: who came. Past: commitments kept, all."""
    phase: str = ""


def list_outcomes(laboratory: LaboratoryDetail, meetings: Sequence[MeetingRow]) -> list[OutcomeRow]:
    """Return what has come of a laboratory, newest first; one statement beside what is given."""
    phases = [
        OutcomeRow(OutcomeKind.PHASE, h.at, step=h.action, note=h.note, phase=h.phase)
        for h in laboratory.happenings
    ]
    held = [
        OutcomeRow(
            OutcomeKind.MEETING,
            m.starts_at,
            id=m.id,
            title=m.title,
            step="minutes" if m.has_minutes else "",
            numbers=(m.attended, 0, 0),
        )
        for m in meetings
        if m.is_past and m.is_planned
    ]
    kinds = (
        _answers(laboratory.id),
        _sheets(laboratory.id),
        _agreements(laboratory.id),
        _accounts(laboratory.id),
        _past(laboratory.renews_id or 0),
    )
    told = [
        OutcomeRow(
            OutcomeKind(row.kind),
            row.at,
            id=row.id,
            slug=row.slug or "",
            title=row.title or "",
            step=row.step or "",
            numbers=(row.first, row.second, row.third),
        )
        for row in session().execute(union_all(*kinds))
    ]
    return sorted([*phases, *held, *told], key=lambda row: row.at, reverse=True)


def _columns(kind: OutcomeKind, at: Any, **given: Any) -> list[Any]:  # noqa: ANN401 - columns
    nought = cast(literal(0), Integer)
    facts: dict[str, Any] = {
        "kind": literal(str(kind)),
        "at": at,
        "id": cast(null(), Commitment.id.type),
        "slug": cast(null(), Agreement.slug.type),
        "title": cast(null(), Agreement.title.type),
        "step": cast(null(), HistoryEntry.action.type),
        "first": nought,
        "second": nought,
        "third": nought,
        **given,
    }
    return [column.label(name) for name, column in facts.items()]


def _answers(laboratory_id: int) -> Select[Any]:
    day = func.date_trunc("day", func.timezone(ROME.key, ProposalAnswer.published_at))
    counts = {
        name: cast(func.count().filter(ProposalAnswer.outcome == outcome), Integer)
        for name, outcome in (
            ("first", AnswerOutcome.ACCEPTED),
            ("second", AnswerOutcome.MERGED),
            ("third", AnswerOutcome.NOT_FEASIBLE),
        )
    }
    last = func.max(ProposalAnswer.published_at)
    return (
        select(*_columns(OutcomeKind.ANSWERS, last, **counts))
        .join(Proposal, Proposal.id == ProposalAnswer.proposal_id)
        .where(Proposal.laboratory_id == laboratory_id, ProposalAnswer.replaced_at.is_(None))
        .group_by(day)
    )


def _sheets(laboratory_id: int) -> Select[Any]:
    shared = func.max(HistoryEntry.at)
    given = {"id": ProjectSheet.id, "title": ProjectSheet.title}
    return (
        select(*_columns(OutcomeKind.SHEET, shared, **given))
        .join(HistoryEntry, HistoryEntry.subject_id == ProjectSheet.id)
        .where(
            HistoryEntry.subject_kind == ProjectSheet.__tablename__,
            HistoryEntry.action == SheetAction.SHARE,
            ProjectSheet.laboratory_id == laboratory_id,
            ProjectSheet.state.in_(PUBLIC_SHEETS),
        )
        .group_by(ProjectSheet.id, ProjectSheet.title)
    )


def _agreements(laboratory_id: int) -> Select[Any]:
    given = {"slug": Agreement.slug, "title": Agreement.title, "step": HistoryEntry.action}
    return (
        select(*_columns(OutcomeKind.AGREEMENT, func.max(HistoryEntry.at), **given))
        .join(HistoryEntry, HistoryEntry.subject_id == Agreement.id)
        .where(
            HistoryEntry.subject_kind == Agreement.__tablename__,
            HistoryEntry.action.in_(TOLD_STEPS),
            Agreement.laboratory_id == laboratory_id,
            Agreement.state.in_(PUBLIC_AGREEMENTS),
        )
        .group_by(Agreement.id, Agreement.slug, Agreement.title, HistoryEntry.action)
    )


def _accounts(laboratory_id: int) -> Select[Any]:
    given = {"slug": Agreement.slug, "title": Agreement.title}
    return select(*_columns(OutcomeKind.ACCOUNT, Agreement.account_published_at, **given)).where(
        Agreement.laboratory_id == laboratory_id, Agreement.account_published_at.is_not(None)
    )


def _past(agreement_id: int) -> Select[Any]:
    kept = cast(func.count().filter(Commitment.state == CommitmentState.DONE), Integer)
    given = {
        "slug": Agreement.slug,
        "title": Agreement.title,
        "first": kept,
        "second": cast(func.count(Commitment.id), Integer),
    }
    return (
        select(*_columns(OutcomeKind.PAST, Agreement.in_force_at, **given))
        .outerjoin(Commitment, Commitment.agreement_id == Agreement.id)
        .where(Agreement.id == agreement_id, Agreement.in_force_at.is_not(None))
        .group_by(Agreement.id, Agreement.slug, Agreement.title, Agreement.in_force_at)
    )
