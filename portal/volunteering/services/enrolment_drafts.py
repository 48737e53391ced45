"""Filling in the request to be in the register of volunteers, step by step.

At the counter a clerk fills it in for the person `user_id`; it is marked as such.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.models import Enrolment
from portal.volunteering.policies import (
    OLDEST_PLAUSIBLE,
    EnrolmentStep,
    Rules,
    VolunteerFacts,
    age_on,
    find_lasting_reason,
    step_can_be_changed,
)
from portal.volunteering.queries.register_rules import find_register_rules
from portal.volunteering.states import (
    EDITABLE_ENROLMENTS,
    Citizenship,
    EnrolmentState,
    Residence,
    SignUpRefusal,
    Skill,
    TimePreference,
)

HISTORY = "enrolment"
LONGEST_DISPLAY_NAME = 120


@dataclass(frozen=True)
class EnrolmentPerson:
    """Who somebody is, as the register asks."""

    full_name: str
    """As in the identity card."""
    born_on: date
    tax_code: str | None
    birth_place: str | None
    """Where there is no tax code."""
    residence: Residence
    address: str
    citizenship: Citizenship
    works_for_municipality: bool
    phone: str


@dataclass(frozen=True)
class EnrolmentTimes:
    """When somebody has time."""

    availability: Sequence[str]
    """`mon-mattina`, …"""
    can_start_on: date
    time_preference: TimePreference


def save_enrolment_person(
    *, actor: Actor, person: EnrolmentPerson, user_id: int | None = None
) -> Enrolment:
    """Keep who the person is in their draft, begun now if need be.

    Raises `RuleBrokenError` for what the rules exclude, `ForbiddenStepError` when the request
    waits at the office or has been decided.
    """
    enrolment = open_step(actor=actor, user_id=user_id, step=EnrolmentStep.PERSON)
    check_person(
        find_register_rules(), person.born_on, person.residence,
        works_for_municipality=person.works_for_municipality,
    )  # fmt: skip
    for name, value in vars(person).items():
        setattr(enrolment, name, value)
    if enrolment.user.email is None:
        # Who has no account to sign in with is called as the register writes them.
        enrolment.user.display_name = person.full_name[:LONGEST_DISPLAY_NAME].strip()
    session().flush()
    return enrolment


def save_enrolment_times(
    *, actor: Actor, times: EnrolmentTimes, user_id: int | None = None
) -> Enrolment:
    """Keep when the person has time; who is in the register changes it whenever they like.

    Raises `RuleBrokenError` for a beginning in the past, `ForbiddenStepError` when the request
    waits at the office or was refused.
    """
    enrolment = open_step(actor=actor, user_id=user_id, step=EnrolmentStep.TIMES)
    today = local_today()
    if times.can_start_on < today and times.can_start_on != enrolment.can_start_on:
        raise RuleBrokenError(
            _l(
                "Write a date from today, %(day)s, onwards.",
                day=today.strftime("%d/%m/%Y"),
            ),
            "can_start_on",
        )
    enrolment.availability = list(times.availability)
    enrolment.can_start_on = times.can_start_on
    enrolment.time_preference = times.time_preference
    session().flush()
    return enrolment


def save_enrolment_wishes(
    *, actor: Actor, skills: Sequence[Skill], motivation: str, user_id: int | None = None
) -> Enrolment:
    """Keep what the person likes and why they want to help, as far as they say.

    Raises `ForbiddenStepError` as above.
    """
    enrolment = open_step(actor=actor, user_id=user_id, step=EnrolmentStep.WISHES)
    enrolment.skills, enrolment.motivation = list(skills), motivation or None
    session().flush()
    return enrolment


def keep_unfinished_step(
    *, actor: Actor, step: EnrolmentStep, values: Mapping[str, Any], user_id: int | None = None
) -> Enrolment:
    """Keep what is there of a step that is not whole yet: "save and go on later".

    `values` by field of the enrolment; what a step needs is asked for before sending. Raises
    `RuleBrokenError` for a birth that cannot be, `ForbiddenStepError` as above, and for who is
    in the register already: there is no draft then.
    """
    enrolment = open_step(actor=actor, user_id=user_id, step=step)
    if enrolment.state not in EDITABLE_ENROLMENTS:
        raise ForbiddenStepError(_l("This can only be saved as a whole."))
    if values.get("born_on") is not None:
        _check_birth(values["born_on"])
    for name, value in values.items():
        setattr(enrolment, name, value)
    session().flush()
    return enrolment


def check_person(
    rules: Rules, born_on: date, residence: Residence, *, works_for_municipality: bool
) -> None:
    """Raise `RuleBrokenError` where no programme could take such a person, beside the field."""
    _check_birth(born_on)
    who = VolunteerFacts(
        born_on=born_on, residence=residence, works_for_municipality=works_for_municipality
    )
    refusal = find_lasting_reason(rules, who, local_today())
    if refusal is SignUpRefusal.TOO_YOUNG:
        raise RuleBrokenError(
            _l("You can enrol from %(years)s years of age.", years=rules.youngest_age), "born_on"
        )
    if refusal is SignUpRefusal.TOO_OLD:
        raise RuleBrokenError(
            _l(
                "One can be in the register up to %(years)s years of age. Come to the shifts and"
                " events that are open to everybody.",
                years=rules.oldest_age,
            ),
            "born_on",
        )
    if refusal is SignUpRefusal.WORKS_FOR_MUNICIPALITY:
        raise RuleBrokenError(
            _l("Who works for the municipality cannot be a volunteer of the municipality."),
            "works",
        )
    if refusal is SignUpRefusal.NOT_RESIDENT:
        raise RuleBrokenError(
            _l("All projects of the register ask to live in the city. Events are open to you."),
            "residence",
        )


def open_step(*, actor: Actor, user_id: int | None, step: EnrolmentStep) -> Enrolment:
    """Return the enrolment of `user_id` (None: the actor's), locked, for a step to be changed.

    It is begun now if need be. Raises `ForbiddenStepError` when the step cannot be changed now,
    `NotFoundError` for nobody.
    """
    owner_id = actor.account_id if user_id is None else user_id
    enrolment = lock_enrolment_of(owner_id)
    if enrolment is None:
        enrolment = _begin(actor, owner_id)
    elif not step_can_be_changed(step, enrolment.state):
        raise ForbiddenStepError(
            _l("Your request has already been sent: it can be changed only if the office asks.")
        )
    mark_counter(actor=actor, enrolment=enrolment)
    return enrolment


def mark_counter(*, actor: Actor, enrolment: Enrolment) -> None:
    """Note who filled it in where that is not the person."""
    if actor.id != enrolment.user_id:
        enrolment.recorded_by_id = actor.id


def lock_enrolment_of(user_id: int) -> Enrolment | None:
    """Return a person's enrolment, locked."""
    return session().scalar(
        select(Enrolment)
        .where(Enrolment.user_id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def lock_enrolment(enrolment_id: int) -> Enrolment:
    """Return an enrolment, locked; raises `NotFoundError`."""
    enrolment = session().get(Enrolment, enrolment_id, with_for_update=True, populate_existing=True)
    if enrolment is None:
        raise NotFoundError
    return enrolment


def _begin(actor: Actor, owner_id: int) -> Enrolment:
    if session().get(User, owner_id) is None:
        raise NotFoundError
    enrolment = Enrolment(user_id=owner_id, state=EnrolmentState.DRAFT, availability=[])
    session().add(enrolment)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=enrolment.id,
        action="start",
        to_state=enrolment.state,
    )
    return enrolment


def _check_birth(born_on: date) -> None:
    today = local_today()
    if born_on > today:
        raise RuleBrokenError(_l("The date of birth is in the future: check the year."), "born_on")
    if age_on(born_on, today) > OLDEST_PLAUSIBLE:
        raise RuleBrokenError(_l("Check the year of birth: it is too far back."), "born_on")
