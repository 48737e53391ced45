"""What a tutor or the office writes to volunteers."""

from dataclasses import dataclass

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.volunteering.models import Shift, VolunteeringProject, VolunteerMessage


@dataclass(frozen=True)
class MessageSubject:
    """A message with what it is about."""

    message: VolunteerMessage
    project: VolunteeringProject
    shift: Shift | None = None


def mail_volunteer_message(
    *, event_key: str, reader: User, sender: Actor, about: MessageSubject
) -> None:
    """Send somebody a message; the answer goes to who wrote it."""
    address = absolute_url("volunteering.show_project", slug=about.project.slug)
    if about.shift is not None:
        address = absolute_url("volunteering.show_shift", shift_id=about.shift.id)
    queue_mail(
        event_key=event_key,
        to=reader.email,
        template="volunteering/volunteer_message",
        locale=reader.locale,
        extras=MailExtras(reply_to=sender.email),
        name=reader.display_name,
        sender=sender.name,
        address=address,
        **vars(about),
    )
