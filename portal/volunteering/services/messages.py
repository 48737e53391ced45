"""Writing to volunteers: one mail each, answers go to who wrote."""

from collections.abc import Collection
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.volunteering.emails.messages import MessageSubject, mail_volunteer_message
from portal.volunteering.models import (
    MessageRecipient,
    Shift,
    VolunteeringProject,
    VolunteerMessage,
)
from portal.volunteering.queries.messages import count_messages_today
from portal.volunteering.services.sign_ups.locks import lock_people

HISTORY = "volunteer_message"
MOST_A_DAY = 20
"""Messages of one sender, however many people each goes to."""


@dataclass(frozen=True)
class MessageText:
    """What is written."""

    subject: str
    body: str


def send_message(
    *,
    actor: Actor,
    project_id: int,
    shift_id: int | None,
    user_ids: Collection[int],
    text: MessageText,
    seen_message_id: int,
) -> VolunteerMessage:
    """Write to people of a project, or of one of its shifts; who has no address is to be called.

    `seen_message_id` is the sender's newest message when the form was shown (0: none): the same
    text again since then is the same message, and nothing is sent twice. Nobody writes to
    themselves. Raises `RuleBrokenError` where nobody is left to write to, or past the day's limit.
    """
    project = session().get(VolunteeringProject, project_id)
    if project is None:
        raise NotFoundError
    # Two taps at once: the second waits here, and finds what the first has sent.
    lock_people([actor.account_id])
    same = _find_same(actor, project_id, shift_id, text, seen_message_id)
    if same is not None:
        return same
    if count_messages_today(actor.account_id) >= MOST_A_DAY:
        raise RuleBrokenError(
            _l(
                "You have written %(most)s messages today: tomorrow you can go on. If it is"
                " urgent, call the office.",
                most=MOST_A_DAY,
            )
        )
    readers = _list_readers(user_ids, actor)
    if not readers:
        raise RuleBrokenError(_l("There is nobody to write to: choose other people."), "to")
    message = VolunteerMessage(
        project_id=project_id,
        shift_id=shift_id,
        sender_id=actor.account_id,
        subject=text.subject,
        body=text.body,
        # By the clock that also says since when a day's messages are counted.
        created_at=utc_now(),
    )
    session().add(message)
    session().flush()
    shift = session().get(Shift, shift_id) if shift_id is not None else None
    about = MessageSubject(message, project, shift)
    for reader in readers:
        key = f"volunteer_message:{message.id}:{reader.id}" if reader.email else None
        session().add(MessageRecipient(message_id=message.id, user_id=reader.id, event_key=key))
        if key is not None:
            mail_volunteer_message(event_key=key, reader=reader, sender=actor, about=about)
    record_step(actor=actor, subject_kind=HISTORY, subject_id=message.id, action="send")
    session().flush()
    return message


def _find_same(
    actor: Actor, project_id: int, shift_id: int | None, text: MessageText, seen_message_id: int
) -> VolunteerMessage | None:
    return session().scalar(
        select(VolunteerMessage)
        .where(
            VolunteerMessage.sender_id == actor.account_id,
            VolunteerMessage.id > seen_message_id,
            VolunteerMessage.project_id == project_id,
            VolunteerMessage.shift_id.is_not_distinct_from(shift_id),
            VolunteerMessage.subject == text.subject,
            VolunteerMessage.body == text.body,
        )
        .order_by(VolunteerMessage.id.desc())
        .limit(1)
    )


def _list_readers(user_ids: Collection[int], actor: Actor) -> list[User]:
    return list(
        session().scalars(
            select(User)
            .where(User.id.in_(list(user_ids)), User.id != actor.account_id)
            .order_by(User.id)
        )
    )
