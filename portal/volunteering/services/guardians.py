"""The authorisation of who holds parental responsibility for a minor (art. 316 civil code).

Asked by a mail whose link works without an account, given, refused or withdrawn there; or signed
on paper that the office has seen. Somebody else asked means a new row: the link of the old dies.
"""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.core.jobs import defer
from portal.volunteering.emails.enrolments import mail_guardian_answered, mail_guardian_asked
from portal.volunteering.models import Enrolment, GuardianAuthorisation
from portal.volunteering.policies import EnrolmentStep, needs_guardian
from portal.volunteering.queries.guardians import GuardianLink, GuardianLinkState
from portal.volunteering.queries.register_rules import find_register_rules
from portal.volunteering.queries.sign_ups import list_held_shift_ids
from portal.volunteering.services.enrolment_drafts import (
    lock_enrolment,
    lock_enrolment_of,
    open_step,
)
from portal.volunteering.states import (
    CURRENT_GUARDIANS,
    GUARDIAN_TRANSITIONS,
    EnrolmentState,
    GuardianAction,
    GuardianState,
)

HISTORY = "guardian_authorisation"
HANDED_IN = (EnrolmentState.SUBMITTED, EnrolmentState.ACCEPTED)


@dataclass(frozen=True)
class Guardian:
    """Who holds parental responsibility, and how to reach them."""

    full_name: str
    email: str | None
    phone: str | None = None


def name_guardian(
    *, actor: Actor, guardian: Guardian, user_id: int | None = None
) -> GuardianAuthorisation:
    """Say who is to authorise; one who was asked before is asked no more, and their link dies.

    Where the request is handed in already the mail leaves now. Nothing changes where the same
    person was named before. Raises `RuleBrokenError` for the person's own address or none,
    `ForbiddenStepError` where the request was decided against, or nobody has to authorise.
    """
    enrolment = open_step(actor=actor, user_id=user_id, step=EnrolmentStep.GUARDIAN)
    _check_guardian(enrolment, guardian)
    current = find_current_guardian(enrolment.id)
    if current is not None:
        if _is_same(current, guardian):
            current.phone = guardian.phone
            session().flush()
            return current
        was_given = current.state is GuardianState.GIVEN
        _step(actor, current, GuardianAction.WITHDRAW)
        if was_given:
            _give_places_back(enrolment)
    made = _add(actor, enrolment, guardian, GuardianState.ASKED)
    if enrolment.state in HANDED_IN:
        mail_guardian_asked(authorisation=made, enrolment=enrolment, rules=find_register_rules())
    return made


def resend_guardian_link(*, actor: Actor, user_id: int | None = None) -> None:
    """Mail the link once more, to who has not answered yet.

    Raises `ForbiddenStepError` where nobody is asked.
    """
    owner_id = actor.account_id if user_id is None else user_id
    enrolment = lock_enrolment_of(owner_id)
    current = find_current_guardian(enrolment.id) if enrolment is not None else None
    is_asked = current is not None and current.state is GuardianState.ASKED
    if enrolment is None or current is None or not is_asked or enrolment.state not in HANDED_IN:
        raise ForbiddenStepError(_l("Nobody is being asked to authorise at the moment."))
    mail_guardian_asked(
        authorisation=current, enrolment=enrolment, rules=find_register_rules(), is_reminder=True
    )


def ask_guardian(enrolment: Enrolment) -> None:
    """Mail the link to who is named and has not answered; the caller has locked the enrolment."""
    current = find_current_guardian(enrolment.id)
    if current is not None and current.state is GuardianState.ASKED:
        mail_guardian_asked(authorisation=current, enrolment=enrolment, rules=find_register_rules())


def answer_as_guardian(*, link: GuardianLink, action: GuardianAction) -> None:
    """Give, refuse or withdraw the authorisation by its link, and tell the minor.

    Raises `ForbiddenStepError` for what the link does not do (any more).
    """
    if action not in ALLOWED_BY_LINK.get(link.state, ()):
        raise ForbiddenStepError
    # The enrolment first, as everywhere: it is what an answer hangs on.
    enrolment = lock_enrolment(link.enrolment_id)
    authorisation = session().get(
        GuardianAuthorisation, link.authorisation_id, with_for_update=True, populate_existing=True
    )
    if authorisation is None:
        raise NotFoundError
    guardian = Actor(id=None, name=authorisation.full_name)
    _step(guardian, authorisation, action)
    if action is not GuardianAction.GIVE:
        _give_places_back(enrolment)
    mail_guardian_answered(authorisation=authorisation, enrolment=enrolment)


