"""Who has, waits for or was offered a place: whom to tell when a shift changes."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.database import session
from portal.volunteering.models import SignUp
from portal.volunteering.states import HELD_STATES


@dataclass(frozen=True)
class SignedUpRow:
    """A person who is signed up for a shift."""

    shift_id: int
    user_id: int
    name: str
    email: str | None
    locale: str


def list_signed_up(shift_ids: Collection[int]) -> list[SignedUpRow]:
    """Return who is signed up for these shifts, person by person, in one query."""
    rows = session().execute(
        select(SignUp.shift_id, User.id, User.display_name, User.email, User.locale)
        .join(User, User.id == SignUp.user_id)
        .where(SignUp.shift_id.in_(shift_ids), SignUp.state.in_(HELD_STATES))
        .order_by(User.id, SignUp.shift_id)
    )
    return [SignedUpRow(*row) for row in rows]
