"""People as the front desk finds them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.mail import PhoneMessage
from portal.moderation.models import Case, case_number
from portal.moderation.states import CaseKind
from portal.volunteering.models import Enrolment, RegisterEntry
from portal.volunteering.queries.enrolments import (
    ENROLMENT_COLUMNS,
    EnrolmentRow,
    join_enrolment,
    read_enrolment,
)
from portal.volunteering.states import EnrolmentState, RegisterSection

SHORTEST_SEARCH = 3
"""Letters or figures; fewer would list half the city."""
MOST_FOUND = 20
MOST_CALLS = 100
MOST_WORDS = 5
LONGEST_NUMBER = 9
"""Figures of a number of the register."""
FIGURES = "0123456789"


@dataclass(frozen=True)
class CounterPersonRow:
    """A person as the front desk sees them."""

    user_id: int
    name: str
    email: str | None
    full_name: str | None
    """As in the identity card, where it is known."""
    phone: str | None
    enrolment: EnrolmentState | None


@dataclass(frozen=True)
class EnrolmentCaseLink:
    """The last case of an enrolment, as the front desk names it."""

    case_number: str
    due_on: date
    """Answer at the latest."""


@dataclass(frozen=True)
class CounterFile:
    """What lies on the front desk about a person."""

    person: CounterPersonRow
    enrolment: EnrolmentRow | None
    case: EnrolmentCaseLink | None


@dataclass(frozen=True)
class PhoneMessageRow:
    """Something a person without e-mail is to be told."""

    id: int
    reader_id: int
    name: str
    phone: str | None
    subject: str
    text_body: str
    created_at: datetime


def list_to_phone(*, user_id: int | None = None) -> list[PhoneMessageRow]:
    """Return what is still to be told (to one person), the oldest first; at most a hundred."""
    statement = (
        select(
            PhoneMessage.id,
            PhoneMessage.reader_id,
            func.coalesce(Enrolment.full_name, User.display_name, type_=User.display_name.type),
            Enrolment.phone,
            PhoneMessage.subject,
            PhoneMessage.text_body,
            PhoneMessage.created_at,
        )
        .join(User, User.id == PhoneMessage.reader_id)
        .outerjoin(Enrolment, Enrolment.user_id == User.id)
        .where(PhoneMessage.told_at.is_(None))
        .order_by(PhoneMessage.id)
        .limit(MOST_CALLS)
    )
    if user_id is not None:
        statement = statement.where(PhoneMessage.reader_id == user_id)
    return [PhoneMessageRow(*row) for row in session().execute(statement)]


def find_people(text: str) -> list[CounterPersonRow]:
    """Return people by name, telephone, e-mail or number in the register, at most twenty.

    None for too short a text, unless it is a number.
    """
    words = text.split()[:MOST_WORDS]
    number = _register_number(text)
    if len("".join(words)) < SHORTEST_SEARCH and number is None:
        return []
    haystack = func.f_unaccent(
        func.lower(func.concat_ws(" ", User.display_name, Enrolment.full_name, User.email))
    )
    by_words = [
        haystack.contains(func.f_unaccent(func.lower(_escape(word))), escape="\\") for word in words
    ]
    conditions = [and_(*by_words)]
    if number is not None:
        # Short numbers are those of the register alone: nobody looks for a "7" in a name.
        has_number = exists().where(
            RegisterEntry.user_id == User.id,
            RegisterEntry.section == RegisterSection.REGULAR,
            RegisterEntry.number == number,
        )
        conditions = (
            [has_number] if len(text.strip()) < SHORTEST_SEARCH else [*conditions, has_number]
        )
    figures = "".join(c for c in text if c in FIGURES)
    if len(figures) >= SHORTEST_SEARCH:
        only_figures = func.regexp_replace(Enrolment.phone, "[^0-9]", "", "g")
        conditions.append(only_figures.contains(figures))
    rows = session().execute(
        _rows()
        .where(or_(*conditions), User.active)
        .order_by(func.f_unaccent(func.lower(User.display_name)), User.id)
        .limit(MOST_FOUND)
    )
    return [CounterPersonRow(*row) for row in rows]


def find_likely_same(*, full_name: str, phone: str) -> list[CounterPersonRow]:
    """Return people of this very name or telephone number, whatever their case and signs."""
    name = func.f_unaccent(func.lower(full_name))
    figures = "".join(c for c in phone if c in FIGURES)
    rows = session().execute(
        _rows()
        .where(
            or_(
                func.f_unaccent(func.lower(User.display_name)) == name,
                func.f_unaccent(func.lower(Enrolment.full_name)) == name,
                func.regexp_replace(Enrolment.phone, "[^0-9]", "", "g") == figures,
            ),
            User.active,
        )
        .order_by(User.id)
        .limit(MOST_FOUND)
    )
    return [CounterPersonRow(*row) for row in rows]


def get_counter_person(user_id: int) -> CounterPersonRow:
    """Return one person; raise `NotFoundError` where there is none."""
    row = session().execute(_rows().where(User.id == user_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return CounterPersonRow(*row)


def get_counter_file(user_id: int) -> CounterFile:
    """Return a person with their enrolment and its last case; raise `NotFoundError`."""
    last_case = (
        select(func.max(Case.id))
        .where(Case.kind == CaseKind.ENROLMENT, Case.subject_id == Enrolment.id)
        .correlate(Enrolment)
        .scalar_subquery()
    )
    statement = _rows().add_columns(Case.id, Case.created_at, Case.due_on, *ENROLMENT_COLUMNS)
    row = (
        session()
        .execute(
            join_enrolment(statement)
            .outerjoin(Case, Case.id == last_case)
            .where(User.id == user_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    person = CounterPersonRow(*row[: len(_PERSON)])
    case_id, opened_at, due_on, *enrolment = row[len(_PERSON) :]
    return CounterFile(
        person=person,
        enrolment=read_enrolment(enrolment) if person.enrolment else None,
        case=EnrolmentCaseLink(case_number(case_id, opened_at), due_on) if case_id else None,
    )


_PERSON = (
    User.id,
    User.display_name,
    User.email,
    Enrolment.full_name,
    Enrolment.phone,
    Enrolment.state,
)


def _rows() -> Select[*tuple[Any, ...]]:
    return select(*_PERSON).outerjoin(Enrolment, Enrolment.user_id == User.id)


def _register_number(text: str) -> int | None:
    typed = text.strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
    return int(typed) if is_number else None


def _escape(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
