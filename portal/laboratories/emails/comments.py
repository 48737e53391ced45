"""Mails about comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.core.text import short_name
from portal.laboratories.models import Comment, Proposal


def mail_published(*, comment: Comment, proposal: Proposal, reader: Recipient) -> None:
    """Tell who commented that everybody can read it now."""
    _mail("published", comment, proposal, reader)


def mail_refused(*, comment: Comment, proposal: Proposal, reader: Recipient) -> None:
    """Tell who commented why it is not published, with their text."""
    _mail("refused", comment, proposal, reader)


def mail_restored(*, comment: Comment, proposal: Proposal, reader: Recipient) -> None:
    """Tell who commented that the comment is no longer hidden."""
    _mail("restored", comment, proposal, reader)


def mail_answered(
    *, comment: Comment, proposal: Proposal, author: str, reader_id: int, reader: Recipient
) -> None:
    """Bring an answer to the author of the comment above it; `author` wrote the answer."""
    queue_mail(
        event_key=f"comment:{comment.id}:answered:{reader_id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/comment_answered",
        name=reader.name,
        author=short_name(author),
        text=comment.text,
        title=proposal.title,
        address=comment_address(proposal.laboratory.slug, proposal.id, comment.id),
    )


@dataclass(frozen=True)
class NewComment:
    """A comment in the daily mail."""

    author: str
    text: str
    address: str


@dataclass(frozen=True)
class CommentedProposal:
    """A proposal in the daily mail."""

    title: str
    comments: Sequence[NewComment]


def mail_new_comments(
    *, day: date, proposals: Sequence[CommentedProposal], reader_id: int, reader: Recipient
) -> None:
    """Tell a proposer what was said about their proposals, in one mail a day."""
    queue_mail(
        event_key=f"proposal_author:{reader_id}:comments:{day.isoformat()}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/comments_new",
        name=reader.name,
        proposals=proposals,
        number=sum(len(p.comments) for p in proposals),
    )


def comment_address(slug: str, proposal_id: int, comment_id: int) -> str:
    """Return where a comment stands, whatever page of the talk that is."""
    return absolute_url(
        "laboratories.show_comment", slug=slug, proposal_id=proposal_id, comment_id=comment_id
    )


def _mail(event: str, comment: Comment, proposal: Proposal, reader: Recipient) -> None:
    slug = proposal.laboratory.slug
    queue_mail(
        event_key=f"comment:{comment.id}:{event}:{comment.author_id}",
        to=reader.email,
        locale=reader.locale,
        template=f"laboratories/comment_{event}",
        phone_id=comment.author_id,
        name=reader.name,
        title=proposal.title,
        text=comment.text,
        reason=comment.reason,
        address=comment_address(slug, proposal.id, comment.id),
        proposal_address=absolute_url(
            "laboratories.show_proposal", slug=slug, proposal_id=proposal.id
        ),
    )
