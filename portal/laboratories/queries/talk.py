"""What people say about a proposal: comments with their answers, supports, reports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Subquery,
    and_,
    exists,
    false,
    func,
    or_,
    select,
)

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page
from portal.core.text import short_name
from portal.laboratories.models import (
    Comment,
    CommentUseful,
    ContentReport,
    Laboratory,
    Proposal,
    ProposalSupport,
)
from portal.laboratories.states import CommentOrder, CommentState, ReportState

COMMENTS_PER_PAGE = 20
"""Top-level ones; each brings all its answers."""


@dataclass(frozen=True)
class CommentRow:
    """A comment as a reader sees it; of a hidden or withdrawn one only its place is left."""

    id: int
    state: CommentState
    author: str
    """As the public reads it; empty for what is not shown."""
    text: str
    reason: str | None
    """Why it is hidden."""
    at: datetime
    is_of_office: bool
    is_of_proposer: bool
    is_own: bool
    useful_count: int
    is_found_useful: bool
    """By this reader."""
    answers: tuple["CommentRow", ...] = ()

    @property
    def is_shown(self) -> bool:
        """Say whether its text is there for this reader."""
        return self.state in (CommentState.PUBLISHED, CommentState.WAITING)

    @property
    def is_public(self) -> bool:
        """Say whether everybody reads it."""
        return self.state is CommentState.PUBLISHED


@dataclass(frozen=True)
class TalkPage(Page[CommentRow]):
    """A page of top-level comments."""

    order: CommentOrder = CommentOrder.NEWEST


def list_comments(
    actor: Actor, *, proposal_id: int, proposer_id: int | None, order: CommentOrder, page: int
) -> TalkPage:
    """Return a page of comments with all their answers, one's own waiting ones too.

    One statement, however many there are; two more where the page asked for lies past the end.
    """
    rows = _read_page(actor, proposal_id, order, page)
    if not rows and page > 1:
        total = _count(actor, proposal_id)
        page = clamp_page(page, total, COMMENTS_PER_PAGE)
        rows = _read_page(actor, proposal_id, order, page)
    total = rows[0].total if rows else 0
    return TalkPage(_thread(actor, rows, proposer_id), page, total, COMMENTS_PER_PAGE, order)


def find_page_of(actor: Actor, *, proposal_id: int, comment_id: int) -> int:
    """Return on which page of the newest a comment stands; raises `NotFoundError`."""
    comment = session().get(Comment, comment_id)
    if comment is None or comment.proposal_id != proposal_id:
        raise NotFoundError
    top_id = comment.parent_id or comment.id
    ranked = (
        select(
            Comment.id,
            func.row_number().over(order_by=_in_order(CommentOrder.NEWEST)).label("place"),
        )
        .where(_tops(actor, proposal_id))
        .subquery()
    )
    place = session().scalar(select(ranked.c.place).where(ranked.c.id == top_id))
    return 1 if place is None else -(-place // COMMENTS_PER_PAGE)


def is_supported_by(actor: Actor, proposal_id: int) -> bool:
    """Say whether the actor supports a proposal."""
    if not actor.is_signed_in:
        return False
    support = session().get(ProposalSupport, (proposal_id, actor.account_id))
    return support is not None


def find_comment(proposal_id: int, comment_id: int | None) -> tuple[str, str] | None:
    """Return whose a published comment is, and what it says; None where there is none."""
    row = (
        session()
        .execute(
            select(User.display_name, Comment.text)
            .join(User, User.id == Comment.author_id)
            .where(
                Comment.id == comment_id,
                Comment.proposal_id == proposal_id,
                Comment.state == CommentState.PUBLISHED,
            )
        )
        .one_or_none()
    )
    return None if row is None else (short_name(row.display_name), row.text)


# --- for the office


@dataclass(frozen=True)
class CommentCase:
    """A comment inside its case."""

    id: int
    state: CommentState
    author: str
    text: str
    answers_to: str | None
    """The text of the comment above."""
    proposal_id: int
    proposal_title: str
    proposal_text: str
    laboratory_slug: str
    laboratory_title: str


def get_comment_case(comment_id: int) -> CommentCase:
    """Return a comment for the page of its case, whose reader the queue has checked."""
    row = session().execute(
        select(Comment, User.display_name, Proposal.title, Proposal.text,
               Laboratory.slug, Laboratory.title.label("laboratory_title"))
        .join(User, User.id == Comment.author_id)
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .where(Comment.id == comment_id)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFoundError
    comment: Comment = row.Comment
    parent = session().get(Comment, comment.parent_id) if comment.parent_id else None
    return CommentCase(
        id=comment.id,
        state=comment.state,
        author=row.display_name,
        text=comment.text,
        answers_to=parent.text if parent else None,
        proposal_id=comment.proposal_id or 0,
        proposal_title=row.title,
        proposal_text=row.text,
        laboratory_slug=row.slug,
        laboratory_title=row.laboratory_title,
    )


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
    proposal_id: int
    proposal_title: str
    laboratory_slug: str
    comment_id: int | None
    reason: str | None
    """Why it is hidden."""


def get_report_case(report_id: int) -> ReportCase:
    """Return the reports of one case; the first one gave it its number."""
    first = session().get(ContentReport, report_id)
    if first is None:
        raise NotFoundError
    comment = session().get(Comment, first.comment_id) if first.comment_id else None
    proposal = session().get_one(Proposal, comment.proposal_id if comment else first.proposal_id)
    author_id = comment.author_id if comment else proposal.author_id
    author = session().get(User, author_id) if author_id else None
    hidden_comment = comment is not None and comment.state is CommentState.HIDDEN
    hidden_proposal = comment is None and proposal.state == "refused"
    return ReportCase(
        id=first.id,
        state=first.state,
        is_comment=comment is not None,
        is_hidden=hidden_comment or hidden_proposal,
        author=author.display_name if author else proposal.author_name,
        text=comment.text if comment else proposal.text,
        lines=_lines(first),
        author_id=author_id,
        author_answer=first.author_answer,
        author_answered_at=first.author_answered_at,
        proposal_id=proposal.id,
        proposal_title=proposal.title,
        laboratory_slug=proposal.laboratory.slug,
        comment_id=first.comment_id,
        reason=comment.reason if comment else proposal.reason,
    )


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


# --- reading a page


def _visible(actor: Actor) -> ColumnElement[bool]:
    """What leaves a place in the talk, and what the reader wrote and waits."""
    own = (
        and_(Comment.author_id == actor.account_id, Comment.state == CommentState.WAITING)
        if actor.is_signed_in
        else false()
    )
    return or_(Comment.published_at.is_not(None), own)


def _tops(actor: Actor, proposal_id: int) -> ColumnElement[bool]:
    return and_(Comment.proposal_id == proposal_id, Comment.depth == 0, _visible(actor))


def _count(actor: Actor, proposal_id: int) -> int:
    statement = select(func.count()).select_from(Comment).where(_tops(actor, proposal_id))
    return session().scalar(statement) or 0


def _in_order(order: CommentOrder) -> tuple[ColumnElement[Any], ...]:
    newest = (func.coalesce(Comment.published_at, Comment.created_at).desc(), Comment.id.desc())
    if order is CommentOrder.MOST_USEFUL:
        return (Comment.useful_count.desc(), *newest)
    return newest


def _read_page(
    actor: Actor, proposal_id: int, order: CommentOrder, page: int
) -> Sequence[Row[Any]]:
    top = _page_of_tops(actor, proposal_id, order, page)
    found = (
        exists().where(
            CommentUseful.comment_id == Comment.id, CommentUseful.user_id == actor.account_id
        )
        if actor.is_signed_in
        else false()
    )
    statement = (
        select(Comment, User.display_name, top.c.total, found.label("is_found_useful"))
        .join(top, top.c.id == func.coalesce(Comment.parent_id, Comment.id))
        .join(User, User.id == Comment.author_id)
        .where(Comment.proposal_id == proposal_id, _visible(actor))
        .order_by(
            top.c.place,
            Comment.depth,
            func.coalesce(Comment.published_at, Comment.created_at),
            Comment.id,
        )
    )
    return session().execute(statement).all()


def _page_of_tops(actor: Actor, proposal_id: int, order: CommentOrder, page: int) -> Subquery:
    return (
        select(
            Comment.id,
            func.count().over().label("total"),
            func.row_number().over(order_by=_in_order(order)).label("place"),
        )
        .where(_tops(actor, proposal_id))
        .order_by(*_in_order(order))
        .limit(COMMENTS_PER_PAGE)
        .offset((page - 1) * COMMENTS_PER_PAGE)
        .subquery("top")
    )


def _thread(actor: Actor, rows: Sequence[Row[Any]], proposer_id: int | None) -> list[CommentRow]:
    answers: dict[int, list[CommentRow]] = {}
    for row in rows:
        if row.Comment.parent_id is not None:
            answers.setdefault(row.Comment.parent_id, []).append(_as_row(actor, row, proposer_id))
    return [
        _as_row(actor, row, proposer_id, tuple(answers.get(row.Comment.id, ())))
        for row in rows
        if row.Comment.parent_id is None
    ]


def _as_row(
    actor: Actor,
    row: Row[Any],
    proposer_id: int | None,
    answers: tuple[CommentRow, ...] = (),
) -> CommentRow:
    comment: Comment = row.Comment
    is_shown = comment.state in (CommentState.PUBLISHED, CommentState.WAITING)
    return CommentRow(
        id=comment.id,
        state=comment.state,
        author=short_name(row.display_name) if is_shown else "",
        text=comment.text if is_shown else "",
        reason=comment.reason if comment.state is CommentState.HIDDEN else None,
        at=comment.published_at or comment.created_at,
        is_of_office=comment.is_of_office,
        is_of_proposer=comment.author_id == proposer_id,
        is_own=actor.is_signed_in and comment.author_id == actor.id,
        useful_count=comment.useful_count,
        is_found_useful=row.is_found_useful,
        answers=answers,
    )
