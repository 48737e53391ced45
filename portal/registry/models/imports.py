"""Imports that staff makes in the browser."""

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.registry.states import ImportState

LONGEST_FILE_NAME = 200


class ImportRun(Timestamped, Base):
    """A list that was uploaded, what it would change, and whether it did."""

    __tablename__ = "import_run"
    __table_args__ = (
        # The file is kept while it can still be applied.
        CheckConstraint(
            "(state IN ('uploaded', 'checked', 'applying')) = (content IS NOT NULL)",
            name="keeps_file_while_open",
        ),
        CheckConstraint(
            "state NOT IN ('checked', 'applying', 'applied') OR report IS NOT NULL",
            name="checked_has_report",
        ),
        CheckConstraint("(state = 'failed') = (problem IS NOT NULL)", name="failed_says_why"),
        CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name="applied_has_time"),
        Index(
            "uq_import_run_applying",
            text("(state = 'applying')"),
            unique=True,
            postgresql_where=text("state = 'applying'"),
        ),
    )

    id: Mapped[Id]
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    file_name: Mapped[str] = mapped_column(String(LONGEST_FILE_NAME))
    size: Mapped[int]
    """Bytes."""
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    state: Mapped[ImportState] = mapped_column(enum_type(ImportState), default=ImportState.UPLOADED)
    layout: Mapped[str | None] = mapped_column(String(40))
    encoding: Mapped[str | None] = mapped_column(String(20))
    separator: Mapped[str | None] = mapped_column(String(1))
    new: Mapped[int | None]
    changed: Mapped[int | None]
    unchanged: Mapped[int | None]
    rejected: Mapped[int | None]
    report: Mapped[dict[str, Any] | None] = mapped_column(JSONB, deferred=True)
    """What is shown row by row."""
    problem: Mapped[str | None] = mapped_column(Text)
    applied_at: Mapped[UtcTime | None]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class ImportProgress(Base):
    """How far the work on an import is; written beside the transaction that does the work."""

    __tablename__ = "import_progress"
    __table_args__ = (CheckConstraint("done BETWEEN 0 AND total", name="done_of_total"),)

    run_id: Mapped[int] = mapped_column(ForeignKey(ImportRun.id), primary_key=True)
    done: Mapped[int]
    total: Mapped[int]
    at: Mapped[UtcTime]


register_constraints(
    {
        "uq_import_run_applying": (
            _l("Another list is being applied: wait until it is done."),
            None,
        ),
    }
)
