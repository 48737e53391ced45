"""What people say about a proposal or a section of a project sheet, and who supports it."""

from collections.abc import Collection, Mapping, Sequence
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
    ProposalSupport,
)
from portal.laboratories.states import CommentOrder, CommentState, SheetSection, Topic

COMMENTS_PER_PAGE = 20
"""Top-level ones; each brings all its answers."""
BESIDE_A_SECTION = 5
"""Comments who writes a sheet reads beside its field; the rest is one link away."""


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
    is_of_author: bool
    """Of who proposes, or of somebody who writes the sheet."""
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
    actor: Actor, topic: Topic, *, author_ids: Collection[int], order: CommentOrder, page: int
) -> TalkPage:
    """Return a page of comments with all their answers, one's own waiting ones too.

    `author_ids`: who wrote what is talked about; their comments are marked. One statement,
    however many there are; two more where the page asked for lies past the end.
    """
    rows = _read_page(actor, topic, order, page)
    if not rows and page > 1:
        total = _count(actor, topic)
        page = clamp_page(page, total, COMMENTS_PER_PAGE)
        rows = _read_page(actor, topic, order, page)
    total = rows[0].total if rows else 0
    return TalkPage(_thread(actor, rows, author_ids), page, total, COMMENTS_PER_PAGE, order)


def find_page_of(actor: Actor, topic: Topic, *, comment_id: int) -> int:
    """Return on which page of the newest a comment stands; raises `NotFoundError`."""
    comment = session().get(Comment, comment_id)
    if comment is None or not _is_about(comment, topic):
        raise NotFoundError
    top_id = comment.parent_id or comment.id
    ranked = (
        select(
            Comment.id,
            func.row_number().over(order_by=_in_order(CommentOrder.NEWEST)).label("place"),
        )
        .where(_tops(actor, topic))
        .subquery()
    )
    place = session().scalar(select(ranked.c.place).where(ranked.c.id == top_id))
    return 1 if place is None else -(-place // COMMENTS_PER_PAGE)


def find_section(sheet_id: int, comment_id: int) -> SheetSection:
    """Return at which section of a sheet a comment is; raises `NotFoundError`."""
    section = session().scalar(
        select(Comment.section).where(Comment.id == comment_id, Comment.sheet_id == sheet_id)
    )
    if section is None:
        raise NotFoundError
    return section


def count_by_section(actor: Actor, sheet_id: int) -> Mapping[SheetSection, int]:
    """Return how many comments each section of a sheet has for this reader, answers too."""
    shown = or_(Comment.state == CommentState.PUBLISHED, _own_waiting(actor))
    rows = session().execute(
        select(Comment.section, func.count())
        .where(Comment.sheet_id == sheet_id, shown)
        .group_by(Comment.section)
    )
    return {section: count for section, count in rows if section is not None}


@dataclass(frozen=True)
class SectionComment:
    """A published comment, as who writes the sheet reads it beside the section."""

    id: int
    author: str
    text: str
    at: datetime
    is_answer: bool
    is_of_office: bool


def list_newest_by_section(sheet_id: int) -> Mapping[SheetSection, list[SectionComment]]:
    """Return the newest published comments of each section of a sheet, in one statement."""
    newest = (
        select(
            Comment.id,
            func.row_number()
            .over(partition_by=Comment.section, order_by=_in_order(CommentOrder.NEWEST))
            .label("place"),
        )
        .where(Comment.sheet_id == sheet_id, Comment.state == CommentState.PUBLISHED)
        .subquery()
    )
    rows = session().execute(
        select(Comment, User.display_name)
        .join(newest, newest.c.id == Comment.id)
        .join(User, User.id == Comment.author_id)
        .where(newest.c.place <= BESIDE_A_SECTION)
        .order_by(newest.c.place)
    )
    found: dict[SheetSection, list[SectionComment]] = {}
    for comment, name in rows:
        if comment.section is None or comment.published_at is None:
            continue
        row = SectionComment(
            id=comment.id,
            author=short_name(name),
            text=comment.text,
            at=comment.published_at,
            is_answer=comment.depth == 1,
            is_of_office=comment.is_of_office,
        )
        found.setdefault(comment.section, []).append(row)
    return found


def is_supported_by(actor: Actor, proposal_id: int) -> bool:
    """Say whether the actor supports a proposal."""
    if not actor.is_signed_in:
        return False
    support = session().get(ProposalSupport, (proposal_id, actor.account_id))
    return support is not None


def find_comment(topic: Topic, comment_id: int | None) -> tuple[str, str] | None:
    """Return whose a published comment is, and what it says; None where there is none."""
    row = (
        session()
        .execute(
            select(User.display_name, Comment.text)
            .join(User, User.id == Comment.author_id)
            .where(
                Comment.id == comment_id,
                _about(topic),
                Comment.state == CommentState.PUBLISHED,
            )
        )
        .one_or_none()
    )
    return None if row is None else (short_name(row.display_name), row.text)


# --- reading a page


def _visible(actor: Actor) -> ColumnElement[bool]:
    """What leaves a place in the talk, and what the reader wrote and waits."""
    return or_(Comment.published_at.is_not(None), _own_waiting(actor))


def _own_waiting(actor: Actor) -> ColumnElement[bool]:
    if not actor.is_signed_in:
        return false()
    return and_(Comment.author_id == actor.account_id, Comment.state == CommentState.WAITING)


def _about(topic: Topic) -> ColumnElement[bool]:
    if topic.proposal_id is not None:
        return Comment.proposal_id == topic.proposal_id
    return and_(Comment.sheet_id == topic.sheet_id, Comment.section == topic.section)


def _is_about(comment: Comment, topic: Topic) -> bool:
    return topic == Topic(comment.proposal_id, comment.sheet_id, comment.section)


def _tops(actor: Actor, topic: Topic) -> ColumnElement[bool]:
    return and_(_about(topic), Comment.depth == 0, _visible(actor))


def _count(actor: Actor, topic: Topic) -> int:
    statement = select(func.count()).select_from(Comment).where(_tops(actor, topic))
    return session().scalar(statement) or 0


def _in_order(order: CommentOrder) -> tuple[ColumnElement[Any], ...]:
    newest = (func.coalesce(Comment.published_at, Comment.created_at).desc(), Comment.id.desc())
    if order is CommentOrder.MOST_USEFUL:
        return (Comment.useful_count.desc(), *newest)
    return newest


def _read_page(actor: Actor, topic: Topic, order: CommentOrder, page: int) -> Sequence[Row[Any]]:
    top = _page_of_tops(actor, topic, order, page)
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
        .where(_about(topic), _visible(actor))
        .order_by(
            top.c.place,
            Comment.depth,
            func.coalesce(Comment.published_at, Comment.created_at),
            Comment.id,
        )
    )
    return session().execute(statement).all()


