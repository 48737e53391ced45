"""Mails about comments."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.accounts.models import User
from portal.accounts.queries import Recipient
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.core.text import short_name
from portal.laboratories.emails.news import FOLLOW_LINK
from portal.laboratories.models import Comment


@dataclass(frozen=True)
class Commented:
    """The proposal or project sheet a comment is about, as mails name it and lead to it."""

    slug: str
    """Of its laboratory."""
    title: str
    proposal_id: int | None = None
    sheet_id: int | None = None

    @property
    def address(self) -> str:
        """Return its page."""
        if self.sheet_id is not None:
            return absolute_url("laboratories.show_sheet", slug=self.slug, sheet_id=self.sheet_id)
        return absolute_url(
            "laboratories.show_proposal", slug=self.slug, proposal_id=self.proposal_id
        )

    def comment_address(self, comment_id: int) -> str:
        """Return where a comment on it stands, whatever page of the talk that is."""
        if self.sheet_id is not None:
            return absolute_url(
                "laboratories.show_section_comment",
                slug=self.slug,
                sheet_id=self.sheet_id,
                comment_id=comment_id,
            )
        return absolute_url(
            "laboratories.show_comment",
            slug=self.slug,
            proposal_id=self.proposal_id,
            comment_id=comment_id,
        )


def mail_published(*, comment: Comment, about: Commented, reader: Recipient) -> None:
    """Tell who commented that everybody can read it now."""
    _mail("published", comment, about, reader)


def mail_refused(*, comment: Comment, about: Commented, reader: Recipient) -> None:
    """Tell who commented why it is not published, with their text."""
    _mail("refused", comment, about, reader)


def mail_restored(*, comment: Comment, about: Commented, reader: Recipient) -> None:
    """Tell who commented that the comment is no longer hidden."""
    _mail("restored", comment, about, reader)


def mail_answered(
    *, comment: Comment, about: Commented, author: str, reader_id: int, reader: Recipient
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
        title=about.title,
        address=about.comment_address(comment.id),
    )


@dataclass(frozen=True)
class NewComment:
    """A comment in the daily mail."""

    author: str
    text: str
    address: str


@dataclass(frozen=True)
class NewTalk:
    """What was said about one proposal or sheet, in the daily mail."""

    title: str
    comments: Sequence[NewComment]


def mail_new_comments(
    *, day: date, proposals: Sequence[NewTalk], reader_id: int, reader: Recipient
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


def mail_new_section_comments(
    *,
    day: date,
    sheets: Sequence[NewTalk],
    reader: User,
    followed_id: int | None,
) -> None:
    """Tell who writes sheets, or follows their laboratory, what was said about them that day.

    `followed_id`: the laboratory for whose sake they get it, so that they can end it with one
    tap (RFC 8058); None for who writes one of the sheets.
    """
    end_address = None
    if followed_id is not None:
        token = sign(FOLLOW_LINK, [reader.id, followed_id])
        end_address = absolute_url("laboratories.show_end_of_news", token=token)
    queue_mail(
        event_key=f"sheet_reader:{reader.id}:comments:{followed_id or 'own'}:{day.isoformat()}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/section_comments_new",
        extras=MailExtras(unsubscribe_url=end_address) if end_address else MailExtras(),
        name=reader.display_name,
        sheets=sheets,
        number=sum(len(sheet.comments) for sheet in sheets),
        end_address=end_address,
    )


def _mail(event: str, comment: Comment, about: Commented, reader: Recipient) -> None:
    queue_mail(
        event_key=f"comment:{comment.id}:{event}:{comment.author_id}",
        to=reader.email,
        locale=reader.locale,
        template=f"laboratories/comment_{event}",
        phone_id=comment.author_id,
        name=reader.name,
        title=about.title,
        text=comment.text,
        reason=comment.reason,
        address=about.comment_address(comment.id),
        is_about_sheet=about.sheet_id is not None,
        about_address=about.address,
    )
