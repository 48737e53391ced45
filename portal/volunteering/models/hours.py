"""Hours, certificates, expenses, and what a person shows of them."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.volunteering.models.projects import VolunteeringProject
from portal.volunteering.models.shifts import SignUp
from portal.volunteering.states import (
    CAP_A_DAY_CENTS,
    LARGEST_EXPENSE_CENTS,
    ExpenseKind,
    ExpenseState,
    HoursSource,
    HoursState,
)


class HoursEntry(Timestamped, Base):
    """Time a person gave to a project on a day; it counts once it is verified.

    A correction is a new entry that names the one it corrects.
    """

    __tablename__ = "hours_entry"
    __table_args__ = (
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_are_of_a_day"),
        CheckConstraint(
            "(state = 'verified') <= (verified_at IS NOT NULL AND verified_by_id IS NOT NULL)",
            name="verified_says_by_whom",
        ),
        CheckConstraint("verified_by_id <> user_id", name="nobody_verifies_their_own"),
        CheckConstraint(
            "state NOT IN ('refused', 'corrected') OR reason IS NOT NULL", name="change_says_why"
        ),
        CheckConstraint(
            "source <> 'presence' OR sign_up_id IS NOT NULL", name="presence_is_of_a_shift"
        ),
        # A presence counts once, however often it is marked.
        Index(
            "uq_hours_entry_live_sign_up",
            "sign_up_id",
            unique=True,
            postgresql_where=text("state IN ('to_verify', 'verified')"),
        ),
        Index("ix_hours_entry_user_worked_on", "user_id", "worked_on"),
        Index(
            "ix_hours_entry_to_verify",
            "project_id",
            postgresql_where=text("state = 'to_verify'"),
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    sign_up_id: Mapped[int | None] = mapped_column(ForeignKey(SignUp.id))
    worked_on: Mapped[date]
    minutes: Mapped[int]
    source: Mapped[HoursSource] = mapped_column(enum_type(HoursSource))
    state: Mapped[HoursState] = mapped_column(enum_type(HoursState), default=HoursState.TO_VERIFY)
    note: Mapped[str | None] = mapped_column(String(300))
    """What the person says of it."""
    reason: Mapped[str | None] = mapped_column(String(500))
    """Why it was refused or corrected."""
    verified_at: Mapped[UtcTime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("hours_entry.id"))
    project: Mapped[VolunteeringProject] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class Certificate(Timestamped, Base):
    """A certificate of hours (attestato), which anybody can check by its code."""

    __tablename__ = "certificate"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        CheckConstraint("minutes > 0", name="has_hours"),
        CheckConstraint("(revoked_at IS NULL) = (revoked_reason IS NULL)", name="revoked_says_why"),
    )

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(20), unique=True)
    """Random, in groups of four; read from paper, so without O, 0, I, 1."""
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    full_name: Mapped[str] = mapped_column(String(150))
    from_on: Mapped[date]
    until_on: Mapped[date]
    minutes: Mapped[int]
    lines: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    """Project, programme, minutes and days of each, as they were."""
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    revoked_at: Mapped[UtcTime | None]
    revoked_reason: Mapped[str | None] = mapped_column(String(500))
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class Expense(Timestamped, Base):
    """Money a person spent for a project and asks back, within the caps of the law.

    The caps on what is only declared hold over all rows of a person: a trigger adds them up
    (migration 0023).
    """

    __tablename__ = "expense"
    __table_args__ = (
        CheckConstraint(
            f"amount_cents BETWEEN 1 AND {LARGEST_EXPENSE_CENTS}", name="amount_is_plausible"
        ),
        CheckConstraint(
            f"kind <> 'self_certified' OR amount_cents <= {CAP_A_DAY_CENTS}",
            name="day_cap_is_kept",
        ),
        CheckConstraint(
            "kind <> 'documented' OR file_id IS NOT NULL OR recorded_by_id IS NOT NULL",
            name="documented_has_receipt",
        ),
        CheckConstraint("length(trim(description)) > 0", name="says_what_for"),
        CheckConstraint(
            "state NOT IN ('returned', 'refused') OR reason IS NOT NULL", name="reason_is_said"
        ),
        Index("ix_expense_user_spent_on", "user_id", "spent_on"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    spent_on: Mapped[date]
    kind: Mapped[ExpenseKind] = mapped_column(enum_type(ExpenseKind))
    amount_cents: Mapped[int]
    description: Mapped[str] = mapped_column(String(300))
    file_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id))
    """The receipt."""
    state: Mapped[ExpenseState] = mapped_column(
        enum_type(ExpenseState), default=ExpenseState.SUBMITTED
    )
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    project: Mapped[VolunteeringProject] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class SharedThanks(Timestamped, Base):
    """A thank-you page that a person made public, with what they chose to show on it."""

    __tablename__ = "shared_thanks"
    __table_args__ = (
        CheckConstraint(
            "shows_name = (shown_name IS NOT NULL) AND length(trim(shown_name)) > 0",
            name="name_is_written",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), unique=True)
    key: Mapped[str] = mapped_column(String(43), unique=True)
    """Random: who has the address sees the page, nobody else finds it."""
    year: Mapped[int]
    shows_name: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    shown_name: Mapped[str | None] = mapped_column(String(80))
    """As the person writes it here; None: no name."""
    shows_hours: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    shows_projects: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    shows_places: Mapped[bool] = mapped_column(server_default=text("false"), default=False)


register_constraints(
    {
        "ck_hours_entry_minutes_are_of_a_day": (
            _l("Write between one minute and 24 hours."),
            "minutes",
        ),
        "ck_hours_entry_nobody_verifies_their_own": (
            _l("Nobody verifies their own hours: another tutor or the office does."),
            None,
        ),
        "uq_hours_entry_live_sign_up": (
            _l("The hours of this shift are already there."),
            None,
        ),
        "ck_expense_day_cap_is_kept": (
            _l("Without a receipt at most €10 a day can be paid back: add the receipt."),
            "amount",
        ),
        "expense_day_cap": (
            _l("Without a receipt at most €10 a day can be paid back: add the receipt."),
            "amount",
        ),
        "expense_month_cap": (
            _l("Without a receipt at most €150 a month can be paid back: add the receipt."),
            "amount",
        ),
        "ck_expense_documented_has_receipt": (
            _l("Add the receipt, as a PDF or a picture."),
            "receipt",
        ),
        "ck_expense_amount_is_plausible": (
            _l("Write an amount between one cent and €1,000."),
            "amount",
        ),
    }
)
