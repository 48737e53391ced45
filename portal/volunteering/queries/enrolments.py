"""Requests to be in the register of volunteers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.moderation.models import Case
from portal.moderation.states import CaseKind
from portal.volunteering.models import (
    Enrolment,
    GuardianAuthorisation,
    InsurancePeriod,
    RegisterEntry,
)
from portal.volunteering.policies import MissingPiece, Rules, age_on, list_missing_pieces
from portal.volunteering.queries.interviews import InterviewCaseRow, find_interview_of_enrolment
from portal.volunteering.queries.register_rules import find_register_rules
from portal.volunteering.states import (
    CURRENT_GUARDIANS,
    Citizenship,
    EnrolmentState,
    GuardianState,
    RegisterSection,
    Residence,
    TimePreference,
)

_Clerk = aliased(User)


@dataclass(frozen=True)
class GuardianRow:
    """Who authorises a minor, and what they answered."""

    id: int
    state: GuardianState
    full_name: str
    email: str | None
    phone: str | None
    answered_at: datetime | None
    is_paper: bool
    """Whether the office has the signed paper."""

    @property
    def is_current(self) -> bool:
        """Say whether it is asked for or given, and so need not be asked anew."""
        return self.state in CURRENT_GUARDIANS


@dataclass(frozen=True)
class EnrolmentRow:
    """A person's request to be in the register of volunteers."""

    id: int
    user_id: int
    state: EnrolmentState
    full_name: str | None
    tax_code: str | None
    born_on: date | None
    birth_place: str | None
    address: str | None
    phone: str | None
    residence: Residence | None
    citizenship: Citizenship | None
    works_for_municipality: bool | None
    availability: list[str]
    can_start_on: date | None
    time_preference: TimePreference | None
    skills: list[str]
    motivation: str | None
    permit_until: date | None
    fitness_until: date | None
    interviewed_on: date | None
    wants_calls: bool
    reason: str | None
    submitted_at: datetime | None
    left_on: date | None
    recorded_by: str | None
    """The clerk who filled it in at the counter."""
    updated_at: datetime
    guardian: GuardianRow | None
    """The last one who was asked, whatever they answered."""

    @property
    def has_guardian(self) -> bool:
        """Say whether who holds parental responsibility has authorised."""
        return self.guardian is not None and self.guardian.state is GuardianState.GIVEN

    @property
    def has_named_guardian(self) -> bool:
        """Say whether somebody is named who is asked, or has authorised."""
        return self.guardian is not None and self.guardian.is_current

    @property
    def age(self) -> int | None:
        """Years, today."""
        return age_on(self.born_on, local_today()) if self.born_on else None


@dataclass(frozen=True)
class EnrolmentCaseRow:
    """An enrolment as staff sees it in its case."""

    name: str
    email: str | None
    age: int
    enrolment: EnrolmentRow
    missing: tuple[MissingPiece, ...] = ()
    """What it lacks before every shift is open to the person."""
    interview: InterviewCaseRow | None = None
    """The last talk."""


@dataclass(frozen=True)
class MembershipRow:
    """What a person's place in the register says: number, since when, insured until when."""

    number: int
    since_on: date
    ends_on: date | None
    insured_until: date | None


def find_enrolment_of(user_id: int) -> EnrolmentRow | None:
    """Return a person's enrolment, if they have begun one."""
    row = session().execute(_rows().where(Enrolment.user_id == user_id)).one_or_none()
    return read_enrolment(row) if row else None


