"""A comment, or reports of something, inside their case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.laboratories.models import (
    Comment,
    ContentReport,
    Laboratory,
    ProjectSheet,
    Proposal,
)
from portal.laboratories.policies import SHEET_PARTS
from portal.laboratories.states import (
    CommentState,
    ProposalState,
    ReportState,
    SheetSection,
    Topic,
)


@dataclass(frozen=True)
class CommentCase:
    """A comment inside its case."""

    id: int
    state: CommentState
    author: str
    text: str
    answers_to: str | None
    """The text of the comment above."""
    topic: Topic
    title: str
    """Of the proposal or sheet it is about."""
    about: str
    """What the proposal says, or the sheet in that section where it is a text."""
    laboratory_slug: str
    laboratory_title: str


def get_comment_case(comment_id: int) -> CommentCase:
    """Return a comment for the page of its case, whose reader the queue has checked."""
    row = session().execute(
        select(Comment, User.display_name, Proposal, ProjectSheet, Laboratory)
        .join(User, User.id == Comment.author_id)
        .outerjoin(Proposal, Proposal.id == Comment.proposal_id)
        .outerjoin(ProjectSheet, ProjectSheet.id == Comment.sheet_id)
        .join(
            Laboratory,
            Laboratory.id == func.coalesce(Proposal.laboratory_id, ProjectSheet.laboratory_id),
        )
        .where(Comment.id == comment_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFoundError
    comment: Comment = row.Comment
    thing: Proposal | ProjectSheet = row.Proposal or row.ProjectSheet
    parent = session().get(Comment, comment.parent_id) if comment.parent_id else None
    return CommentCase(
        id=comment.id,
        state=comment.state,
        author=row.display_name,
        text=comment.text,
        answers_to=parent.text if parent else None,
        topic=Topic(comment.proposal_id, comment.sheet_id, comment.section),
        title=thing.title,
        about=_said_in(thing, comment.section),
        laboratory_slug=row.Laboratory.slug,
        laboratory_title=row.Laboratory.title,
    )


def _said_in(thing: Proposal | ProjectSheet, section: SheetSection | None) -> str:
    if isinstance(thing, Proposal):
        return thing.text
    return str(getattr(thing, section)) if section in SHEET_PARTS else ""


@dataclass(frozen=True)
class ReportLine:
    """What one person reported."""

    at: datetime
    reporter: str | None
    """None: somebody without an account."""
    reason: str


@dataclass(frozen=True)
class ReportCase:
    """Everything reported about one thing, in one case."""

    id: int
    state: ReportState
    is_comment: bool
    is_hidden: bool
    """Still: it has not been shown again."""
    author: str | None
    text: str
    lines: Sequence[ReportLine]
    author_id: int | None
    author_answer: str | None
    author_answered_at: datetime | None
    topic: Topic
    title: str
    """Of the proposal or sheet it is about."""
    laboratory_slug: str
    comment_id: int | None
    reason: str | None
    """Why it is hidden."""


def get_report_case(report_id: int) -> ReportCase:
    """Return the reports of one case; the first one gave it its number."""
    first = session().get(ContentReport, report_id)
    if first is None:
        raise NotFoundError
    written: Comment | Proposal
    if first.comment_id is not None:
        written = session().get_one(Comment, first.comment_id)
    else:
        written = session().get_one(Proposal, first.proposal_id)
    thing = _talked_about(written)
    return ReportCase(
        id=first.id,
        state=first.state,
        is_comment=isinstance(written, Comment),
        is_hidden=written.state in (CommentState.HIDDEN, ProposalState.REFUSED),
        author=_author_name(written),
        text=written.text,
        lines=_lines(first),
        author_id=written.author_id,
        author_answer=first.author_answer,
        author_answered_at=first.author_answered_at,
        topic=_topic(written),
        title=thing.title,
        laboratory_slug=thing.laboratory.slug,
        comment_id=first.comment_id,
        reason=written.reason,
    )


def _topic(written: Comment | Proposal) -> Topic:
    if isinstance(written, Proposal):
        return Topic(proposal_id=written.id)
    return Topic(written.proposal_id, written.sheet_id, written.section)


def _talked_about(written: Comment | Proposal) -> Proposal | ProjectSheet:
    if isinstance(written, Proposal):
        return written
    if written.sheet_id is not None:
        return session().get_one(ProjectSheet, written.sheet_id)
    return session().get_one(Proposal, written.proposal_id)


def _author_name(written: Comment | Proposal) -> str | None:
    author = session().get(User, written.author_id) if written.author_id else None
    if author is None:
        return written.author_name if isinstance(written, Proposal) else None
    return author.display_name


def _lines(first: ContentReport) -> list[ReportLine]:
    about = (
        ContentReport.comment_id == first.comment_id
        if first.comment_id
        else ContentReport.proposal_id == first.proposal_id
    )
    # Those decided together have the same moment; while open, all open ones are together.
    together = (
        ContentReport.state == ReportState.OPEN
        if first.decided_at is None
        else ContentReport.decided_at == first.decided_at
    )
    rows = session().execute(
        select(ContentReport.created_at, User.display_name, ContentReport.reason)
        .outerjoin(User, User.id == ContentReport.reporter_id)
        .where(about, together)
        .order_by(ContentReport.id)
    )
    return [ReportLine(*row) for row in rows]
