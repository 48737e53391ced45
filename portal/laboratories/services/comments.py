"""Comments: writing, finding useful, taking back; what the office's decision does to one."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import User
from portal.accounts.queries import get_recipient
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import DomainError, ForbiddenStepError, NotFoundError
from portal.core.history import record_step, take_step
from portal.laboratories.emails import comments as emails
from portal.laboratories.models import Comment, CommentUseful, Laboratory
from portal.laboratories.policies import CommentRefusal
from portal.laboratories.services.comment_subjects import (
    Subject,
    get_subject,
    subject_of,
    topic_of,
)
from portal.laboratories.states import (
    COMMENT_TRANSITIONS,
    CommentAction,
    CommentState,
    SheetSection,
    Topic,
)
from portal.moderation.models import Case
from portal.moderation.services import open_case, withdraw_case
from portal.moderation.states import CaseAction, CaseKind

HISTORY = "laboratory_comment"
LONGEST_CASE_TITLE = 120

SENTENCES = {
    CommentRefusal.NOT_PUBLIC: _l("This proposal is not public: nobody can comment on it."),
    CommentRefusal.NOT_SHARED: _l("This project sheet is not shared: nobody can comment on it."),
    CommentRefusal.AGREED: _l("This project sheet is part of an agreement: its text stands."),
    CommentRefusal.CLOSED: _l("Nobody can comment in this laboratory today."),
    CommentRefusal.TOO_MANY_WAITING: _l(
        "Ten comments of yours are waiting for the office: send the next one when they are read."
    ),
}


class CommentRefusedError(DomainError):
    """Nothing can be said here by this person now; `refusal` says why."""

    def __init__(self, refusal: CommentRefusal) -> None:
        """Keep the named reason."""
        super().__init__(SENTENCES[refusal])
        self.refusal = refusal


def write_comment(
    *, actor: Actor, proposal_id: int, text: str, form_key: str, parent_id: int | None = None
) -> Comment:
    """Comment on a proposal, or answer a published comment on it.

    It waits for the office; who leads the laboratory is read at once. The same form again gives
    the same comment. Raises `CommentRefusedError`, and `NotFoundError` for what cannot be
    answered (any more).
    """
    topic = Topic(proposal_id=proposal_id)
    return _write(actor, topic, text=text, form_key=form_key, parent_id=parent_id)


def comment_on_section(
    *,
    actor: Actor,
    sheet_id: int,
    section: SheetSection,
    text: str,
    form_key: str,
    parent_id: int | None = None,
) -> Comment:
    """Comment on a section of a project sheet, as `write_comment` does on a proposal."""
    topic = Topic(sheet_id=sheet_id, section=section)
    return _write(actor, topic, text=text, form_key=form_key, parent_id=parent_id)


def withdraw_comment(*, actor: Actor, comment_id: int) -> Comment:
    """Take one's comment back; one that was public leaves its place in the talk."""
    own = select(Comment).where(Comment.id == comment_id, Comment.author_id == actor.account_id)
    state = session().scalar(own.with_only_columns(Comment.state))
    # A decider locks the case first and the comment second: so does this.
    if state is CommentState.WAITING:
        try:
            withdraw_case(actor=actor, kind=CaseKind.COMMENT, subject_id=comment_id)
        except NotFoundError as error:
            # Decided in this very moment: the page shows what became of it.
            raise ForbiddenStepError from error
    comment = session().scalar(own.with_for_update().execution_options(populate_existing=True))
    if comment is None:
        raise NotFoundError
    if comment.state is not CommentState.WITHDRAWN:
        _step(actor, comment, CommentAction.WITHDRAW)
        session().flush()
    return comment


def find_useful(*, actor: Actor, comment_id: int) -> None:
    """Say that a comment of somebody else is useful; twice is once."""
    _get_others_comment(actor, comment_id)
    session().execute(
        insert(CommentUseful)
        .values(comment_id=comment_id, user_id=actor.account_id)
        .on_conflict_do_nothing()
    )


def find_no_longer_useful(*, actor: Actor, comment_id: int) -> None:
    """Take that back."""
    _get_others_comment(actor, comment_id)
    session().execute(
        delete(CommentUseful).where(
            CommentUseful.comment_id == comment_id, CommentUseful.user_id == actor.account_id
        )
    )


