"""A case: something submitted that the administration answers."""

from datetime import date, datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.clock import to_local
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.moderation.deadlines import LEGAL_TERMS, Term
from portal.moderation.states import CaseKind, CaseState, DayCount
from portal.territory.models import District


def case_number(case_id: int, created_at: datetime) -> str:
    """Return the number of a case: the year it was opened in the city, and its id."""
    return f"{to_local(created_at).year}-{case_id}"


class Case(Timestamped, Base):
    """One request in the queue. `subject_id` is the row of the feature the kind belongs to."""

    __tablename__ = "moderation_case"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(decided_at, decided_by_id, reason) = CASE"
            " WHEN state IN ('accepted', 'returned', 'refused', 'archived') THEN 3 ELSE 0 END",
            name="decided_has_decider_and_reason",
        ),
        CheckConstraint(
            "state NOT IN ('in_charge', 'suspended', 'noticed') OR officer_id IS NOT NULL",
            name="in_charge_has_officer",
        ),
        # Law 241/1990, art. 10-bis: the reasons are told first, and observations are answered.
        CheckConstraint(
            "kind <> 'registry_request' OR state <> 'refused' OR noticed_on IS NOT NULL",
            name="refusal_follows_notice",
        ),
        CheckConstraint(
            "state <> 'refused' OR observed_at IS NULL OR observations_answer IS NOT NULL",
            name="refusal_answers_observations",
        ),
        CheckConstraint(
            "observed_at IS NULL OR noticed_on IS NOT NULL", name="observations_follow_notice"
        ),
        CheckConstraint("decided_by_id <> applicant_id", name="decider_is_not_applicant"),
        CheckConstraint(
            "applicant_id IS NOT NULL OR kind = 'content_report'", name="somebody_asks"
        ),
        CheckConstraint("reason IS NULL OR length(trim(reason)) > 0", name="reason_is_said"),
        CheckConstraint("due_on >= received_on", name="due_after_received"),
        CheckConstraint("term_days BETWEEN 1 AND 180", name="term_is_sensible"),
        # What waits: one open case a subject, and the queue's own order.
        Index(
            "uq_moderation_case_open_subject",
            "kind",
            "subject_id",
            unique=True,
            postgresql_where=text(
                "state IN ('waiting', 'in_charge', 'suspended', 'noticed', 'returned')"
            ),
        ),
        Index(None, "kind", "subject_id"),
        Index("ix_moderation_case_state_due_on", "state", "due_on", "id"),
    )

    id: Mapped[Id]
    kind: Mapped[CaseKind] = mapped_column(enum_type(CaseKind))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str] = mapped_column(String(250))
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    """None: reports of a content, which many may send, some without an account."""
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    """Name of the association the applicant speaks for, as it was when handed in."""
    district_id: Mapped[int | None] = mapped_column(ForeignKey(District.id))
    state: Mapped[CaseState] = mapped_column(enum_type(CaseState), default=CaseState.WAITING)
    received_on: Mapped[date]
    due_on: Mapped[date]
    term_days: Mapped[int] = mapped_column(
        SmallInteger, default=LEGAL_TERMS.answer.days, server_default=text("30")
    )
    """The term it was opened with: it stays when the settings change."""
    term_day_count: Mapped[DayCount] = mapped_column(
        enum_type(DayCount),
        default=LEGAL_TERMS.answer.day_count,
        server_default=text("'calendar'"),
    )
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    reason: Mapped[str | None] = mapped_column(Text)
    decided_at: Mapped[UtcTime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    noticed_on: Mapped[date | None]
    """When the reasons for a refusal were told."""
    observed_at: Mapped[UtcTime | None]
    """When the applicant's observations on them came."""
    observations_answer: Mapped[str | None] = mapped_column(Text)
    """What the refusal says to the observations."""
    # Two clerks at once: who saves second is told (SQLAlchemy compares it in every UPDATE).
    version: Mapped[int] = mapped_column(default=1)

    @property
    def asked_by_id(self) -> int:
        """The account of who asked; raises `ValueError` where nobody did by name."""
        if self.applicant_id is None:
            raise ValueError("nobody asked by name")
        return self.applicant_id

    @property
    def case_number(self) -> str:
        """`2026-118`: what people quote on the phone; the same when it is handed in again."""
        return case_number(self.id, self.created_at)

    @property
    def term(self) -> Term:
        """How long the administration has."""
        return Term(self.term_days, self.term_day_count)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


register_constraints(
    {
        "ck_moderation_case_decider_is_not_applicant": (
            _l("This is your own request: a colleague decides it."),
            None,
        ),
        "uq_moderation_case_open_subject": (
            _l("This request has already been sent: you find it in your personal area."),
            None,
        ),
    }
)
