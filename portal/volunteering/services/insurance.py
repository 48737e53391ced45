"""Insurance of volunteers: accident, illness, liability (D.Lgs. 117/2017, art. 18)."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.models import InsurancePeriod, InsurancePolicy
from portal.volunteering.queries.register import list_people_in_register


def add_insurance_policy(
    *, actor: Actor, insurer: str, number: str, starts_on: date, ends_on: date
) -> InsurancePolicy:
    """Note a policy, and cover who is in the register now, on its days since they entered.

    Raises `RuleBrokenError` for a number that is there already.
    """
    if session().scalar(select(InsurancePolicy.id).where(InsurancePolicy.number == number)):
        raise RuleBrokenError(_l("There is a policy with this number."), "number")
    policy = InsurancePolicy(insurer=insurer, number=number, starts_on=starts_on, ends_on=ends_on)
    session().add(policy)
    session().flush()
    record_step(actor=actor, subject_kind="insurance_policy", subject_id=policy.id, action="create")
    for user_id, entered_on in list_people_in_register():
        # Noted late, it covers nobody on days before they were in the register.
        cover_person(user_id=user_id, from_on=max(starts_on, entered_on))
    return policy


def cover_person(*, user_id: int, from_on: date) -> None:
    """Cover a person from a day on, by every policy that holds then or later; safe to repeat."""
    policies = session().scalars(
        select(InsurancePolicy)
        .where(InsurancePolicy.ends_on >= from_on)
        .order_by(InsurancePolicy.starts_on, InsurancePolicy.id)
    )
    covered_until = _covered_until(user_id)
    for policy in policies:
        first = max(policy.starts_on, from_on)
        if covered_until is not None:
            first = max(first, covered_until + timedelta(days=1))
        if first > policy.ends_on:
            continue
        session().add(
            InsurancePeriod(
                user_id=user_id, policy_id=policy.id, starts_on=first, ends_on=policy.ends_on
            )
        )
        session().flush()
        covered_until = policy.ends_on


def end_cover(*, user_id: int, on: date) -> None:
    """Let the cover of a person end with the day `on`; later periods go."""
    periods = session().scalars(
        select(InsurancePeriod).where(
            InsurancePeriod.user_id == user_id, InsurancePeriod.ends_on > on
        )
    )
    for period in periods:
        if period.starts_on > on:
            session().delete(period)
        else:
            period.ends_on = on
    session().flush()


def _covered_until(user_id: int) -> date | None:
    return session().scalar(
        select(InsurancePeriod.ends_on)
        .where(InsurancePeriod.user_id == user_id)
        .order_by(InsurancePeriod.ends_on.desc())
        .limit(1)
    )
