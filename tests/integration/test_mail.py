"""Mail: with the change, once, through a real SMTP server."""

import smtplib
import socket
import ssl
from dataclasses import replace
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from flask import current_app
from procrastinate import PsycopgConnector
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from portal.config import SmtpServer
from portal.core.database import db
from portal.core.jobs import build_jobs, libpq_url, rescue_stalled_jobs
from portal.core.mail import (
    MailMessage,
    MailStatus,
    NoMailServerError,
    queue_rendered_mail,
    resend_waiting_mail,
    send_mail,
)


class Inbox(Sink):
    """Keeps what arrives; refuses while `is_closed`."""

    def __init__(self):
        super().__init__()
        self.messages = []
        self.is_closed = False

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        if self.is_closed:
            return "451 come back later"
        self.messages.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 kept"


@pytest.fixture
def inbox(app, database):
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    before = app.extensions["portal_settings"]
    smtp = SmtpServer(host="127.0.0.1", port=port, username=None, password=None, uses_tls=False)
    app.extensions["portal_settings"] = replace(before, smtp=smtp)
    yield handler
    app.extensions["portal_settings"] = before
    controller.stop()


def queue(event_key="proof:1", subject="Posto confermato", to="anna@example.org"):
    queue_rendered_mail(
        event_key=event_key,
        to=to,
        subject=subject,
        text="Ciao Anna, ci vediamo lì.",
        html="<p>Ciao</p>",
    )


def run_jobs():
    """Run what is queued, as the worker does."""
    url = db.engine.url
    jobs = build_jobs(current_app._get_current_object(), PsycopgConnector(conninfo=libpq_url(url)))
    jobs.run_worker(wait=False, listen_notify=False, install_signal_handlers=False)
    db.session.expire_all()


def count_jobs():
    waiting = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'send_mail'"
    )
    return db.session.scalar(text(waiting))


def test_mail_arrives_with_both_forms(inbox):
    queue()
    db.session.commit()
    run_jobs()
    (message,) = inbox.messages
    assert message["To"] == "anna@example.org"
    assert message["Subject"] == "Posto confermato"
    assert message["Message-ID"] == db.session.scalar(select(MailMessage.message_id))
    assert message.get_body(("plain",)).get_content().strip() == "Ciao Anna, ci vediamo lì."
    assert message.get_body(("html",)).get_content().strip() == "<p>Ciao</p>"
    assert db.session.scalar(select(MailMessage.status)) is MailStatus.SENT


def test_no_mail_without_its_change(inbox):
    queue()
    db.session.rollback()
    run_jobs()
    assert inbox.messages == []
    assert db.session.scalar(select(func.count()).select_from(MailMessage)) == 0
    assert count_jobs() == 0


def test_one_event_is_one_mail(inbox):
    queue()
    queue()
    db.session.commit()
    run_jobs()
    assert len(inbox.messages) == 1


def test_job_run_twice_sends_once(inbox):
    queue()
    db.session.commit()
    mail_id = db.session.scalar(select(MailMessage.id))
    send_mail(mail_id=mail_id)
    send_mail(mail_id=mail_id)
    assert len(inbox.messages) == 1


def test_mail_waits_while_the_server_is_away(inbox):
    inbox.is_closed = True
    queue()
    db.session.commit()
    run_jobs()
    attempts, later = db.session.execute(
        text(
            "SELECT attempts, scheduled_at > now() FROM procrastinate_jobs"
            " WHERE status = 'todo' AND task_name = 'send_mail'"
        )
    ).one()
    assert (attempts, later) == (1, True)
    inbox.is_closed = False
    db.session.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now()"))
    db.session.commit()
    run_jobs()
    assert len(inbox.messages) == 1


def test_mail_without_a_job_is_found_again(inbox):
    queue()
    db.session.commit()
    db.session.execute(text("DELETE FROM procrastinate_jobs"))
    db.session.execute(text("UPDATE mail_message SET created_at = now() - interval '3 hours'"))
    db.session.commit()
    resend_waiting_mail(0)
    resend_waiting_mail(0)
    assert count_jobs() == 1
    run_jobs()
    assert len(inbox.messages) == 1


def test_without_a_server_mail_waits_outside_the_demo(app, database):
    before = app.extensions["portal_settings"]
    app.extensions["portal_settings"] = replace(before, smtp=None, is_demo=False)
    try:
        queue()
        db.session.commit()
        with pytest.raises(NoMailServerError):
            send_mail(mail_id=db.session.scalar(select(MailMessage.id)))
        assert db.session.scalar(select(MailMessage.status)) is MailStatus.QUEUED
    finally:
        app.extensions["portal_settings"] = before


def test_subject_cannot_smuggle_a_header(inbox):
    queue(subject="Ciao\r\nBcc: altri@example.org")
    db.session.commit()
    run_jobs()
    (message,) = inbox.messages
    assert message["Subject"] == "Ciao Bcc: altri@example.org"
    assert message["Bcc"] is None


def test_database_refuses_a_sent_mail_without_time(database):
    queue()
    with pytest.raises(IntegrityError, match="ck_mail_message_sent_has_time"):
        db.session.execute(text("UPDATE mail_message SET status = 'sent'"))


def test_job_of_a_killed_worker_is_taken_up_again(inbox):
    queue()
    db.session.commit()
    db.session.execute(
        text(
            "INSERT INTO procrastinate_workers (last_heartbeat)"
            " VALUES (now() - interval '5 minutes')"
        )
    )
    db.session.execute(
        text(
            "UPDATE procrastinate_jobs SET status = 'doing',"
            " worker_id = (SELECT max(id) FROM procrastinate_workers)"
        )
    )
    db.session.commit()
    rescue_stalled_jobs(0)
    run_jobs()
    assert len(inbox.messages) == 1


def test_a_server_that_can_encrypt_is_asked_to_before_anything_is_said(app, database, monkeypatch):
    said = []
    monkeypatch.setattr(smtplib.SMTP, "starttls", lambda *_a, **_k: said.append("starttls"))
    monkeypatch.setattr(smtplib.SMTP, "login", lambda *_a, **_k: said.append("login"))
    monkeypatch.setattr(smtplib.SMTP, "send_message", lambda *_a, **_k: said.append("mail"))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    encrypts = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    controller = Controller(Sink(), hostname="127.0.0.1", port=port, tls_context=encrypts)
    before = app.extensions["portal_settings"]
    smtp = SmtpServer("127.0.0.1", port, username="portale", password="parola", uses_tls=False)
    app.extensions["portal_settings"] = replace(before, smtp=smtp)
    controller.start()
    try:
        queue()
        send_mail(mail_id=db.session.scalar(select(MailMessage.id)))
    finally:
        app.extensions["portal_settings"] = before
        controller.stop()
    assert said == ["starttls", "login", "mail"]
