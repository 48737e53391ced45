"""Mails about what happens in places."""

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.places.models import Initiative


def mail_draft_waits(
    *, initiative: Initiative, reader_id: int, reader: Recipient, origin: str
) -> None:
    """Tell who runs a place that a draft for it waits for their eyes, and what it comes from."""
    queue_mail(
        event_key=f"initiative:{initiative.id}:draft_waits:{reader_id}",
        to=reader.email,
        phone_id=reader_id,
        locale=reader.locale,
        template="places/draft_waits",
        name=reader.name,
        title=initiative.title,
        place_name=initiative.place.name,
        origin=origin,
        address=absolute_url(
            "places.show_initiative_desk",
            slug=initiative.place.slug,
            initiative_id=initiative.id,
        ),
    )
