"""The daily mail to who writes project sheets or follows them: what was said about them."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, select, update

from portal.accounts.models import User
from portal.core.clock import local_today, start_of_today, utc_now
from portal.core.database import session
from portal.core.text import short_name
from portal.laboratories.emails.comments import (
    Commented,
    NewComment,
    NewTalk,
    mail_new_section_comments,
)
from portal.laboratories.models import (
    Comment,
    Laboratory,
    LaboratoryPerson,
    ProjectSheet,
    SheetEditor,
)
from portal.laboratories.services.comment_digest import MOST_TOLD
from portal.laboratories.states import CommentState, SheetState


def tell_sheet_readers() -> None:
    """Mail what was published on sheets until midnight and nobody was told of.

    Who was named to write in them gets one mail a day; who follows the laboratory gets one a
    laboratory, while the sheet is shared, which they can end. Nobody is told what they said.
    """
    rows = session().execute(_untold(start_of_today())).all()
    writers = _writers({row.Comment.sheet_id for row in rows})
    _tell_writers(rows, writers)
    _tell_followers([row for row in rows if row.state is SheetState.SHARED], writers)
    told = [row.Comment.id for row in rows]
    if told:
        session().execute(update(Comment).where(Comment.id.in_(told)).values(told_at=utc_now()))


def _tell_writers(rows: Sequence[Row[Any]], writers: dict[int, dict[int, User]]) -> None:
    everybody = {user.id: user for of_sheet in writers.values() for user in of_sheet.values()}
    for user in everybody.values():
        own = [row for row in rows if user.id in writers.get(row.Comment.sheet_id, {})]
        _tell(user, own, followed_id=None)


def _tell_followers(rows: Sequence[Row[Any]], writers: dict[int, dict[int, User]]) -> None:
    for laboratory_id, group in groupby(rows, key=lambda row: row.laboratory_id):
        said = list(group)
        for user in _followers(laboratory_id):
            others = [row for row in said if user.id not in writers.get(row.Comment.sheet_id, {})]
            _tell(user, others, followed_id=laboratory_id)


def _tell(user: User, rows: Sequence[Row[Any]], *, followed_id: int | None) -> None:
    by_others = [row for row in rows if row.Comment.author_id != user.id]
    if not by_others:
        return
    mail_new_section_comments(
        day=local_today(), sheets=list(_talks(by_others)), reader=user, followed_id=followed_id
    )


def _talks(rows: Sequence[Row[Any]]) -> Iterator[NewTalk]:
    for (sheet_id, slug, title), group in groupby(
        rows, key=lambda row: (row.Comment.sheet_id, row.slug, row.title)
    ):
        about = Commented(slug, title, sheet_id=sheet_id)
        said = [
            NewComment(
                author=short_name(row.display_name),
                text=row.Comment.text,
                address=about.comment_address(row.Comment.id),
            )
            for row in group
        ]
        yield NewTalk(title, said)


def _untold(before: datetime) -> Any:  # noqa: ANN401 - a select of several things
    return (
        select(
            Comment,
            User.display_name,
            ProjectSheet.title,
            ProjectSheet.state,
            ProjectSheet.laboratory_id,
            Laboratory.slug,
        )
        .join(ProjectSheet, ProjectSheet.id == Comment.sheet_id)
        .join(Laboratory, Laboratory.id == ProjectSheet.laboratory_id)
        .join(User, User.id == Comment.author_id)
        .where(
            Comment.told_at.is_(None),
            Comment.state == CommentState.PUBLISHED,
            Comment.published_at < before,
        )
        .order_by(ProjectSheet.laboratory_id, ProjectSheet.id, Comment.published_at, Comment.id)
        .limit(MOST_TOLD)
        .with_for_update(of=Comment, skip_locked=True)
    )


def _writers(sheet_ids: set[int]) -> dict[int, dict[int, User]]:
    """Return who writes in each sheet, by sheet and account."""
    found: dict[int, dict[int, User]] = {}
    rows = session().execute(
        select(SheetEditor.sheet_id, User)
        .join(User, User.id == SheetEditor.user_id)
        .where(SheetEditor.sheet_id.in_(sheet_ids), User.active)
        .order_by(SheetEditor.sheet_id, User.id)
    )
    for sheet_id, user in rows:
        found.setdefault(sheet_id, {})[user.id] = user
    return found


def _followers(laboratory_id: int) -> Sequence[User]:
    return (
        session()
        .scalars(
            select(User)
            .join(LaboratoryPerson, LaboratoryPerson.user_id == User.id)
            .where(
                LaboratoryPerson.laboratory_id == laboratory_id,
                LaboratoryPerson.follows,
                User.active,
            )
            .order_by(User.id)
        )
        .all()
    )