def _page_of_tops(actor: Actor, topic: Topic, order: CommentOrder, page: int) -> Subquery:
    return (
        select(
            Comment.id,
            func.count().over().label("total"),
            func.row_number().over(order_by=_in_order(order)).label("place"),
        )
        .where(_tops(actor, topic))
        .order_by(*_in_order(order))
        .limit(COMMENTS_PER_PAGE)
        .offset((page - 1) * COMMENTS_PER_PAGE)
        .subquery("top")
    )


def _thread(
    actor: Actor, rows: Sequence[Row[Any]], author_ids: Collection[int]
) -> list[CommentRow]:
    answers: dict[int, list[CommentRow]] = {}
    for row in rows:
        if row.Comment.parent_id is not None:
            answers.setdefault(row.Comment.parent_id, []).append(_as_row(actor, row, author_ids))
    return [
        _as_row(actor, row, author_ids, tuple(answers.get(row.Comment.id, ())))
        for row in rows
        if row.Comment.parent_id is None
    ]


def _as_row(
    actor: Actor,
    row: Row[Any],
    author_ids: Collection[int],
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
        is_of_author=comment.author_id in author_ids,
        is_own=actor.is_signed_in and comment.author_id == actor.id,
        useful_count=comment.useful_count,
        is_found_useful=row.is_found_useful,
        answers=answers,
    )
