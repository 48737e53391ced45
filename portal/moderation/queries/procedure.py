"""The clock of a case: what stopped it, and the terms of its kind."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.working_calendar import is_working_day
from portal.moderation.deadlines import (
    Pause,
    Term,
    Terms,
    days_paused,
    days_used,
    resumption_without_answer,
    usual_terms,
)
from portal.moderation.models import ProcedureTerms, Suspension
from portal.moderation.queries.cases import CaseRow
from portal.moderation.states import CaseAction, CaseKind, StepRefusal, SuspensionReason
from portal.moderation.step_rules import StepFacts, facts_of, step_refusal


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


@dataclass(frozen=True)
class TermsRow:
    """The terms of a kind of case, and who set them."""

    kind: CaseKind
    terms: Terms
    updated_at: datetime | None = None
    """None: nobody set them, the law's own hold."""
    updated_by: str | None = None


def list_terms() -> list[TermsRow]:
    """Return the terms of every kind of case, in the order of the kinds."""
    rows = session().execute(
        select(ProcedureTerms, User.display_name).join(
            User, User.id == ProcedureTerms.updated_by_id
        )
    )
    known = {
        row.kind: TermsRow(row.kind, _terms_of(row), row.updated_at, name) for row, name in rows
    }
    return [known.get(kind, TermsRow(kind, usual_terms(kind))) for kind in CaseKind]


def find_terms(kind: CaseKind) -> Terms:
    """Return the terms of a kind of case as the municipality set them, or the usual ones."""
    row = session().get(ProcedureTerms, kind)
    return usual_terms(kind) if row is None else _terms_of(row)


def _terms_of(row: ProcedureTerms) -> Terms:
    return Terms(
        answer=Term(row.answer_days, row.day_count),
        integration_days=row.integration_days,
        observation_days=row.observation_days,
    )


@dataclass(frozen=True)
class Procedure:
    """The clock of a case as its pages show it today."""

    suspensions: list[SuspensionRow]
    term: Term
    used: int
    """Days of the term that have run, today included."""
    paused: int
    """Days that did not count, today included."""
    facts: StepFacts
    today: date

    @property
    def left(self) -> int:
        """Days of the term that have not run yet."""
        return self.term.days - self.used

    @property
    def used_percent(self) -> int:
        """How much of the term has run."""
        return round(100 * self.used / self.term.days)

    @property
    def running(self) -> SuspensionRow | None:
        """What the applicant may still answer today, if anything."""
        return next(
            (s for s in self.suspensions if s.is_running and s.latest_end_on >= self.today), None
        )

    @property
    def pause(self) -> SuspensionRow | None:
        """What stops the term today: an open question, or the days after observations."""
        return next(
            (s for s in self.suspensions if s.resumes_on is None or s.resumes_on > self.today),
            None,
        )

    def suspension(self, reason: str) -> SuspensionRow | None:
        """Return what stopped the term for `reason`, over or not."""
        return next((s for s in self.suspensions if s.reason == reason), None)

    def refusal(self, action: str) -> StepRefusal | None:
        """Return why staff cannot take `action` today, or None.

        That observations want an answer is asked when it is sent: the field stands on the page.
        """
        return step_refusal(CaseAction(action), self.facts, self.today)


def procedure_of(case: CaseRow, *, needs_notice: bool = False) -> Procedure:
    """Return the clock of a case."""
    suspensions, today = list_suspensions(case.id), local_today()
    pauses = pauses_of(suspensions)
    return Procedure(
        suspensions=suspensions,
        term=case.term,
        used=days_used(case.received_on, today, case.term, pauses, is_working_day),
        paused=days_paused(case.received_on, today, pauses),
        facts=facts_of(case, suspensions, needs_notice=needs_notice),
        today=today,
    )


def list_cases_to_resume(today: date) -> list[int]:
    """Return the cases whose applicant's days to answer are over, in order."""
    statement = (
        select(Suspension.case_id)
        .where(Suspension.resumes_on.is_(None), Suspension.latest_end_on < today)
        .order_by(Suspension.case_id)
    )
    return list(session().scalars(statement))