def record_paper_authorisation(
    *, actor: Actor, enrolment_id: int, guardian: Guardian
) -> GuardianAuthorisation:
    """Write down that the office has the signed paper of who holds parental responsibility.

    Raises `ForbiddenStepError` where one is given already, where nobody has to authorise, or for
    one's own enrolment.
    """
    enrolment = lock_enrolment(enrolment_id)
    if enrolment.user_id == actor.id:
        raise ForbiddenStepError(_l("Your own papers are looked at by a colleague."))
    _check_is_asked(enrolment)
    current = find_current_guardian(enrolment.id)
    if current is not None and current.state is GuardianState.GIVEN:
        raise ForbiddenStepError(_l("The authorisation is there already."))
    if current is not None:
        _step(actor, current, GuardianAction.WITHDRAW)
    made = _add(actor, enrolment, guardian, GuardianState.GIVEN)
    if enrolment.state in HANDED_IN:
        mail_guardian_answered(authorisation=made, enrolment=enrolment)
    return made


def end_authorisation(*, actor: Actor, enrolment_id: int) -> None:
    """Let the authorisation end with what it was for; the caller has locked the enrolment."""
    current = find_current_guardian(enrolment_id)
    if current is not None:
        _step(actor, current, GuardianAction.WITHDRAW)


def find_current_guardian(enrolment_id: int) -> GuardianAuthorisation | None:
    """Return the authorisation that is asked for or given."""
    return session().scalar(
        select(GuardianAuthorisation)
        .where(
            GuardianAuthorisation.enrolment_id == enrolment_id,
            GuardianAuthorisation.state.in_(CURRENT_GUARDIANS),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


ALLOWED_BY_LINK = {
    GuardianLinkState.OPEN: (GuardianAction.GIVE, GuardianAction.REFUSE),
    GuardianLinkState.GIVEN: (GuardianAction.WITHDRAW,),
}


def _add(
    actor: Actor, enrolment: Enrolment, guardian: Guardian, state: GuardianState
) -> GuardianAuthorisation:
    is_given = state is GuardianState.GIVEN
    made = GuardianAuthorisation(
        enrolment_id=enrolment.id,
        state=state,
        full_name=guardian.full_name,
        email=guardian.email,
        phone=guardian.phone,
        answered_at=utc_now() if is_given else None,
        recorded_by_id=actor.account_id if is_given else None,
    )
    session().add(made)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=made.id,
        action="record_paper" if is_given else "ask",
        to_state=state,
    )
    return made


def _step(actor: Actor, authorisation: GuardianAuthorisation, action: GuardianAction) -> None:
    take_step(actor=actor, subject=authorisation, transitions=GUARDIAN_TRANSITIONS, action=action)
    authorisation.answered_at = utc_now()
    session().flush()


def _give_places_back(enrolment: Enrolment) -> None:
    """Let the worker give back the places that ask for an authorisation, one shift each."""
    for shift_id in list_held_shift_ids(enrolment.user_id):
        defer("give_back_unmet_place", user_id=enrolment.user_id, shift_id=shift_id)


def _check_guardian(enrolment: Enrolment, guardian: Guardian) -> None:
    _check_is_asked(enrolment)
    if not guardian.email:
        raise RuleBrokenError(_l("Write the e-mail address to which we send the link."), "email")
    own = enrolment.user.email
    if own is not None and guardian.email.lower() == own.lower():
        raise RuleBrokenError(
            _l("This is your own address: write that of who authorises you."), "email"
        )


def _check_is_asked(enrolment: Enrolment) -> None:
    if not needs_guardian(find_register_rules(), enrolment.born_on, local_today()):
        raise ForbiddenStepError(_l("Nobody has to authorise: it is asked under 18 alone."))


def _is_same(current: GuardianAuthorisation, guardian: Guardian) -> bool:
    asked, named = (
        (person.full_name.lower(), (person.email or "").lower()) for person in (current, guardian)
    )
    return asked == named
