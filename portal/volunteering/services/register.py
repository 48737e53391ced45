"""The register of volunteers: entering, leaving, correcting; lines are never changed.

D.M. 6 October 2021, art. 3: a numbered, dated, unalterable register with who each volunteer is,
since when and until when; occasional volunteers stand in a section of their own.
"""

from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, text

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.volunteering.models import Enrolment, RegisterEntry
from portal.volunteering.states import RegisterKind, RegisterSection

_NUMBERS_LOCK = 7_301_022
"""Advisory lock that puts two who want the next number in a line."""


@dataclass(frozen=True)
class Person:
    """Who somebody is, as the register asks: tax code, or day and place of birth."""

    full_name: str
    tax_code: str | None = None
    born_on: date | None = None
    birth_place: str | None = None
    address: str | None = None


def enter_register(*, actor: Actor, enrolment: Enrolment, starts_on: date) -> RegisterEntry:
    """Enter an accepted person with the next number, and return the line.

    Raises `RuleBrokenError` where neither a tax code nor day and place of birth are known.
    """
    person = Person(
        full_name=enrolment.full_name or enrolment.user.display_name,
        tax_code=enrolment.tax_code,
        born_on=enrolment.born_on,
        birth_place=enrolment.birth_place,
        address=enrolment.address,
    )
    return _enter(
        actor, RegisterSection.REGULAR, person, starts_on, user_id=enrolment.user_id, ends_on=None
    )


def enter_occasional(*, actor: Actor, person: Person, on: date) -> RegisterEntry:
    """Enter who helped on one day in the section of occasional volunteers."""
    return _enter(actor, RegisterSection.OCCASIONAL, person, on, user_id=None, ends_on=on)


def leave_register(*, actor: Actor, user_id: int, on: date, reason: str) -> RegisterEntry | None:
    """Write that a person left; None where they are not in it (any more)."""
    last = find_last_line(user_id)
    # A correction after the exit carries its day.
    if last is None or last.ends_on is not None:
        return None
    return _write(
        actor, RegisterKind.EXIT, last, _person_of(last), ends_on=max(on, last.starts_on),
        reason=reason,
    )  # fmt: skip


def correct_register(*, actor: Actor, entry_id: int, person: Person, reason: str) -> RegisterEntry:
    """Write who a person is anew; the line that was wrong stays as it was.

    Raises `NotFoundError`, and `ForbiddenStepError` for a line that is not the last of its number.
    """
    entry = session().get(RegisterEntry, entry_id)
    if entry is None:
        raise NotFoundError
    _lock_numbers()
    last = _last_of_number(entry.section, entry.number)
    if last.id != entry.id:
        raise ForbiddenStepError(_l("This line was corrected meanwhile: look at the last one."))
    _check(person)
    return _write(
        actor, RegisterKind.CORRECTION, entry, person, ends_on=entry.ends_on, reason=reason
    )


def find_last_line(user_id: int) -> RegisterEntry | None:
    """Return what the register says last of a person of the regular section."""
    return session().scalar(
        select(RegisterEntry)
        .where(RegisterEntry.user_id == user_id, RegisterEntry.section == RegisterSection.REGULAR)
        .order_by(RegisterEntry.number.desc(), RegisterEntry.id.desc())
        .limit(1)
    )


def _enter(
    actor: Actor, section: RegisterSection, person: Person, starts_on: date,
    *, user_id: int | None, ends_on: date | None,
) -> RegisterEntry:  # fmt: skip
    _check(person)
    _lock_numbers()
    last = session().scalar(
        select(func.max(RegisterEntry.number)).where(RegisterEntry.section == section)
    )
    entry = RegisterEntry(
        section=section,
        number=(last or 0) + 1,
        kind=RegisterKind.ENTRY,
        user_id=user_id,
        starts_on=starts_on,
        ends_on=ends_on,
        recorded_by_id=actor.id,
        recorded_by_name=actor.name,
        **vars(person),
    )
    session().add(entry)
    session().flush()
    return entry


def _write(
    actor: Actor, kind: RegisterKind, of: RegisterEntry, person: Person,
    *, ends_on: date | None, reason: str,
) -> RegisterEntry:  # fmt: skip
    entry = RegisterEntry(
        section=of.section,
        number=of.number,
        kind=kind,
        user_id=of.user_id,
        starts_on=of.starts_on,
        ends_on=ends_on,
        reason=reason,
        recorded_by_id=actor.id,
        recorded_by_name=actor.name,
        **vars(person),
    )
    session().add(entry)
    session().flush()
    return entry


def _last_of_number(section: RegisterSection, number: int) -> RegisterEntry:
    return (
        session()
        .scalars(
            select(RegisterEntry)
            .where(RegisterEntry.section == section, RegisterEntry.number == number)
            .order_by(RegisterEntry.id.desc())
            .limit(1)
        )
        .one()
    )


def _person_of(entry: RegisterEntry) -> Person:
    return Person(
        full_name=entry.full_name,
        tax_code=entry.tax_code,
        born_on=entry.born_on,
        birth_place=entry.birth_place,
        address=entry.address,
    )


def _check(person: Person) -> None:
    if person.tax_code is None and (person.born_on is None or not person.birth_place):
        raise RuleBrokenError(
            _l("The register asks for the tax code, or for day and place of birth."), "tax_code"
        )


def _lock_numbers() -> None:
    session().execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _NUMBERS_LOCK})
