"""Mails about what happens in places."""

from datetime import datetime

from portal.accounts.queries import Recipient
from portal.core.mail import absolute_url, queue_mail
from portal.places.models import Initiative


def mail_draft_waits(
    *, initiative: Initiative, reader_id: int, reader: Recipient, origin: str
) -> None:
    """Tell who runs a place that a draft for it waits for their eyes, and what it comes from."""
    _mail(initiative, "draft_waits", reader_id, reader, origin=origin)


def mail_draft_still_waits(
    *, initiative: Initiative, reader_id: int, reader: Recipient, origin: str, since: datetime
) -> None:
    """Tell who runs a place that the draft is still one, and since when."""
    _mail(initiative, "draft_still_waits", reader_id, reader, origin=origin, since=since)


def _mail(
    initiative: Initiative,
    event: str,
    reader_id: int,
    reader: Recipient,
    *,
    origin: str,
    since: datetime | None = None,
) -> None:
    queue_mail(
        event_key=f"initiative:{initiative.id}:{event}:{reader_id}",
        to=reader.email,
        phone_id=reader_id,
        locale=reader.locale,
        template=f"places/{event}",
        name=reader.name,
        title=initiative.title,
        place_name=initiative.place.name,
        address=absolute_url(
            "places.show_initiative_desk",
            slug=initiative.place.slug,
            initiative_id=initiative.id,
        ),
        origin=origin,
        since=since,
    )
