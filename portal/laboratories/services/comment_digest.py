"""The daily mail to proposers: what was said about their proposals."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select, update

from portal.accounts.models import User
from portal.accounts.queries import Recipient, get_recipient
from portal.core.clock import local_today, start_of_today, utc_now
from portal.core.database import session
from portal.core.text import short_name
from portal.laboratories.emails.comments import (
    Commented,
    NewComment,
    NewTalk,
    mail_new_comments,
)
from portal.laboratories.models import Comment, Laboratory, Proposal
from portal.laboratories.states import CommentState

MOST_TOLD = 2_000
"""Comments of one run; the rest follow with the next one."""


def tell_proposers() -> None:
    """Mail every proposer what was published until midnight and nobody told them of.

    One mail a day and person. What somebody said about their own proposal is not told.
    """
    rows = session().execute(_untold(start_of_today())).all()
    for proposer_id, group in groupby(rows, key=lambda row: row.proposer_id):
        _tell(proposer_id, list(group))
    told = [row.Comment.id for row in rows]
    if told:
        session().execute(update(Comment).where(Comment.id.in_(told)).values(told_at=utc_now()))


def _untold(before: datetime) -> Any:  # noqa: ANN401 - a select of several things
    return (
        select(
            Comment,
            User.display_name,
            Proposal.title,
            Proposal.author_id.label("proposer_id"),
            Laboratory.slug,
        )
        .join(Proposal, Proposal.id == Comment.proposal_id)
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .join(User, User.id == Comment.author_id)
        .where(
            Comment.told_at.is_(None),
            Comment.state == CommentState.PUBLISHED,
            Comment.published_at < before,
            Proposal.author_id.is_not(None),
        )
        .order_by(Proposal.author_id, Proposal.id, Comment.published_at, Comment.id)
        .limit(MOST_TOLD)
        .with_for_update(of=Comment, skip_locked=True)
    )


def _tell(proposer_id: int, rows: Sequence[Row[Any]]) -> None:
    by_others = [row for row in rows if row.Comment.author_id != proposer_id]
    if not by_others:
        return
    reader: Recipient = get_recipient(proposer_id)
    mail_new_comments(
        day=local_today(),
        proposals=[
            NewTalk(title, [_as_told(row) for row in group])
            for (_id, title), group in groupby(
                by_others, key=lambda row: (row.Comment.proposal_id, row.title)
            )
        ],
        reader_id=proposer_id,
        reader=reader,
    )


def _as_told(row: Row[Any]) -> NewComment:
    comment: Comment = row.Comment
    about = Commented(row.slug, row.title, proposal_id=comment.proposal_id)
    return NewComment(
        author=short_name(row.display_name),
        text=comment.text,
        address=about.comment_address(comment.id),
    )
