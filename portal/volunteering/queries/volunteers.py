"""What the rules ask of a person, read in one statement."""

from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, ColumnElement, Date, bindparam, exists, func, select

from portal.accounts.commitments import Commitment
from portal.accounts.models import User
from portal.core.database import session
from portal.volunteering.models import (
    Enrolment,
    GuardianAuthorisation,
    InsurancePeriod,
    InterviewBooking,
    InterviewSlot,
    ProjectCheck,
)
from portal.volunteering.policies import DayRange, VolunteerFacts
from portal.volunteering.queries.commitments import interview_commitment
from portal.volunteering.states import BookingState, GuardianState, ProjectCheckKind


def find_volunteer_facts(
    user_id: int, *, now: datetime
) -> tuple[VolunteerFacts, tuple[Commitment, ...]]:
    """Return what the rules ask of a person, and the interviews they have promised to be at.

    One statement whatever there is: every page of a list asks it.
    """
    row = session().execute(_FACTS, {"user_id": user_id, "now": now}).one()
    volunteer = VolunteerFacts(
        enrolment=row.state,
        born_on=row.born_on,
        residence=row.residence,
        citizenship=row.citizenship,
        works_for_municipality=bool(row.works_for_municipality),
        permit_until=row.permit_until,
        fitness_until=row.fitness_until,
        has_guardian=row.has_guardian,
        has_been_interviewed=row.interviewed_on is not None,
        insured=tuple(map(DayRange, row.insured_from, row.insured_until)),
        trained_in=frozenset(row.trained_in),
        record_seen_for=frozenset(row.record_seen_for),
    )
    if row.starts_at is None:
        return volunteer, ()
    booked = (row.booking_id, row.starts_at, row.ends_at, row.place_name)
    return volunteer, (interview_commitment(*booked),)


def _list(statement: Any, kind: Any) -> ColumnElement[Any]:  # noqa: ANN401 - any one column
    return func.array(statement.scalar_subquery(), type_=ARRAY(kind))


def _insured(column: Any) -> ColumnElement[Any]:  # noqa: ANN401 - a column of the table
    ordered = select(column).where(InsurancePeriod.user_id == User.id)
    return _list(ordered.order_by(InsurancePeriod.starts_on).correlate(User), Date)


def _checked(kind: ProjectCheckKind) -> ColumnElement[Any]:
    of_person = (ProjectCheck.user_id == User.id, ProjectCheck.kind == kind)
    return _list(select(ProjectCheck.project_id).where(*of_person).correlate(User), BigInteger)


_FACTS = (
    select(
        Enrolment.state,
        Enrolment.born_on,
        Enrolment.residence,
        Enrolment.citizenship,
        Enrolment.works_for_municipality,
        Enrolment.permit_until,
        Enrolment.fitness_until,
        Enrolment.interviewed_on,
        exists()
        .where(
            GuardianAuthorisation.enrolment_id == Enrolment.id,
            GuardianAuthorisation.state == GuardianState.GIVEN,
        )
        .correlate(Enrolment)
        .label("has_guardian"),
        _insured(InsurancePeriod.starts_on).label("insured_from"),
        _insured(InsurancePeriod.ends_on).label("insured_until"),
        _checked(ProjectCheckKind.TRAINING).label("trained_in"),
        _checked(ProjectCheckKind.RECORD).label("record_seen_for"),
        InterviewBooking.id.label("booking_id"),
        InterviewSlot.starts_at,
        InterviewSlot.ends_at,
        InterviewSlot.place_name,
    )
    .select_from(User)
    .outerjoin(Enrolment, Enrolment.user_id == User.id)
    .outerjoin(
        InterviewBooking,
        (InterviewBooking.enrolment_id == Enrolment.id)
        & (InterviewBooking.state == BookingState.BOOKED),
    )
    .outerjoin(
        InterviewSlot,
        (InterviewSlot.id == InterviewBooking.slot_id) & (InterviewSlot.ends_at > bindparam("now")),
    )
    .where(User.id == bindparam("user_id"))
)
"""Built once: it goes with every list of shifts and every sign-up."""
