"""Certificates of verified hours (attestati): made, found again, revoked."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.documents import render_pdf
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import store_made
from portal.core.history import record_step
from portal.core.mail import absolute_url
from portal.core.qr import qr_squares
from portal.core.templating import format_day
from portal.volunteering.certificate_codes import new_code
from portal.volunteering.emails.certificates import mail_certificate_revoked
from portal.volunteering.models import Certificate, Enrolment
from portal.volunteering.queries.certificates import CertificateLine, list_certificate_lines

HISTORY = "certificate"
MINUTES_AN_HOUR = 60


def make_certificate(
    *, actor: Actor, from_on: date, until_on: date, user_id: int | None = None
) -> Certificate:
    """Make the certificate of verified hours of a period, both days included.

    Of `actor`'s; at the counter, of those of the person `user_id`.

    Asked again while the hours are the same, it is the same certificate. Raises
    `RuleBrokenError` where the period is none, or has no verified hours.
    """
    if until_on < from_on:
        raise RuleBrokenError(_l("The period ends before it starts: mend a day."), "until_on")
    owner_id = actor.account_id if user_id is None else user_id
    # Two taps at once would make two.
    user = (
        session()
        .scalars(select(User).where(User.id == owner_id).with_for_update(key_share=True))
        .one()
    )
    lines = list_certificate_lines(user.id, from_on, until_on)
    if not lines:
        raise RuleBrokenError(
            _l("There are no confirmed hours in this period yet: ask who follows the project."),
            "period",
        )
    made = _find_same(user.id, from_on, until_on, lines)
    return made or _make(actor, user, from_on, until_on, lines)


def revoke_certificate(*, actor: Actor, certificate_id: int, reason: str) -> None:
    """Revoke a certificate and tell the person; the public check says so from now on.

    Raises `NotFoundError`, and `ForbiddenStepError` for one that is revoked already.
    """
    certificate = session().get(
        Certificate, certificate_id, with_for_update=True, populate_existing=True
    )
    if certificate is None:
        raise NotFoundError
    if certificate.revoked_at is not None:
        raise ForbiddenStepError(_l("This certificate has been revoked already."))
    certificate.revoked_at, certificate.revoked_by_id = utc_now(), actor.id
    certificate.revoked_reason = reason
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=certificate.id, action="revoke", note=reason
    )
    user = session().get(User, certificate.user_id)
    if user is not None:
        mail_certificate_revoked(user=user, certificate=certificate)


def write_duration(minutes: int) -> str:
    """Return minutes in Italian words, for a document."""
    hours, rest = divmod(minutes, MINUTES_AN_HOUR)
    in_words = f"{hours} {'ora' if hours == 1 else 'ore'}"
    return f"{in_words} e {rest} minuti" if rest else in_words


def _find_same(
    user_id: int, from_on: date, until_on: date, lines: Sequence[CertificateLine]
) -> Certificate | None:
    return session().scalar(
        select(Certificate)
        .where(
            Certificate.user_id == user_id,
            Certificate.from_on == from_on,
            Certificate.until_on == until_on,
            Certificate.lines == [asdict(line) for line in lines],
            Certificate.revoked_at.is_(None),
        )
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def _make(
    actor: Actor, user: User, from_on: date, until_on: date, lines: Sequence[CertificateLine]
) -> Certificate:
    card_name = session().scalar(select(Enrolment.full_name).where(Enrolment.user_id == user.id))
    code, now = new_code(), utc_now()
    minutes = sum(line.minutes for line in lines)
    name = card_name or user.display_name
    address = absolute_url("volunteering.show_certificate_check", code=code)
    sheet = {
        "name": name,
        "code": code,
        "period": f"dal {format_day(from_on)} al {format_day(until_on)}",
        "total": write_duration(minutes),
        "lines": [
            [line.project, line.programme, str(line.times), write_duration(line.minutes)]
            for line in lines
        ],
        "place_and_date": f"Reggio Emilia, {format_day(now)}",
        "address": address,
        "qr": qr_squares(address),
    }
    stored = store_made(
        name=f"attestato-{code}.pdf", content=render_pdf("certificate.typ", sheet, made_at=now)
    )
    session().flush()
    certificate = Certificate(
        code=code, user_id=user.id, full_name=name, from_on=from_on, until_on=until_on,
        minutes=minutes, lines=[asdict(line) for line in lines], file_id=stored.id,
    )  # fmt: skip
    session().add(certificate)
    session().flush()
    record_step(actor=actor, subject_kind=HISTORY, subject_id=certificate.id, action="create")
    return certificate
