"""Comments on proposals and on sections of project sheets, and reports about them.

Counts of comments and of who finds them useful are kept by the database itself (triggers of
migration 0032).
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.models.proposals import Proposal
from portal.laboratories.states import CommentState, ReportState, SheetSection

LONGEST_COMMENT = 3_000


class Comment(Timestamped, Base):
    """What somebody says about a proposal or a section of a project sheet; answers go one deep."""

    __tablename__ = "laboratory_comment"
    __table_args__ = (
        CheckConstraint("num_nonnulls(proposal_id, sheet_id) = 1", name="is_about_one_thing"),
        CheckConstraint("(sheet_id IS NULL) = (section IS NULL)", name="sheet_has_section"),
        CheckConstraint(
            f"length(trim(text)) > 0 AND length(text) <= {LONGEST_COMMENT}", name="has_text"
        ),
        CheckConstraint(
            "state NOT IN ('refused', 'hidden')"
            " OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name="refused_or_hidden_says_why",
        ),
        CheckConstraint(
            "state NOT IN ('published', 'hidden') OR published_at IS NOT NULL",
            name="published_has_time",
        ),
        # Two levels at most: an answer's parent is no answer.
        CheckConstraint("depth IN (0, 1) AND (depth = 1) = (parent_id IS NOT NULL)", name="depth"),
        CheckConstraint(
            "(parent_id IS NULL) = (parent_depth IS NULL) AND parent_depth = 0",
            name="answers_go_one_deep",
        ),
        ForeignKeyConstraint(
            ["parent_id", "parent_depth"],
            ["laboratory_comment.id", "laboratory_comment.depth"],
            name="fk_laboratory_comment_parent",
        ),
        UniqueConstraint("id", "depth"),
        UniqueConstraint("author_id", "form_key"),
        Index(None, "proposal_id", "depth", "published_at", "id"),
        Index(None, "sheet_id", "section", "published_at", "id"),
        Index(None, "parent_id", "id"),
        Index(
            "ix_laboratory_comment_untold",
            "published_at",
            postgresql_where=sql_text("told_at IS NULL AND state = 'published'"),
        ),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey(Proposal.id))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey("project_sheet.id"))
    section: Mapped[SheetSection | None] = mapped_column(enum_type(SheetSection))
    parent_id: Mapped[int | None]
    parent_depth: Mapped[int | None]
    depth: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    text: Mapped[str] = mapped_column(Text)
    """Plain text; addresses in it are shown, never followed."""
    state: Mapped[CommentState] = mapped_column(
        enum_type(CommentState), default=CommentState.WAITING
    )
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it is refused or hidden; for the author, and (hidden) for everybody."""
    published_at: Mapped[UtcTime | None]
    told_at: Mapped[UtcTime | None]
    """When the proposal's author was told, in the daily mail or as who was answered."""
    is_of_office: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """Written for the municipality by who leads the laboratory or by its staff."""
    useful_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    """Written by the database alone."""
    form_key: Mapped[FormKey]


class CommentUseful(Base):
    """One person finds a comment useful."""

    __tablename__ = "comment_useful"

    comment_id: Mapped[int] = mapped_column(
        ForeignKey(Comment.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True
    )


class ContentReport(Timestamped, Base):
    """Somebody says that a proposal or a comment should not be public (behaviour 49)."""

    __tablename__ = "content_report"
    __table_args__ = (
        CheckConstraint("num_nonnulls(proposal_id, comment_id) = 1", name="is_about_one_thing"),
        CheckConstraint("length(trim(reason)) > 0", name="says_why"),
        CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_has_time"),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int | None] = mapped_column(ForeignKey(Proposal.id), index=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey(Comment.id), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """None: somebody without an account."""
    reason: Mapped[str] = mapped_column(String(1000))
    state: Mapped[ReportState] = mapped_column(enum_type(ReportState), default=ReportState.OPEN)
    decided_at: Mapped[UtcTime | None]
    author_answer: Mapped[str | None] = mapped_column(String(2000))
    """What the author of what was hidden answered, once."""
    author_answered_at: Mapped[UtcTime | None]


register_constraints(
    {
        "ck_laboratory_comment_has_text": (
            _l("Write a comment of at most 3000 characters."),
            "text",
        ),
        "uq_laboratory_comment_author_id_form_key": (
            _l("This comment has been sent already."),
            None,
        ),
        "ck_content_report_says_why": (_l("Say what is wrong with it."), "reason"),
    }
)
