"""What the front desk does beyond what people do themselves: adding somebody."""

from portal.accounts.models import User
from portal.accounts.services import add_person_without_email
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import record_step
from portal.core.mail import PhoneMessage
from portal.volunteering.policies import EnrolmentStep
from portal.volunteering.services.enrolment_drafts import open_step


def add_person(*, actor: Actor, full_name: str, phone: str) -> User:
    """Add somebody without e-mail, with the telephone by which they are found again.

    The number stands in the draft of their enrolment, which nobody has handed in yet.
    """
    user = add_person_without_email(actor=actor, name=full_name)
    enrolment = open_step(actor=actor, user_id=user.id, step=EnrolmentStep.PERSON)
    enrolment.full_name, enrolment.phone = full_name, phone
    session().flush()
    return user


def note_told(*, actor: Actor, message_id: int) -> None:
    """Note that a person without e-mail has been told what a mail would have said.

    The second of two taps changes nothing. Raises `NotFoundError` where there is no such call.
    """
    message = session().get(PhoneMessage, message_id, with_for_update=True)
    if message is None:
        raise NotFoundError
    if message.told_at is not None:
        return
    message.told_at, message.told_by_id = utc_now(), actor.account_id
    session().flush()
    record_step(actor=actor, subject_kind="phone_message", subject_id=message.id, action="tell")
