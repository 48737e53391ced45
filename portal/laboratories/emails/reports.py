"""Mails about reported contents."""

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.emails.comments import Commented
from portal.laboratories.models import ContentReport
from portal.laboratories.states import ReportState


def mail_hidden(
    *,
    report: ContentReport,
    about: Commented,
    words: str,
    reason: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell who wrote something that it is hidden, why, and where to answer once."""
    queue_mail(
        event_key=f"report:{report.id}:hidden:{reader_id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/content_hidden",
        phone_id=reader_id,
        name=reader.name,
        is_comment=report.comment_id is not None,
        title=about.title,
        words=words,
        reason=reason,
        address=absolute_url("laboratories.show_hidden", report_id=report.id),
    )


def mail_decided(
    *,
    report: ContentReport,
    about: Commented,
    words: str,
    reason: str,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Tell who reported something what the office decided."""
    is_upheld = report.state is ReportState.UPHELD
    queue_mail(
        event_key=f"report:{report.id}:decided:{reader_id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/report_upheld" if is_upheld else "laboratories/report_dismissed",
        name=reader.name,
        is_comment=report.comment_id is not None,
        title=about.title,
        words=words,
        reason=reason,
        address=about.address,
    )


def mail_answered(
    *, report: ContentReport, case_id: int, author: str, reader_id: int, reader: Recipient
) -> None:
    """Bring the author's answer to who has hidden what they wrote."""
    queue_mail(
        event_key=f"report:{report.id}:answered:{reader_id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/report_answered",
        name=reader.name,
        author=author,
        text=report.author_answer,
        address=absolute_url("moderation.show_case", case_id=case_id),
    )
