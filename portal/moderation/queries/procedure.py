"""The clock of a case: what stopped it, and the terms of its kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.core.database import session
from portal.moderation.deadlines import LEGAL_TERMS, Pause, Term, Terms, resumption_without_answer
from portal.moderation.models import ProcedureTerms, Suspension
from portal.moderation.states import CaseKind, SuspensionReason


@dataclass(frozen=True)
class SuspensionRow:
    """A time in which the term did not run."""

    reason: SuspensionReason
    starts_on: date
    latest_end_on: date
    resumes_on: date | None
    asked: str
    answered_at: datetime | None
    answer: str | None

    @property
    def is_running(self) -> bool:
        """The applicant may still answer, or the job has not closed it yet."""
        return self.resumes_on is None


_COLUMNS = (
    Suspension.reason,
    Suspension.starts_on,
    Suspension.latest_end_on,
    Suspension.resumes_on,
    Suspension.asked,
    Suspension.answered_at,
    Suspension.answer,
)


def list_suspensions(case_id: int) -> list[SuspensionRow]:
    """Return what stopped the term of a case, in order."""
    statement = select(*_COLUMNS).where(Suspension.case_id == case_id).order_by(Suspension.id)
    return [SuspensionRow(*row) for row in session().execute(statement)]


def pauses_of(suspensions: Iterable[SuspensionRow]) -> list[Pause]:
    """Return the pauses; one that still runs is taken to last as long as it may."""
    return [
        Pause(row.starts_on, row.resumes_on or resumption_without_answer(row.latest_end_on))
        for row in suspensions
    ]


def find_terms(kind: CaseKind) -> Terms:
    """Return the terms of a kind of case as the municipality set them, or the law's own."""
    row = session().get(ProcedureTerms, kind)
    if row is None:
        return LEGAL_TERMS
    return Terms(
        answer=Term(row.answer_days, row.day_count),
        integration_days=row.integration_days,
        observation_days=row.observation_days,
    )


def list_cases_to_resume(today: date) -> list[int]:
    """Return the cases whose applicant's days to answer are over, in order."""
    statement = (
        select(Suspension.case_id)
        .where(Suspension.resumes_on.is_(None), Suspension.latest_end_on < today)
        .order_by(Suspension.case_id)
    )
    return list(session().scalars(statement))
