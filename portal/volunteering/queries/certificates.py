"""Certificates of hours: a person's own, the public check, the office's list."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, or_, select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.volunteering.certificate_codes import read_code
from portal.volunteering.models import Certificate, HoursEntry, Programme, VolunteeringProject
from portal.volunteering.states import HoursState


@dataclass(frozen=True)
class CertificateLine:
    """What one project adds to a certificate."""

    project: str
    programme: str
    times: int
    minutes: int


@dataclass(frozen=True)
class CertificateRow:
    """A certificate as its person and the office see it."""

    id: int
    user_id: int
    code: str
    full_name: str
    from_on: date
    until_on: date
    minutes: int
    file_id: int
    created_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None


@dataclass(frozen=True)
class OfficeCertificateRow(CertificateRow):
    """The same, with what the person's verified hours of the period are today."""

    minutes_today: int

    @property
    def agrees(self) -> bool:
        """Say whether the hours are still what the certificate says."""
        return self.minutes == self.minutes_today


@dataclass(frozen=True)
class CertificateCheck:
    """What anybody who holds a certificate may know of it."""

    code: str
    initials: str
    from_on: date
    until_on: date
    minutes: int
    issued_at: datetime
    revoked_at: datetime | None


def list_certificate_lines(user_id: int, from_on: date, until_on: date) -> list[CertificateLine]:
    """Return the verified hours of a period by project, by title."""
    rows = session().execute(
        select(
            VolunteeringProject.title,
            Programme.name,
            func.count(HoursEntry.id),
            func.sum(HoursEntry.minutes),
        )
        .join(VolunteeringProject, VolunteeringProject.id == HoursEntry.project_id)
        .join(Programme, Programme.id == VolunteeringProject.programme_id)
        .where(
            HoursEntry.user_id == user_id,
            HoursEntry.state == HoursState.VERIFIED,
            HoursEntry.worked_on.between(from_on, until_on),
        )
        .group_by(VolunteeringProject.id, Programme.id)
        .order_by(VolunteeringProject.title, VolunteeringProject.id)
    )
    return [CertificateLine(*row) for row in rows]


def find_first_hours(user_id: int) -> date | None:
    """Return the first day of which a person has verified hours."""
    return session().scalar(
        select(func.min(HoursEntry.worked_on)).where(
            HoursEntry.user_id == user_id, HoursEntry.state == HoursState.VERIFIED
        )
    )


def list_certificates_of(user_id: int) -> list[CertificateRow]:
    """Return a person's certificates, newest first."""
    rows = session().execute(
        _rows().where(Certificate.user_id == user_id).order_by(Certificate.id.desc()).limit(100)
    )
    return [CertificateRow(*row) for row in rows]


def get_certificate(certificate_id: int) -> CertificateRow:
    """Return one certificate; raise `NotFoundError` where there is none."""
    row = session().execute(_rows().where(Certificate.id == certificate_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return CertificateRow(*row)


def find_certificate_check(text: str) -> CertificateCheck | None:
    """Return what anybody may know of the certificate whose code was typed, if there is one."""
    code = read_code(text)
    if not code:
        return None
    found = session().scalar(select(Certificate).where(Certificate.code == code))
    if found is None:
        return None
    initials = " ".join(f"{word[0].upper()}." for word in found.full_name.split() if word)
    return CertificateCheck(
        found.code, initials, found.from_on, found.until_on, found.minutes, found.created_at,
        found.revoked_at,
    )  # fmt: skip


def list_certificates(text: str, *, page: int) -> Page[OfficeCertificateRow]:
    """Return a page of all certificates, newest first; those that no longer agree come first."""
    today = (
        select(func.coalesce(func.sum(HoursEntry.minutes), 0))
        .where(
            HoursEntry.user_id == Certificate.user_id,
            HoursEntry.state == HoursState.VERIFIED,
            HoursEntry.worked_on.between(Certificate.from_on, Certificate.until_on),
        )
        .correlate(Certificate)
        .scalar_subquery()
    )
    statement = _rows().add_columns(today.label("minutes_today"))
    if text:
        named = Certificate.full_name.icontains(text, autoescape=True)
        statement = statement.where(or_(Certificate.code == read_code(text), named))
    total = count_rows(statement)
    result: Page[OfficeCertificateRow] = Page([], clamp_page(page, total), total)
    is_odd = (Certificate.minutes != today) & Certificate.revoked_at.is_(None)
    rows = session().execute(
        statement.order_by(is_odd.desc(), Certificate.id.desc())
        .limit(result.per_page)
        .offset((result.number - 1) * result.per_page)
    )
    result.rows.extend(OfficeCertificateRow(*row) for row in rows)
    return result


def _rows() -> Select[*tuple[Any, ...]]:
    return select(
        Certificate.id,
        Certificate.user_id,
        Certificate.code,
        Certificate.full_name,
        Certificate.from_on,
        Certificate.until_on,
        Certificate.minutes,
        Certificate.file_id,
        Certificate.created_at,
        Certificate.revoked_at,
        Certificate.revoked_reason,
    )
