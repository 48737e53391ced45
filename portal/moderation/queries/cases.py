"""Cases as rows: one, those of a subject, those of a person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryRow, list_history
from portal.moderation.deadlines import Term
from portal.moderation.models import Case, case_number
from portal.moderation.states import (
    OPEN_STATES,
    STILL_STATES,
    UNDER_WAY_STATES,
    CaseKind,
    CaseState,
    DayCount,
)
from portal.territory.models import District

HISTORY = "moderation_case"

DECIDED_STATES = (
    CaseState.ACCEPTED,
    CaseState.RETURNED,
    CaseState.REFUSED,
    CaseState.ARCHIVED,
)


@dataclass(frozen=True)
class CaseRow:
    """A case as lists, its page and the pages of its subject show it."""

    id: int
    created_at: datetime
    kind: CaseKind
    subject_id: int
    title: str
    applicant_id: int | None
    """None: nobody asked by name (reports of a content)."""
    applicant_name: str | None
    on_behalf_of: str | None
    district_id: int | None
    district_name: str | None
    state: CaseState
    received_on: date
    due_on: date
    officer_id: int | None
    officer_name: str | None
    reason: str | None
    decided_at: datetime | None
    decided_by_id: int | None
    decided_by_name: str | None
    noticed_on: date | None
    observed_at: datetime | None
    observations_answer: str | None
    term_days: int
    term_day_count: DayCount
    version: int
    days_left: int
    """Days from today to `due_on`; negative when late."""
    applicant_email: str | None = None
    """Read with one case only, and for who may see it."""

    @property
    def case_number(self) -> str:
        """`2026-118`."""
        return case_number(self.id, self.created_at)

    @property
    def is_open(self) -> bool:
        """It waits for the administration."""
        return self.state in OPEN_STATES

    @property
    def is_under_way(self) -> bool:
        """It has no answer yet, whoever's turn it is."""
        return self.state in UNDER_WAY_STATES

    @property
    def stands_still(self) -> bool:
        """The applicant was asked something: the term does not run."""
        return self.state in STILL_STATES

    @property
    def term(self) -> Term:
        """How long the administration has."""
        return Term(self.term_days, self.term_day_count)

    @property
    def is_decided(self) -> bool:
        """Somebody decided; after a return the applicant may hand it in again."""
        return self.state in DECIDED_STATES

    @property
    def is_late(self) -> bool:
        """It waits and its last day has passed."""
        return self.is_open and self.days_left < 0


applicant, _officer, _decider = aliased(User), aliased(User), aliased(User)

_COLUMNS: tuple[Any, ...] = (
    Case.id,
    Case.created_at,
    Case.kind,
    Case.subject_id,
    Case.title,
    Case.applicant_id,
    applicant.display_name.label("applicant_name"),
    Case.on_behalf_of,
    Case.district_id,
    District.name.label("district_name"),
    Case.state,
    Case.received_on,
    Case.due_on,
    Case.officer_id,
    _officer.display_name.label("officer_name"),
    Case.reason,
    Case.decided_at,
    Case.decided_by_id,
    _decider.display_name.label("decided_by_name"),
    Case.noticed_on,
    Case.observed_at,
    Case.observations_answer,
    Case.term_days,
    Case.term_day_count,
    Case.version,
)


def get_case_row(case_id: int) -> CaseRow:
    """Return one case; raises `NotFoundError`."""
    email = applicant.email.label("applicant_email")
    rows = rows_of(select_cases().add_columns(email).where(Case.id == case_id))
    if not rows:
        raise NotFoundError
    return rows[0]


def find_case_of(kind: CaseKind, subject_id: int) -> CaseRow | None:
    """Return the newest case about a subject, or None."""
    return cases_of_subjects(kind, [subject_id]).get(subject_id)


def cases_of_subjects(kind: CaseKind, subject_ids: Iterable[int]) -> Mapping[int, CaseRow]:
    """Return the newest case of each subject that has one, subject id → case."""
    statement = select_cases().where(Case.kind == kind, Case.subject_id.in_(list(subject_ids)))
    # Oldest first, so that the newest of each subject stays.
    return {row.subject_id: row for row in rows_of(statement.order_by(Case.id))}


def list_cases_of(user_id: int) -> list[CaseRow]:
    """Return everything a person asked for, newest first."""
    return rows_of(select_cases().where(Case.applicant_id == user_id).order_by(Case.id.desc()))


def case_history(case_id: int) -> list[HistoryRow]:
    """Return who did what with a case, newest first."""
    return list_history(subject_kind=HISTORY, subject_id=case_id)


def select_cases() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .select_from(Case)
        .outerjoin(applicant, applicant.id == Case.applicant_id)
        .outerjoin(District, District.id == Case.district_id)
        .outerjoin(_officer, _officer.id == Case.officer_id)
        .outerjoin(_decider, _decider.id == Case.decided_by_id)
    )


def rows_of(statement: Select[Any]) -> list[CaseRow]:
    today = local_today()
    return [
        CaseRow(**row._asdict(), days_left=(row.due_on - today).days)
        for row in session().execute(statement)
    ]
