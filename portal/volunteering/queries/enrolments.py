"""Requests to be in the register of volunteers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.volunteering.models import Enrolment
from portal.volunteering.policies import (
    age_on,
)
from portal.volunteering.queries.interviews import InterviewCaseRow, find_interview_of_enrolment
from portal.volunteering.states import (
    EnrolmentState,
    Residence,
)


@dataclass(frozen=True)
class EnrolmentRow:
    """A person's request to be in the register of volunteers."""

    id: int
    user_id: int
    state: EnrolmentState
    born_on: date | None
    phone: str | None
    residence: Residence | None
    availability: list[str]
    motivation: str | None
    reason: str | None
    submitted_at: datetime | None
    updated_at: datetime


@dataclass(frozen=True)
class EnrolmentCaseRow:
    """An enrolment as staff sees it in its case."""

    name: str
    email: str
    age: int
    enrolment: EnrolmentRow
    interview: InterviewCaseRow | None = None
    """The last talk."""


def find_enrolment_of(user_id: int) -> EnrolmentRow | None:
    """Return a person's enrolment, if they have begun one."""
    row = session().execute(_enrolment_rows().where(Enrolment.user_id == user_id)).one_or_none()
    return EnrolmentRow(*row) if row else None


def get_enrolment_case(enrolment_id: int) -> EnrolmentCaseRow:
    """Return what the case of an enrolment shows; raise `NotFoundError` where there is none."""
    row = (
        session()
        .execute(
            _enrolment_rows()
            .add_columns(User.display_name, User.email)
            .join(User, User.id == Enrolment.user_id)
            .where(Enrolment.id == enrolment_id)
        )
        .one_or_none()
    )
    if row is None:
        raise NotFoundError
    *columns, name, email = row
    enrolment = EnrolmentRow(*columns)
    if enrolment.born_on is None:
        raise NotFoundError
    return EnrolmentCaseRow(
        name,
        email,
        age_on(enrolment.born_on, local_today()),
        enrolment,
        find_interview_of_enrolment(enrolment.id),
    )


def _enrolment_rows() -> Select[*tuple[Any, ...]]:
    return select(
        Enrolment.id,
        Enrolment.user_id,
        Enrolment.state,
        Enrolment.born_on,
        Enrolment.phone,
        Enrolment.residence,
        Enrolment.availability,
        Enrolment.motivation,
        Enrolment.reason,
        Enrolment.submitted_at,
        Enrolment.updated_at,
    )
