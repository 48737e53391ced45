"""The register of volunteers as the office reads it: numbers, and the lines of each."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import aliased

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.volunteering.models import RegisterEntry
from portal.volunteering.states import RegisterKind, RegisterSection

ENTRIES_A_PAGE = 50
LARGEST_NUMBER = 2_147_483_647
"""The database counts no further."""


@dataclass(frozen=True)
class RegisterFilters:
    """What a list of the register is narrowed to."""

    section: RegisterSection = RegisterSection.REGULAR
    text: str = ""
    on: date | None = None
    """Only who was in the register on this day."""


@dataclass(frozen=True)
class RegisterRow:
    """A number of the register, as its last line says."""

    id: int
    """Of the last line."""
    section: RegisterSection
    number: int
    kind: RegisterKind
    full_name: str
    tax_code: str | None
    born_on: date | None
    birth_place: str | None
    address: str | None
    starts_on: date
    ends_on: date | None


@dataclass(frozen=True)
class RegisterLine(RegisterRow):
    """A line, as it was written once."""

    reason: str | None
    recorded_at: datetime
    recorded_by_name: str


@dataclass(frozen=True)
class RegisterNumber:
    """A number with all its lines, oldest first; there is at least one."""

    lines: list[RegisterLine]

    @property
    def last(self) -> RegisterLine:
        """What holds now."""
        return self.lines[-1]


def list_register(filters: RegisterFilters, *, page: int) -> Page[RegisterRow]:
    """Return a page of the register, by number."""
    statement = _filtered(filters)
    total = count_rows(statement)
    number = clamp_page(page, total, ENTRIES_A_PAGE)
    rows = session().execute(
        statement.order_by(Last.number).limit(ENTRIES_A_PAGE).offset((number - 1) * ENTRIES_A_PAGE)
    )
    return Page([RegisterRow(*row) for row in rows], number, total, ENTRIES_A_PAGE)


def list_register_for_file(filters: RegisterFilters) -> list[RegisterRow]:
    """Return all of the register that the filters let through, by number."""
    rows = session().execute(_filtered(filters).order_by(Last.number))
    return [RegisterRow(*row) for row in rows]


def get_register_number(section: RegisterSection, number: int) -> RegisterNumber:
    """Return a number with its lines; raise `NotFoundError` where there is none."""
    if number > LARGEST_NUMBER:
        raise NotFoundError
    rows = session().execute(
        select(*_line_columns(RegisterEntry))
        .where(RegisterEntry.section == section, RegisterEntry.number == number)
        .order_by(RegisterEntry.id)
    )
    lines = [RegisterLine(*row) for row in rows]
    if not lines:
        raise NotFoundError
    return RegisterNumber(lines)


def list_people_in_register() -> list[tuple[int, date]]:
    """Return who is in the register now: account, and the day on which they entered."""
    rows = session().execute(
        select(Last.user_id, Last.starts_on)
        .where(
            Last.section == RegisterSection.REGULAR,
            Last.user_id.is_not(None),
            Last.ends_on.is_(None),
        )
        .order_by(Last.user_id)
    )
    return [(user_id, starts_on) for user_id, starts_on in rows]


def list_register_lines(first: date, last: date) -> list[RegisterLine]:
    """Return all lines of those who were in the register on a day of the period, both included.

    By section and number, the lines of each in the order in which they were written.
    """
    present = (
        select(Last.section, Last.number)
        .where(Last.starts_on <= last, or_(Last.ends_on.is_(None), Last.ends_on >= first))
        .subquery()
    )
    rows = session().execute(
        select(*_line_columns(RegisterEntry))
        .join(
            present,
            (present.c.section == RegisterEntry.section)
            & (present.c.number == RegisterEntry.number),
        )
        .order_by(RegisterEntry.section.desc(), RegisterEntry.number, RegisterEntry.id)
    )
    return [RegisterLine(*row) for row in rows]


def is_present(line: Any, day: Any) -> ColumnElement[bool]:  # noqa: ANN401 - lines and days of any statement
    """Say whether a last line is of somebody who is in the register on `day`."""
    return (line.starts_on <= day) & or_(line.ends_on.is_(None), line.ends_on >= day)


def _last_lines() -> Any:  # noqa: ANN401 - an alias of the table
    newest = (
        select(RegisterEntry)
        .ext(distinct_on(RegisterEntry.section, RegisterEntry.number))
        .order_by(RegisterEntry.section, RegisterEntry.number, RegisterEntry.id.desc())
        .subquery("last_line")
    )
    return aliased(RegisterEntry, newest)


Last = _last_lines()
"""The register with the last line of each number alone: what holds now."""


def _filtered(filters: RegisterFilters) -> Select[*tuple[Any, ...]]:
    statement = select(*_columns(Last)).where(Last.section == filters.section)
    if filters.on is not None:
        statement = statement.where(is_present(Last, filters.on))
    if filters.text:
        named = Last.full_name.icontains(filters.text, autoescape=True)
        coded = Last.tax_code == filters.text.upper()
        number = filters.text
        is_number = number.isascii() and number.isdigit() and int(number[:10]) <= LARGEST_NUMBER
        numbered = [Last.number == int(number)] if is_number and len(number) <= 10 else []  # noqa: PLR2004 - digits of the largest number
        statement = statement.where(or_(named, coded, *numbered))
    return statement


def count_register(day: date) -> dict[RegisterSection, int]:
    """Return how many are in the register on `day`, by section."""
    rows = session().execute(
        select(Last.section, func.count()).where(is_present(Last, day)).group_by(Last.section)
    )
    found: dict[RegisterSection, int] = {row[0]: row[1] for row in rows}
    return {section: found.get(section, 0) for section in RegisterSection}


def _columns(line: Any) -> tuple[Any, ...]:  # noqa: ANN401 - the table or an alias
    return (
        line.id, line.section, line.number, line.kind, line.full_name, line.tax_code,
        line.born_on, line.birth_place, line.address, line.starts_on, line.ends_on,
    )  # fmt: skip


def _line_columns(line: Any) -> tuple[Any, ...]:  # noqa: ANN401 - the table or an alias
    return (*_columns(line), line.reason, line.recorded_at, line.recorded_by_name)
