"""What the front desk does beyond what people do themselves: adding somebody."""

from portal.accounts.models import User
from portal.accounts.services import add_person_without_email
from portal.core.access import Actor
from portal.core.database import session
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
