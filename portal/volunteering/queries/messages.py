"""Messages to volunteers: who can be written to, what was written, what became of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.clock import from_local, local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.mail import MailMessage, MailStatus
from portal.core.sign_ups import SignUpState
from portal.core.text import short_name
from portal.volunteering.models import (
    Enrolment,
    MessageRecipient,
    Shift,
    SignUp,
    VolunteeringProject,
    VolunteerMessage,
)
from portal.volunteering.queries.project_people import list_project_people
from portal.volunteering.queries.tutor_desk import columns_of, tutor_ids_of
from portal.volunteering.states import ShiftState

MOST_MESSAGES, MOST_SHIFTS = 50, 5
REACHED_STATES = (SignUpState.CONFIRMED, SignUpState.OFFERED, SignUpState.WAITING)


@dataclass(frozen=True)
class ReachableRow:
    """Somebody who can be written to."""

    user_id: int
    full_name: str
    has_email: bool
    state: SignUpState | None = None
    """What they have in the shift the message is about."""

    @property
    def name(self) -> str:
        """First name and initial."""
        return short_name(self.full_name)


@dataclass(frozen=True)
class ShiftChoice:
    """A shift whose people can be written to."""

    id: int
    starts_at: datetime
    ends_at: datetime
    people: int


@dataclass(frozen=True)
class MessageRow:
    """A message that was sent; a subject of `PROJECT_TUTOR`."""

    id: int
    project_id: int
    project_title: str
    shift_id: int | None
    starts_at: datetime | None
    """When the shift is."""
    sender: str
    subject: str
    body: str
    created_at: datetime
    recipients: int
    sent: int
    to_call: int
    tutor_ids: frozenset[int]

    @property
    def waiting(self) -> int:
        """Mails that have not left yet."""
        return self.recipients - self.sent - self.to_call


@dataclass(frozen=True)
class DeliveryRow:
    """What became of a message for one who was written to."""

    full_name: str
    is_sent: bool
    needs_call: bool
    phone: str | None
    """Only of who has no e-mail address."""

    @property
    def name(self) -> str:
        """First name and initial."""
        return short_name(self.full_name)


def list_reachable_of_project(project_id: int) -> list[ReachableRow]:
    """Return the people of a project, by name; at most 300."""
    people = list_project_people(project_id)
    with_email = set(
        session().scalars(
            select(User.id).where(
                User.id.in_([person.user_id for person in people]), User.email.is_not(None)
            )
        )
    )
    return [ReachableRow(p.user_id, p.full_name, p.user_id in with_email) for p in people]


def list_reachable_of_shift(shift_id: int) -> list[ReachableRow]:
    """Return who has, was offered or waits for a place in a shift, in that order, by name."""
    order = {state: place for place, state in enumerate(REACHED_STATES)}
    rows = session().execute(
        select(User.id, User.display_name, User.email.is_not(None), SignUp.state)
        .join_from(SignUp, User, User.id == SignUp.user_id)
        .where(
            SignUp.shift_id == shift_id,
            SignUp.state.in_(REACHED_STATES),
            User.erased_at.is_(None),
        )
        .order_by(User.display_name, User.id)
    )
    return sorted((ReachableRow(*row) for row in rows), key=lambda r: order[r.state])  # type: ignore[index] # of a shift: always there


def list_shift_choices(project_id: int) -> list[ShiftChoice]:
    """Return the shifts of a project with people, the nearest first."""
    distance = func.abs(func.extract("epoch", Shift.starts_at - func.now()))
    rows = session().execute(
        select(Shift.id, Shift.starts_at, Shift.ends_at, Shift.confirmed_count)
        .where(
            Shift.project_id == project_id,
            Shift.state == ShiftState.OPEN,
            Shift.confirmed_count > 0,
        )
        .order_by(distance, Shift.id)
        .limit(MOST_SHIFTS)
    )
    return [ShiftChoice(*row) for row in rows]


def find_last_message_id(sender_id: int) -> int:
    """Return the newest message of somebody; 0 where there is none."""
    newest = select(func.max(VolunteerMessage.id)).where(VolunteerMessage.sender_id == sender_id)
    return session().scalar(newest) or 0


def count_messages_today(sender_id: int) -> int:
    """Return how many messages somebody has sent since midnight."""
    midnight = from_local(datetime.combine(local_today(), datetime.min.time()))
    number = select(func.count(VolunteerMessage.id)).where(
        VolunteerMessage.sender_id == sender_id, VolunteerMessage.created_at >= midnight
    )
    return session().scalar(number) or 0


def list_messages(project_id: int, *, shift_id: int | None = None) -> list[MessageRow]:
    """Return the messages to people of a project, or of one of its shifts, newest first."""
    statement = _message_rows().where(VolunteerMessage.project_id == project_id)
    if shift_id is not None:
        statement = statement.where(VolunteerMessage.shift_id == shift_id)
    rows = session().execute(statement.order_by(VolunteerMessage.id.desc()).limit(MOST_MESSAGES))
    return [MessageRow(**columns_of(row)) for row in rows]


def get_message(message_id: int) -> MessageRow:
    """Return one message; raise `NotFoundError` where there is none."""
    row = session().execute(_message_rows().where(VolunteerMessage.id == message_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return MessageRow(**columns_of(row))


def list_deliveries(message_id: int) -> Sequence[DeliveryRow]:
    """Return what became of a message: who is to be called first, then by name."""
    needs_call = MessageRecipient.event_key.is_(None)
    rows = session().execute(
        select(
            User.display_name, MailMessage.status == MailStatus.SENT, needs_call, Enrolment.phone
        )
        .join_from(MessageRecipient, User, User.id == MessageRecipient.user_id)
        .outerjoin(MailMessage, MailMessage.event_key == MessageRecipient.event_key)
        .outerjoin(Enrolment, Enrolment.user_id == User.id)
        .where(MessageRecipient.message_id == message_id)
        .order_by(needs_call.desc(), User.display_name, User.id)
    )
    return [
        DeliveryRow(name, bool(is_sent), calls, phone if calls else None)
        for name, is_sent, calls, phone in rows
    ]


def _message_rows() -> Any:  # noqa: ANN401 - a statement
    of_message = MessageRecipient.message_id == VolunteerMessage.id
    recipients = select(func.count(MessageRecipient.id)).where(of_message)
    sent = (
        select(func.count(MessageRecipient.id))
        .join(MailMessage, MailMessage.event_key == MessageRecipient.event_key)
        .where(of_message, MailMessage.status == MailStatus.SENT)
    )
    to_call = recipients.where(MessageRecipient.event_key.is_(None))
    counted = {"recipients": recipients, "sent": sent, "to_call": to_call}
    return (
        select(
            VolunteerMessage.id,
            VolunteerMessage.project_id,
            VolunteeringProject.title.label("project_title"),
            VolunteerMessage.shift_id,
            Shift.starts_at,
            User.display_name.label("sender"),
            VolunteerMessage.subject,
            VolunteerMessage.body,
            VolunteerMessage.created_at,
            *(
                statement.correlate(VolunteerMessage).scalar_subquery().label(name)
                for name, statement in counted.items()
            ),
            tutor_ids_of(VolunteerMessage.project_id).label("tutor_ids"),
        )
        .join_from(VolunteerMessage, VolunteeringProject)
        .join(User, User.id == VolunteerMessage.sender_id)
        .outerjoin(Shift, Shift.id == VolunteerMessage.shift_id)
    )
