"""What a tutor or the office writes to volunteers."""

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.mail import MailExtras, absolute_url, queue_mail
from portal.volunteering.models import Shift, VolunteeringProject, VolunteerMessage


def mail_volunteer_message(
    *,
    event_key: str,
    reader: User,
    sender: Actor,
    message: VolunteerMessage,
    project: VolunteeringProject,
    shift: Shift | None,
) -> None:
    """Send somebody a message; the answer goes to who wrote it."""
    address = (
        absolute_url("volunteering.show_shift", shift_id=shift.id)
        if shift
        else absolute_url("volunteering.show_project", slug=project.slug)
    )
    queue_mail(
        event_key=event_key,
        to=reader.email,
        template="volunteering/volunteer_message",
        locale=reader.locale,
        extras=MailExtras(reply_to=sender.email),
        name=reader.display_name,
        sender=sender.name,
        message=message,
        project=project,
        shift=shift,
        address=address,
    )
