"""Being in the register of volunteers: what one changes by oneself, what the office has seen."""

from datetime import date, timedelta

from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from portal.core.access import PORTAL, Actor
from portal.core.clock import local_today, to_local
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.core.jobs import defer
from portal.volunteering.emails.enrolments import mail_enrolment_left
from portal.volunteering.models import Enrolment
from portal.volunteering.policies import find_unmet_rule
from portal.volunteering.queries import get_shift_facts
from portal.volunteering.queries.sign_ups import find_facts_of, list_held_shift_ids
from portal.volunteering.services.enrolment_drafts import (
    HISTORY,
    lock_enrolment,
    lock_enrolment_of,
    mark_counter,
)
from portal.volunteering.services.guardians import end_authorisation
from portal.volunteering.services.insurance import end_cover
from portal.volunteering.services.interviews import withdraw_interview
from portal.volunteering.services.register import leave_register
from portal.volunteering.services.sign_ups import leave_place
from portal.volunteering.states import ENROLMENT_TRANSITIONS, EnrolmentAction, EnrolmentState

FITNESS_LASTS = timedelta(days=366)
"""A certificate of fitness is renewed every year (rules of April 2019)."""
PERMIT_LASTS = timedelta(days=366 * 10)
"""Longer than any residence permit: past it the year was mistyped."""


def change_contacts(
    *, actor: Actor, phone: str, wants_calls: bool, user_id: int | None = None
) -> Enrolment:
    """Change the telephone number, and whether one may be asked when a shift lacks people.

    Raises `ForbiddenStepError` for who is not in the register.
    """
    enrolment = lock_enrolment_of(actor.account_id if user_id is None else user_id)
    if enrolment is None or enrolment.state is not EnrolmentState.ACCEPTED:
        raise ForbiddenStepError(_l("This can be changed by who is in the register."))
    enrolment.phone, enrolment.wants_calls = phone, wants_calls
    mark_counter(actor=actor, enrolment=enrolment)
    session().flush()
    return enrolment


def leave_enrolment(*, actor: Actor, user_id: int | None = None) -> Enrolment:
    """Let a person leave the register, at any time and for no reason (D.Lgs. 117/2017, art. 17).

    The register says so with today's day, the insurance ends with it, and the worker gives back
    the places in shifts to come, one by one. The second of two taps changes nothing. Raises
    `NotFoundError` without an enrolment, `ForbiddenStepError` for who is not in the register.
    """
    enrolment = lock_enrolment_of(actor.account_id if user_id is None else user_id)
    if enrolment is None:
        raise NotFoundError
    if enrolment.state is EnrolmentState.LEFT:
        return enrolment
    take_step(
        actor=actor, subject=enrolment, transitions=ENROLMENT_TRANSITIONS,
        action=EnrolmentAction.LEAVE,
    )  # fmt: skip
    today, owner_id = local_today(), enrolment.user_id
    enrolment.left_on = today
    mark_counter(actor=actor, enrolment=enrolment)
    session().flush()
    with force_locale("it"):
        leave_register(actor=actor, user_id=owner_id, on=today, reason=_("By own choice."))
    end_cover(user_id=owner_id, on=today)
    end_authorisation(actor=actor, enrolment_id=enrolment.id)
    withdraw_interview(actor=actor, enrolment_id=enrolment.id)
    shift_ids = list_held_shift_ids(owner_id)
    for shift_id in shift_ids:
        defer("give_back_place", user_id=owner_id, shift_id=shift_id)
    mail_enrolment_left(enrolment=enrolment, places=len(shift_ids))
    return enrolment


def note_permit(*, actor: Actor, enrolment_id: int, until: date) -> None:
    """Write until when the residence permit that the actor has seen is valid; never its content.

    Raises `RuleBrokenError` for one that has ended or cannot be, `ForbiddenStepError` for one's
    own enrolment.
    """
    enrolment = _seen(actor, enrolment_id, until, PERMIT_LASTS, "permit_until")
    enrolment.permit_until, enrolment.permit_seen_by_id = until, actor.account_id
    record_step(actor=actor, subject_kind=HISTORY, subject_id=enrolment.id, action="see_permit")
    session().flush()


def note_fitness(*, actor: Actor, enrolment_id: int, until: date) -> None:
    """Write until when the certificate of fitness that the actor has seen is valid; see above."""
    enrolment = _seen(actor, enrolment_id, until, FITNESS_LASTS, "fitness_until")
    enrolment.fitness_until, enrolment.fitness_seen_by_id = until, actor.account_id
    record_step(actor=actor, subject_kind=HISTORY, subject_id=enrolment.id, action="see_fitness")
    session().flush()


def give_back_place(*, user_id: int, shift_id: int, only_unmet: bool = False) -> None:
    """Give back a place for who left the register, or whom the rules do not allow any more.

    For the worker: one shift a transaction, since locking two could wait in a circle. Safe to
    run twice; a shift that has begun is left as it is.
    """
    if only_unmet and _meets_rules(user_id, shift_id):
        return
    try:
        leave_place(actor=PORTAL, shift_id=shift_id, user_id=user_id)
    except ForbiddenStepError:
        return


def _meets_rules(user_id: int, shift_id: int) -> bool:
    facts = get_shift_facts(shift_id)
    first, last = to_local(facts.starts_at).date(), to_local(facts.ends_at).date()
    volunteer = find_facts_of(user_id).volunteer
    return find_unmet_rule(facts.rules, volunteer, first, last) is None


def _seen(
    actor: Actor, enrolment_id: int, until: date, longest: timedelta, field: str
) -> Enrolment:
    today = local_today()
    if until < today:
        raise RuleBrokenError(_l("It has ended already: ask for the new one."), field)
    if until > today + longest:
        raise RuleBrokenError(_l("Check the year: it cannot be valid for so long."), field)
    enrolment = lock_enrolment(enrolment_id)
    if enrolment.user_id == actor.id:
        raise ForbiddenStepError(_l("Your own papers are looked at by a colleague."))
    return enrolment
