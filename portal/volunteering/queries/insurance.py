"""Who is insured on a day, and what the office has to look after about it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from portal.core.database import session
from portal.volunteering.models import Enrolment, InsurancePeriod, InsurancePolicy
from portal.volunteering.queries.register import Last, is_present
from portal.volunteering.states import RegisterSection

WARNS_BEFORE = timedelta(days=60)
"""How long before the end of the last policy the office is told."""
MOST_UNCOVERED = 200


@dataclass(frozen=True)
class InsuredRow:
    """Somebody who is covered on a day, as the insurer asks."""

    section: RegisterSection
    number: int
    full_name: str
    tax_code: str | None
    born_on: date | None
    birth_place: str | None
    from_on: date
    until_on: date
    policy: str | None
    """Its number; None: no policy holds on the day of an occasional volunteer."""


@dataclass(frozen=True)
class PolicyRow:
    """A policy, and how many people it covers."""

    id: int
    insurer: str
    number: str
    starts_on: date
    ends_on: date
    people: int


@dataclass(frozen=True)
class UncoveredRow:
    """Somebody in the register whom no policy covers."""

    number: int
    full_name: str
    starts_on: date
    phone: str | None


def list_insured(day: date) -> list[InsuredRow]:
    """Return exactly who is covered on `day`: two statements, however many they are.

    Regular volunteers by their periods of cover, with who they are from the last line of the
    number in which the day lies; occasional ones of the day from their section of the register.
    """
    return [*_list_regular(day), *_list_occasional(day)]


def list_policies() -> list[PolicyRow]:
    """Return all policies, the latest first."""
    rows = session().execute(
        select(
            InsurancePolicy.id,
            InsurancePolicy.insurer,
            InsurancePolicy.number,
            InsurancePolicy.starts_on,
            InsurancePolicy.ends_on,
            func.count(InsurancePeriod.id),
        )
        .outerjoin(InsurancePeriod, InsurancePeriod.policy_id == InsurancePolicy.id)
        .group_by(InsurancePolicy.id)
        .order_by(InsurancePolicy.starts_on.desc(), InsurancePolicy.id.desc())
    )
    return [PolicyRow(*row) for row in rows]


def find_end_of_cover(policies: list[PolicyRow], today: date) -> date | None:
    """Return the last day up to which one policy follows another without a gap; None: not today."""
    end: date | None = None
    for policy in sorted(policies, key=lambda p: (p.starts_on, p.ends_on)):
        reaches = policy.starts_on <= (today if end is None else end + timedelta(days=1))
        if reaches and policy.ends_on >= (end or today):
            end = policy.ends_on
    return end


def list_uncovered(day: date) -> list[UncoveredRow]:
    """Return who is in the register on `day` without being covered, by number; at most 200."""
    rows = session().execute(
        select(Last.number, func.max(Last.full_name), Last.starts_on, func.max(Enrolment.phone))
        .outerjoin(Enrolment, Enrolment.user_id == Last.user_id)
        .where(_is_uncovered(day))
        .group_by(Last.number, Last.starts_on)
        .order_by(Last.number)
        .limit(MOST_UNCOVERED)
    )
    return [UncoveredRow(*row) for row in rows]


def count_uncovered(day: date) -> int:
    """Return how many are in the register on `day` without being covered."""
    return session().scalar(select(func.count()).select_from(Last).where(_is_uncovered(day))) or 0


def _is_uncovered(day: date) -> Any:  # noqa: ANN401 - a condition
    covered = exists().where(
        InsurancePeriod.user_id == Last.user_id,
        InsurancePeriod.starts_on <= day,
        InsurancePeriod.ends_on >= day,
    )
    return and_(
        Last.section == RegisterSection.REGULAR,
        Last.user_id.is_not(None),
        is_present(Last, day),
        ~covered,
    )


def _list_regular(day: date) -> list[InsuredRow]:
    # Who left and came back has several numbers: the one of the day says who they were.
    one_each = (
        select(
            Last.user_id, Last.number, Last.full_name, Last.tax_code, Last.born_on,
            Last.birth_place,
        )
        .ext(distinct_on(Last.user_id))
        .where(Last.section == RegisterSection.REGULAR)
        .order_by(Last.user_id, is_present(Last, day).desc(), Last.number.desc())
        .subquery()
    )  # fmt: skip
    rows = session().execute(
        select(
            one_each.c.number,
            one_each.c.full_name,
            one_each.c.tax_code,
            one_each.c.born_on,
            one_each.c.birth_place,
            InsurancePeriod.starts_on,
            InsurancePeriod.ends_on,
            InsurancePolicy.number,
        )
        .join(one_each, one_each.c.user_id == InsurancePeriod.user_id)
        .join(InsurancePolicy, InsurancePolicy.id == InsurancePeriod.policy_id)
        .where(InsurancePeriod.starts_on <= day, InsurancePeriod.ends_on >= day)
        .order_by(one_each.c.number)
    )
    return [InsuredRow(RegisterSection.REGULAR, *row) for row in rows]


def _list_occasional(day: date) -> list[InsuredRow]:
    policy = (
        select(InsurancePolicy.number)
        .where(InsurancePolicy.starts_on <= day, InsurancePolicy.ends_on >= day)
        .order_by(InsurancePolicy.starts_on.desc(), InsurancePolicy.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = session().execute(
        select(
            Last.section, Last.number, Last.full_name, Last.tax_code, Last.born_on,
            Last.birth_place, Last.starts_on, Last.ends_on, policy,
        )
        .where(Last.section == RegisterSection.OCCASIONAL, is_present(Last, day))
        .order_by(Last.number)
    )  # fmt: skip
    return [InsuredRow(*row) for row in rows]
