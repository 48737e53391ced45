"""Mail: written with the change, sent by a job, once per event.

A mail is a folder `templates/emails/<feature>/<event>/` of `subject.txt`, `body.txt` and
`body.html`. `queue_mail` renders it in the reader's language and stores it in the transaction of
the change, with the job that sends it. See ADR 0014 for what "once" means across two systems.
"""

import smtplib
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from uuid import uuid4

from flask import current_app, render_template, url_for
from flask_babel import force_locale
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    column,
    delete,
    func,
    literal,
    select,
    table,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column

from portal.config import Settings, SmtpServer
from portal.core.clock import utc_now
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type, session
from portal.core.jobs import defer, job

SMTP_TIMEOUT_SECONDS = 20
LARGEST_RESEND = 500


class NoMailServerError(Exception):
    """Mail has to leave and `SMTP_URL` names no server; it waits and is tried again."""


class MailStatus(StrEnum):
    """Where a mail is."""

    QUEUED = "queued"
    SENT = "sent"


class MailMessage(Timestamped, Base):
    """A mail as it leaves: rendered, with the event it is about."""

    __tablename__ = "mail_message"
    __table_args__ = (
        CheckConstraint("(status = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
    )

    id: Mapped[Id]
    event_key: Mapped[str] = mapped_column(String(200), unique=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    recipient: Mapped[str] = mapped_column(String(320), index=True)
    subject: Mapped[str] = mapped_column(String(250))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text)
    status: Mapped[MailStatus] = mapped_column(enum_type(MailStatus), default=MailStatus.QUEUED)
    sent_at: Mapped[UtcTime | None]
    reply_to: Mapped[str | None] = mapped_column(String(320))
    """Who gets the answers, if not the office."""
    unsubscribe_url: Mapped[str | None] = mapped_column(String(1000))
    """Where one tap ends mails of this kind (RFC 8058)."""
    calendar: Mapped[str | None] = mapped_column(Text)
    """An iCalendar file that goes along."""
    is_dropped_once_sent: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Goes to somebody who was promised that their address is not kept."""


class PhoneMessage(Timestamped, Base):
    """What a mail would have said to somebody who has no address: a clerk calls them."""

    __tablename__ = "phone_message"
    __table_args__ = (
        CheckConstraint("(told_at IS NULL) = (told_by_id IS NULL)", name="told_by_somebody"),
        Index("ix_phone_message_untold", "id", postgresql_where=text("told_at IS NULL")),
    )

    id: Mapped[Id]
    event_key: Mapped[str] = mapped_column(String(200), unique=True)
    reader_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("user_account.id"), index=True)
    subject: Mapped[str] = mapped_column(String(250))
    text_body: Mapped[str] = mapped_column(Text)
    told_at: Mapped[UtcTime | None]
    told_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("user_account.id"))


# The people's table belongs to a feature, hence the names.
_ACCOUNTS = table("user_account", column("id", BigInteger), column("erased_at"))
_MAILS = MailMessage.__table__.c
_INSERT_ONCE = (
    insert(MailMessage.__table__)  # type: ignore[arg-type] # typed as any selectable
    .on_conflict_do_nothing(index_elements=[_MAILS.event_key])
    .returning(_MAILS.id)
)


@dataclass(frozen=True)
class MailExtras:
    """What goes along with a mail beyond its words."""

    reply_to: str | None = None
    unsubscribe_url: str | None = None
    calendar: str | None = None
    """An iCalendar file, as text."""
    is_dropped_once_sent: bool = False
    """True: nothing of it is kept afterwards."""


NO_EXTRAS = MailExtras()


def queue_mail(
    *,
    event_key: str,
    to: str | None,
    template: str,
    locale: str = "it",
    extras: MailExtras = NO_EXTRAS,
    phone_id: int | None = None,
    **context: object,
) -> None:
    """Write the mail of one event, to leave after the commit.

    `event_key` names the event and its reader (`sign_up:12:confirmed:7`); a second mail with the
    same key is not written. `template` is the folder below `templates/emails/`. Who has no
    address (`to` is None) is called by a clerk where it matters: `phone_id` is their account.
    """
    if to is None:
        if phone_id is not None:
            _note_to_phone(event_key, phone_id, template, context)
        return
    with force_locale(locale):
        subject, text, html = (
            render_template(f"emails/{template}/{part}", **context)
            for part in ("subject.txt", "body.txt", "body.html")
        )
    queue_rendered_mail(
        event_key=event_key, to=to, subject=subject, text=text, html=html, extras=extras
    )


def words_to_say(body: str) -> str:
    """Return what of a mail's text can be said on the telephone, paragraph by paragraph.

    The greeting goes, the signature, and every paragraph with a link: nobody reads one out, and
    some act as the person they were made for.
    """
    said = body.split("\n--\n", maxsplit=1)[0]
    paragraphs = [part.strip() for part in said.strip().split("\n\n")]
    kept = [part for part in paragraphs if part and "://" not in part]
    if kept and kept[0].endswith(","):
        kept = kept[1:]
    return "\n\n".join(kept)


def _note_to_phone(
    event_key: str, reader_id: int, template: str, context: Mapping[str, object]
) -> None:
    with force_locale("it"):
        subject, text_body = (
            render_template(f"emails/{template}/{part}", **context)
            for part in ("subject.txt", "body.txt")
        )
    message = {
        "event_key": literal(event_key, String),
        "reader_id": _ACCOUNTS.c.id,
        "subject": literal(" ".join(subject.split())[:250], String),
        "text_body": literal(words_to_say(text_body), Text),
    }
    # Nobody is called whose account is erased.
    reader = select(*message.values()).where(
        _ACCOUNTS.c.id == reader_id, _ACCOUNTS.c.erased_at.is_(None)
    )
    session().execute(
        insert(PhoneMessage)
        .from_select(list(message), reader)
        .on_conflict_do_nothing(index_elements=[PhoneMessage.event_key])
    )


def forget_mail(*, address: str | None, reader_id: int) -> None:
    """Delete every mail to an address, sent or not, and what was to be said by telephone."""
    session().execute(delete(PhoneMessage).where(PhoneMessage.reader_id == reader_id))
    if address is not None:
        session().execute(
            delete(MailMessage).where(func.lower(MailMessage.recipient) == address.lower())
        )
        # Who got a message of theirs answers to the office from now on.
        session().execute(
            update(MailMessage)
            .where(func.lower(MailMessage.reply_to) == address.lower())
            .values(reply_to=None)
        )


def forget_mails_about(*, event_keys: Sequence[str]) -> None:
    """Delete the mails whose event keys begin like this, whoever they went to."""
    for beginning in event_keys:
        session().execute(
            delete(MailMessage).where(MailMessage.event_key.startswith(beginning, autoescape=True))
        )


def queue_rendered_mail(
    *,
    event_key: str,
    to: str,
    subject: str,
    text: str,
    html: str,
    extras: MailExtras = NO_EXTRAS,
) -> None:
    """Write a mail whose words are ready (those of the accounts library are)."""
    domain = parseaddr(_settings().mail_from)[1].rpartition("@")[2] or "localhost"
    mail_id = session().scalar(
        _INSERT_ONCE,
        {
            "event_key": event_key,
            "message_id": f"<{uuid4()}@{domain}>",
            "recipient": to,
            "subject": " ".join(subject.split())[:250],
            "text_body": text.strip() + "\n",
            "html_body": html,
            "status": MailStatus.QUEUED,
            **vars(extras),
        },
    )
    if mail_id is not None:
        _defer_sending(mail_id, is_first=True)


def absolute_url(endpoint: str, **values: object) -> str:
    """Return an address for a mail: with the host of the settings, never the visitor's header."""
    return absolute_address(url_for(endpoint, _external=False, **values))  # type: ignore[arg-type]


def absolute_address(path: str) -> str:
    """Return an address of ours (`/registro/`) as a mail names it."""
    return _settings().base_url + path


@job("send_mail")
def send_mail(*, mail_id: int) -> None:
    """Send one stored mail, unless it has been sent."""
    mail = session().scalar(select(MailMessage).where(MailMessage.id == mail_id).with_for_update())
    if mail is None or mail.status is MailStatus.SENT:
        return
    settings = _settings()
    if settings.smtp is not None:
        _hand_over(settings.smtp, _compose(mail))
        if mail.is_dropped_once_sent:
            session().delete(mail)
            return
    elif not settings.is_demo:
        raise NoMailServerError
    # In the demo, mail arrives in the mailbox that shows these rows.
    mail.status = MailStatus.SENT
    mail.sent_at = utc_now()


@job("resend_waiting_mail", cron="17 * * * *", retries=None)
def resend_waiting_mail(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Try again what is still unsent after two hours, whatever became of its job."""
    waiting = session().scalars(
        select(MailMessage.id)
        .where(
            MailMessage.status == MailStatus.QUEUED,
            MailMessage.created_at < utc_now() - timedelta(hours=2),
        )
        .order_by(MailMessage.id)
        .limit(LARGEST_RESEND)
    )
    for mail_id in waiting:
        _defer_sending(mail_id)


def _defer_sending(mail_id: int, *, is_first: bool = False) -> None:
    lock = f"mail:{mail_id}"
    defer("send_mail", lock=lock, queueing_lock=lock, is_first=is_first, mail_id=mail_id)


def _compose(mail: MailMessage) -> EmailMessage:
    message = EmailMessage()
    name, address = parseaddr(_settings().mail_from)
    message["From"] = Address(display_name=name, addr_spec=address)
    message["To"] = Address(addr_spec=mail.recipient)
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Date"] = format_datetime(mail.created_at)
    message["Auto-Submitted"] = "auto-generated"
    if mail.reply_to:
        message["Reply-To"] = Address(addr_spec=mail.reply_to)
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text_body)
    message.add_alternative(mail.html_body, subtype="html")
    if mail.calendar:
        message.add_attachment(
            mail.calendar.encode(), maintype="text", subtype="calendar", filename="calendario.ics"
        )
    return message


def _hand_over(server: SmtpServer, message: EmailMessage) -> None:
    client: smtplib.SMTP
    if server.uses_tls:
        context = ssl.create_default_context()
        client = smtplib.SMTP_SSL(
            server.host, server.port, timeout=SMTP_TIMEOUT_SECONDS, context=context
        )
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=SMTP_TIMEOUT_SECONDS)
    with client:
        # Only a greeting tells what the server can do.
        client.ehlo_or_helo_if_needed()
        if not server.uses_tls and client.has_extn("starttls"):
            client.starttls(context=ssl.create_default_context())
        if server.username:
            client.login(server.username, server.password or "")
        client.send_message(message)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["portal_settings"]
    return settings
