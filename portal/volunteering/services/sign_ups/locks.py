"""Shifts, people and sign-ups, locked in the one order."""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import take_step
from portal.core.sign_ups import HELD_STATES, SIGN_UP_TRANSITIONS, SignUpAction
from portal.volunteering.models import Shift, SignUp, VolunteeringProject

HISTORY = "sign_up"


def lock_shift(shift_id: int) -> Shift:
    """Return a shift with its project, locked; raise `NotFoundError` where there is none."""
    shift = session().scalar(
        select(Shift)
        .where(Shift.id == shift_id)
        .options(joinedload(Shift.project).joinedload(VolunteeringProject.programme))
        .with_for_update(of=Shift, key_share=True)
        .execution_options(populate_existing=True)
    )
    if shift is None:
        raise NotFoundError
    return shift


def lock_people(ids: Iterable[int]) -> Sequence[User]:
    """Return people by ascending id, locked; not those who erased their account meanwhile."""
    statement = select(User).where(User.id.in_(list(ids)), User.erased_at.is_(None))
    return session().scalars(statement.order_by(User.id).with_for_update(key_share=True)).all()


def find_held(shift_id: int, user_id: int) -> SignUp | None:
    """Return what a person has in a locked shift, as it is now."""
    return session().scalar(
        select(SignUp)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.user_id == user_id,
            SignUp.state.in_(HELD_STATES),
        )
        .execution_options(populate_existing=True)
    )


def take_sign_up_step(
    *, actor: Actor, sign_up: SignUp, action: SignUpAction, note: str | None = None
) -> None:
    """Move a sign-up on, write it down, and let the database count anew."""
    take_step(
        actor=actor, subject=sign_up, transitions=SIGN_UP_TRANSITIONS, action=action, note=note
    )
    session().flush()


def forget_counts(shift: Shift) -> None:
    """Read the counts anew at the next look: the database has changed them by itself."""
    session().expire(shift, ["confirmed_count", "offered_count", "waiting_count"])
