"""The secret address of a person's own calendar."""

import secrets

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import CalendarKey
from portal.core.access import Actor
from portal.core.database import session

KEY_BYTES = 32
"""Of chance: 43 characters in an address."""


def renew_calendar_key(*, actor: Actor) -> str:
    """Give `actor` a calendar address, or another one: the old one ends at once. Return the key."""
    key = secrets.token_urlsafe(KEY_BYTES)
    made = insert(CalendarKey).values(user_id=actor.account_id, key=key)
    session().execute(
        made.on_conflict_do_update(
            index_elements=[CalendarKey.user_id], set_={"key": key, "updated_at": func.now()}
        )
    )
    return key


def drop_calendar_key(*, actor: Actor) -> None:
    """Let `actor` have no calendar address any more."""
    session().execute(delete(CalendarKey).where(CalendarKey.user_id == actor.account_id))
