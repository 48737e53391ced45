"""What happens to a case on the way: its clock, its thread, the office's own notes."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.moderation.models.case import Case
from portal.moderation.states import (
    LEAST_OBSERVATION_DAYS,
    MOST_INTEGRATION_DAYS,
    CaseKind,
    DayCount,
    SuspensionReason,
)


class Suspension(Timestamped, Base):
    """A time in which the term of a case does not run, and what ended it."""

    __tablename__ = "case_suspension"
    __table_args__ = (
        # Once for each reason: the law says so.
        UniqueConstraint("case_id", "reason"),
        Index(
            "uq_case_suspension_running",
            "case_id",
            unique=True,
            postgresql_where=sql("resumes_on IS NULL"),
        ),
        # Asked by the daily job.
        Index(
            "ix_case_suspension_latest_end_on",
            "latest_end_on",
            postgresql_where=sql("resumes_on IS NULL"),
        ),
        CheckConstraint("latest_end_on >= starts_on", name="ends_after_start"),
        CheckConstraint("resumes_on >= starts_on", name="resumes_after_start"),
        CheckConstraint(
            f"reason <> 'integration' OR latest_end_on <= starts_on + {MOST_INTEGRATION_DAYS}",
            name="integration_at_most_30_days",
        ),
        CheckConstraint(
            f"reason <> 'refusal_notice' OR latest_end_on >= starts_on + {LEAST_OBSERVATION_DAYS}",
            name="observations_at_least_10_days",
        ),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answer_has_time"),
        CheckConstraint("length(trim(asked)) > 0", name="says_what_is_asked"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id))
    reason: Mapped[SuspensionReason] = mapped_column(enum_type(SuspensionReason))
    starts_on: Mapped[date]
    """The day it was asked for: the last one that counts, those after it do not."""
    latest_end_on: Mapped[date]
    """The last day on which the applicant may answer."""
    resumes_on: Mapped[date | None]
    """The first day that counts again; None while the term stands still."""
    asked: Mapped[str] = mapped_column(Text)
    """What is missing, or the reasons that stand in the way."""
    answered_at: Mapped[UtcTime | None]
    answer: Mapped[str | None] = mapped_column(Text)


class CaseMessage(Base):
    """A message between the applicant and the office; both read it."""

    __tablename__ = "case_message"
    __table_args__ = (
        Index("ix_case_message_case_id", "case_id", "id"),
        CheckConstraint("length(trim(body)) > 0", name="says_something"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id))
    at: Mapped[UtcTime]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_from_office: Mapped[bool]
    body: Mapped[str] = mapped_column(Text)


class CaseAttachment(Base):
    """A document that came with a message, or with what the case is about."""

    __tablename__ = "case_attachment"
    __table_args__ = (
        Index("ix_case_attachment_case_id", "case_id", "id"),
        UniqueConstraint("file_id"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id))
    message_id: Mapped[int | None] = mapped_column(ForeignKey(CaseMessage.id), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    at: Mapped[UtcTime]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    is_from_office: Mapped[bool]


class CaseNote(Base):
    """A note of the office to itself. A table of its own: no page for others ever reads it."""

    __tablename__ = "case_note"
    __table_args__ = (
        Index("ix_case_note_case_id", "case_id", "id"),
        CheckConstraint("length(trim(body)) > 0", name="says_something"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id))
    at: Mapped[UtcTime]
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    body: Mapped[str] = mapped_column(Text)


class ProcedureTerms(Base):
    """How long a kind of case may take, as the municipality has set it; no row: the law's own."""

    __tablename__ = "procedure_terms"
    __table_args__ = (
        CheckConstraint("answer_days BETWEEN 1 AND 180", name="answer_days_are_sensible"),
        CheckConstraint(
            f"integration_days BETWEEN 1 AND {MOST_INTEGRATION_DAYS}",
            name="integration_days_are_legal",
        ),
        CheckConstraint(
            f"observation_days BETWEEN {LEAST_OBSERVATION_DAYS} AND 60",
            name="observation_days_are_legal",
        ),
    )

    kind: Mapped[CaseKind] = mapped_column(enum_type(CaseKind), primary_key=True)
    answer_days: Mapped[int] = mapped_column(SmallInteger)
    day_count: Mapped[DayCount] = mapped_column(enum_type(DayCount))
    integration_days: Mapped[int] = mapped_column(SmallInteger)
    observation_days: Mapped[int] = mapped_column(SmallInteger)
    updated_at: Mapped[UtcTime]
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))


register_constraints(
    {
        "uq_case_suspension_case_id_reason": (
            _l(
                "This can be done once only, and it has been done: the law does not allow it twice."
            ),
            None,
        ),
        "uq_case_suspension_running": (
            _l("The term stands still already: it cannot be suspended twice at once."),
            None,
        ),
    }
)