def get_enrolment(enrolment_id: int) -> EnrolmentRow:
    """Return an enrolment; raise `NotFoundError` where there is none."""
    row = session().execute(_rows().where(Enrolment.id == enrolment_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return read_enrolment(row)


def get_enrolment_case(enrolment_id: int) -> EnrolmentCaseRow:
    """Return what the case of an enrolment shows; raise `NotFoundError` where there is none."""
    enrolment = get_enrolment(enrolment_id)
    if enrolment.age is None:
        raise NotFoundError
    name, email = (
        session().execute(select(User.display_name, User.email).filter_by(id=enrolment.user_id))
    ).one()
    return EnrolmentCaseRow(
        name=enrolment.full_name or name,
        email=email,
        age=enrolment.age,
        enrolment=enrolment,
        missing=list_missing(find_register_rules(), enrolment),
        interview=find_interview_of_enrolment(enrolment.id),
    )


def list_missing(rules: Rules, enrolment: EnrolmentRow) -> tuple[MissingPiece, ...]:
    """Return what an enrolment lacks today before every shift is open to the person."""
    return list_missing_pieces(
        rules, enrolment, has_guardian=enrolment.has_guardian, today=local_today()
    )


def find_membership(user_id: int) -> MembershipRow | None:
    """Return what the register says of a person now; None where it never had them."""
    insured_until = (
        select(func.max(InsurancePeriod.ends_on))
        .where(InsurancePeriod.user_id == user_id, InsurancePeriod.ends_on >= local_today())
        .scalar_subquery()
    )
    row = (
        session()
        .execute(
            select(
                RegisterEntry.number, RegisterEntry.starts_on, RegisterEntry.ends_on, insured_until
            )
            .where(
                RegisterEntry.user_id == user_id, RegisterEntry.section == RegisterSection.REGULAR
            )
            .order_by(RegisterEntry.number.desc(), RegisterEntry.id.desc())
            .limit(1)
        )
        .one_or_none()
    )
    return MembershipRow(*row) if row else None


def find_case_id_of(enrolment_id: int) -> int | None:
    """Return the last case of an enrolment."""
    return session().scalar(
        select(Case.id)
        .where(Case.kind == CaseKind.ENROLMENT, Case.subject_id == enrolment_id)
        .order_by(Case.id.desc())
        .limit(1)
    )


_GUARDIAN = GuardianAuthorisation
_OWN = (
    Enrolment.id,
    Enrolment.user_id,
    Enrolment.state,
    Enrolment.full_name,
    Enrolment.tax_code,
    Enrolment.born_on,
    Enrolment.birth_place,
    Enrolment.address,
    Enrolment.phone,
    Enrolment.residence,
    Enrolment.citizenship,
    Enrolment.works_for_municipality,
    Enrolment.availability,
    Enrolment.can_start_on,
    Enrolment.time_preference,
    Enrolment.skills,
    Enrolment.motivation,
    Enrolment.permit_until,
    Enrolment.fitness_until,
    Enrolment.interviewed_on,
    Enrolment.wants_calls,
    Enrolment.reason,
    Enrolment.submitted_at,
    Enrolment.left_on,
    _Clerk.display_name,
    Enrolment.updated_at,
)
_OF_GUARDIAN = (
    _GUARDIAN.id,
    _GUARDIAN.state,
    _GUARDIAN.full_name,
    _GUARDIAN.email,
    _GUARDIAN.phone,
    _GUARDIAN.answered_at,
    _GUARDIAN.recorded_by_id.is_not(None),
)


ENROLMENT_COLUMNS = (*_OWN, *_OF_GUARDIAN)
"""What `read_enrolment` reads, of a statement that `join_enrolment` went over."""


def join_enrolment(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Join to each enrolment of a statement the clerk who filled it in and the last guardian."""
    other = aliased(_GUARDIAN)
    last = select(func.max(other.id)).where(other.enrolment_id == Enrolment.id)
    return statement.outerjoin(_Clerk, _Clerk.id == Enrolment.recorded_by_id).outerjoin(
        _GUARDIAN, _GUARDIAN.id == last.correlate(Enrolment).scalar_subquery()
    )


def read_enrolment(columns: Sequence[Any]) -> EnrolmentRow:
    """Return the enrolment that `ENROLMENT_COLUMNS` of a row tell."""
    values = list(columns)
    of_guardian = values[len(_OWN) :]
    guardian = GuardianRow(*of_guardian) if of_guardian[0] is not None else None
    values[len(_OWN) :] = [guardian]
    return EnrolmentRow(*values)


def _rows() -> Select[*tuple[Any, ...]]:
    return join_enrolment(select(*ENROLMENT_COLUMNS).select_from(Enrolment))
