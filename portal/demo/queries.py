"""The mail of the demo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.mail import MailMessage, MailStatus
from portal.core.pagination import PER_PAGE, Page, clamp_page, count_rows

MOST_RECIPIENTS = 100


@dataclass(frozen=True)
class MailRow:
    """A mail in the list."""

    id: int
    recipient: str
    subject: str
    created_at: datetime
    is_sent: bool


@dataclass(frozen=True)
class MailDetail:
    """A mail as it leaves."""

    id: int
    message_id: str
    recipient: str
    subject: str
    text_body: str
    created_at: datetime
    sent_at: datetime | None


def list_mail(*, recipient: str, page: int) -> Page[MailRow]:
    """Return one page of mails, newest first; `recipient` is a whole address, or "" for all."""
    chosen = _mail_of(recipient)
    total = count_rows(chosen)
    number = clamp_page(page, total)
    found = session().execute(
        chosen.order_by(MailMessage.id.desc()).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    )
    rows = [
        MailRow(mail_id, to, subject, created_at, status is MailStatus.SENT)
        for mail_id, to, subject, created_at, status in found
    ]
    return Page(rows, number, total)


def list_recipients() -> list[str]:
    """Return the addresses that got mail, the latest first, at most a hundred."""
    newest = func.max(MailMessage.id)
    statement = select(MailMessage.recipient).group_by(MailMessage.recipient)
    return list(session().scalars(statement.order_by(newest.desc()).limit(MOST_RECIPIENTS)))


def get_mail(mail_id: int) -> MailDetail:
    """Return one mail; raises `NotFoundError`."""
    mail = session().get(MailMessage, mail_id)
    if mail is None:
        raise NotFoundError
    return MailDetail(
        id=mail.id,
        message_id=mail.message_id,
        recipient=mail.recipient,
        subject=mail.subject,
        text_body=mail.text_body,
        created_at=mail.created_at,
        sent_at=mail.sent_at,
    )


def _mail_of(recipient: str) -> Select[*tuple[Any, ...]]:
    statement = select(
        MailMessage.id,
        MailMessage.recipient,
        MailMessage.subject,
        MailMessage.created_at,
        MailMessage.status,
    )
    if recipient:
        statement = statement.where(func.lower(MailMessage.recipient) == recipient.lower())
    return statement
