"""The link in a reminder: whose page it confirms, and whether it still does."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import select

from portal.core.database import session
from portal.core.signed_links import read, sign
from portal.registry.models import Association, Representative
from portal.registry.states import AssociationState

PURPOSE = "confirm_profile"
GOOD_FOR = timedelta(days=90)


class LinkState(StrEnum):
    """What the link in a reminder still does."""

    OPEN = "open"
    DONE = "done"
    """Somebody has written or confirmed the page since it was mailed."""
    DEAD = "dead"
    """Not ours, too old, of somebody who no longer represents, or of a page that is gone."""


@dataclass(frozen=True)
class ConfirmationLink:
    """What a token says, compared with today."""

    state: LinkState
    association_id: int | None = None
    user_id: int | None = None
    updated_on: date | None = None
    """The day of the profile when the mail was written: a newer one makes the link used."""


def confirmation_token(association: Association, user_id: int) -> str:
    """Return the token that lets `user_id` confirm the profile as it is now, once."""
    day = association.profile_updated_on
    return sign(PURPOSE, [association.id, user_id, day.isoformat() if day else None])


def find_confirmation(*, slug: str, token: str) -> ConfirmationLink:
    """Return what the link with this token still does for the association at `slug`."""
    payload = read(PURPOSE, token, GOOD_FOR)
    if payload is None:
        return ConfirmationLink(LinkState.DEAD)
    association_id, user_id, day = payload
    updated_on = date.fromisoformat(day) if day else None
    present = session().execute(
        select(Association.profile_updated_on)
        .join(Representative, Representative.association_id == Association.id)
        .where(
            Association.id == association_id,
            Association.slug == slug,
            Association.state != AssociationState.REMOVED,
            Representative.user_id == user_id,
            Representative.until_on.is_(None),
        )
    )
    found = present.one_or_none()
    if found is None:
        return ConfirmationLink(LinkState.DEAD)
    state = LinkState.OPEN if found.profile_updated_on == updated_on else LinkState.DONE
    return ConfirmationLink(state, association_id, user_id, updated_on)