def apply_comment_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Publish the comment of a decided case, or refuse it, and tell its author why."""
    comment = lock_comment(case.subject_id)
    if action is CaseAction.ACCEPT:
        _publish(actor, comment, note=reason)
        mail = emails.mail_published
    else:
        comment.reason = reason
        _step(actor, comment, CommentAction.REFUSE, note=reason)
        session().flush()
        mail = emails.mail_refused
    if actor.id != comment.author_id:
        mail(
            comment=comment,
            about=subject_of(comment).commented,
            reader=get_recipient(comment.author_id),
        )


def hide_comment(*, actor: Actor, comment_id: int, reason: str) -> Comment:
    """Take down what was public; its place in the talk says why. `ForbiddenStepError` if not."""
    comment = lock_comment(comment_id)
    comment.reason = reason
    _step(actor, comment, CommentAction.HIDE, note=reason)
    session().flush()
    return comment


def show_comment_again(*, actor: Actor, comment_id: int) -> Comment:
    """Give a hidden comment back to everybody, and tell who wrote it.

    Raises `ForbiddenStepError` where it is not hidden, or is one's own.
    """
    comment = lock_comment(comment_id)
    if comment.author_id == actor.id:
        raise ForbiddenStepError(_l("You wrote this yourself: a colleague decides."))
    _step(actor, comment, CommentAction.SHOW_AGAIN)
    comment.reason = None
    session().flush()
    emails.mail_restored(
        comment=comment,
        about=subject_of(comment).commented,
        reader=get_recipient(comment.author_id),
    )
    return comment


def lock_comment(comment_id: int) -> Comment:
    """Return a comment with its row held; raises `NotFoundError`."""
    comment = session().scalar(
        select(Comment)
        .where(Comment.id == comment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if comment is None:
        raise NotFoundError
    return comment


# --- steps


def _write(
    actor: Actor, topic: Topic, *, text: str, form_key: str, parent_id: int | None
) -> Comment:
    # Whoever sends from two windows at once waits here: the ten that may wait are counted.
    session().execute(
        select(User.id).where(User.id == actor.account_id).with_for_update(key_share=True)
    )
    known = _find_sent(actor, form_key)
    if known is not None:
        return known
    subject = get_subject(topic)
    _check_writing(actor, subject)
    if parent_id is not None:
        _check_parent(topic, parent_id)
    comment = Comment(
        **vars(topic),
        parent_id=parent_id,
        parent_depth=None if parent_id is None else 0,
        depth=0 if parent_id is None else 1,
        author_id=actor.account_id,
        text=text,
        state=CommentState.WAITING,
        is_of_office=subject.is_spoken_of_for_office(actor),
        form_key=form_key,
    )
    session().add(comment)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=comment.id,
        action=CommentAction.WRITE,
        to_state=comment.state,
    )
    if comment.is_of_office:
        _publish(actor, comment)
    else:
        _open_case(actor, subject, comment)
    return comment


def _publish(actor: Actor, comment: Comment, note: str | None = None) -> None:
    comment.published_at = utc_now()
    _step(actor, comment, CommentAction.PUBLISH, note=note)
    session().flush()
    _tell_who_was_answered(comment)


def _tell_who_was_answered(comment: Comment) -> None:
    """Mail the author of the comment above; as the proposal's author they are told by this one."""
    if comment.parent_id is None:
        return
    subject = subject_of(comment)
    answered_id = session().get_one(Comment, comment.parent_id).author_id
    if answered_id == comment.author_id:
        return
    author = session().get_one(User, comment.author_id)
    emails.mail_answered(
        comment=comment,
        about=subject.commented,
        author=author.display_name,
        reader_id=answered_id,
        reader=get_recipient(answered_id),
    )
    if answered_id == subject.author_id:
        comment.told_at = utc_now()
        session().flush()


def _step(actor: Actor, comment: Comment, action: CommentAction, note: str | None = None) -> None:
    take_step(
        actor=actor, subject=comment, transitions=COMMENT_TRANSITIONS, action=action, note=note
    )


def _open_case(actor: Actor, subject: Subject, comment: Comment) -> None:
    words = " ".join(comment.text.split())
    is_long = len(words) > LONGEST_CASE_TITLE
    open_case(
        actor=actor,
        kind=CaseKind.COMMENT,
        subject_id=comment.id,
        title=f"{words[:LONGEST_CASE_TITLE].rstrip()}…" if is_long else words,
        district_id=only_district(subject.laboratory),
    )


# --- checks and loading


def _check_writing(actor: Actor, subject: Subject) -> None:
    waiting = session().scalar(
        select(func.count())
        .select_from(Comment)
        .where(Comment.author_id == actor.account_id, Comment.state == CommentState.WAITING)
    )
    refusal = subject.find_refusal(waiting or 0)
    if refusal is not None:
        raise CommentRefusedError(refusal)


def _check_parent(topic: Topic, parent_id: int) -> None:
    parent = session().get(Comment, parent_id)
    if parent is None or topic_of(parent) != topic or parent.depth != 0:
        raise NotFoundError
    if parent.state is not CommentState.PUBLISHED:
        raise NotFoundError


def _find_sent(actor: Actor, form_key: str) -> Comment | None:
    return session().scalar(
        select(Comment).where(Comment.author_id == actor.account_id, Comment.form_key == form_key)
    )


def _get_others_comment(actor: Actor, comment_id: int) -> Comment:
    comment = session().get(Comment, comment_id)
    if comment is None or comment.state is not CommentState.PUBLISHED:
        raise NotFoundError
    if comment.author_id == actor.id:
        raise ForbiddenStepError(_l("It is your own comment: others say whether it is useful."))
    return comment


def only_district(laboratory: Laboratory) -> int | None:
    """Return the district of a laboratory that has one, for the queue."""
    districts = laboratory.districts
    return districts[0].id if len(districts) == 1 else None
