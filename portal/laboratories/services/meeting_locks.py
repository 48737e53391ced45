"""Meetings, people and sign-ups, locked in the one order: the meeting, then people by id.

The lock on the meeting puts everybody who wants it in a line; the lock on the person makes two
places at the same hour impossible, in shifts too (they lock alike). Both are `FOR NO KEY UPDATE`,
which does not hold up the foreign keys of other people's rows.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import take_step
from portal.core.sign_ups import HELD_STATES, SIGN_UP_TRANSITIONS, SignUpAction, SignUpState
from portal.laboratories.models import Meeting, MeetingSignUp

SIGN_UP_HISTORY = "meeting_sign_up"


def lock_meeting(meeting_id: int) -> Meeting:
    """Return a meeting with its laboratory, locked; raise `NotFoundError` where there is none."""
    meeting = session().scalar(
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .options(joinedload(Meeting.laboratory))
        .with_for_update(of=Meeting, key_share=True)
        .execution_options(populate_existing=True)
    )
    if meeting is None:
        raise NotFoundError
    return meeting


def lock_people(ids: Iterable[int]) -> Sequence[User]:
    """Return people by ascending id, locked; not those who erased their account meanwhile."""
    statement = select(User).where(User.id.in_(list(ids)), User.erased_at.is_(None))
    return session().scalars(statement.order_by(User.id).with_for_update(key_share=True)).all()


def find_held(meeting_id: int, user_id: int) -> MeetingSignUp | None:
    """Return what a person has in a locked meeting, as it is now."""
    return session().scalar(
        select(MeetingSignUp)
        .where(
            MeetingSignUp.meeting_id == meeting_id,
            MeetingSignUp.user_id == user_id,
            MeetingSignUp.state.in_(HELD_STATES),
        )
        .execution_options(populate_existing=True)
    )


def list_sign_ups(meeting_id: int, states: Iterable[SignUpState]) -> list[MeetingSignUp]:
    """Return the sign-ups of a locked meeting in these states, in the order of arrival."""
    return list(
        session().scalars(
            select(MeetingSignUp)
            .where(MeetingSignUp.meeting_id == meeting_id, MeetingSignUp.state.in_(list(states)))
            .options(joinedload(MeetingSignUp.user))
            .order_by(MeetingSignUp.id)
            .execution_options(populate_existing=True)
        )
    )


def take_sign_up_step(*, actor: Actor, sign_up: MeetingSignUp, action: SignUpAction) -> None:
    """Move a sign-up on, write it down, and let the database count anew."""
    take_step(actor=actor, subject=sign_up, transitions=SIGN_UP_TRANSITIONS, action=action)
    session().flush()


def forget_counts(meeting: Meeting) -> None:
    """Read the counts anew at the next look: the database has changed them by itself."""
    session().expire(meeting, ["confirmed_count", "offered_count", "waiting_count"])
