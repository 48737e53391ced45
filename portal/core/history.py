"""Who did what, when, and why: one row per change of state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    String,
    Text,
    bindparam,
    column,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import Base, Id, UtcTime, session
from portal.core.person_names import NO_NAME, PersonName
from portal.core.state_machine import Action, State, Transitions


class HistoryEntry(Base):
    """A step in the life of something, written once and never changed."""

    __tablename__ = "history_entry"
    __table_args__ = (Index(None, "subject_kind", "subject_id", "id"),)

    id: Mapped[Id]
    at: Mapped[UtcTime]
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int] = mapped_column(BigInteger)
    action: Mapped[str] = mapped_column(String(40))
    from_state: Mapped[str | None] = mapped_column(String(40))
    to_state: Mapped[str | None] = mapped_column(String(40))
    # None: the portal itself (a job). The person's table belongs to a feature, hence the name.
    actor_id: Mapped[int | None] = mapped_column(
        BigInteger, ForeignKey("user_account.id"), index=True
    )
    actor_name: Mapped[str] = mapped_column(PersonName(200))
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    """Name of the association the person acted for, as it was."""
    note: Mapped[str | None] = mapped_column(Text)


@dataclass(frozen=True)
class HistoryRow:
    """A step as a page shows it."""

    at: datetime
    action: str
    from_state: str | None
    to_state: str | None
    actor_name: str
    note: str | None
    on_behalf_of: str | None = None


def record_step(
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: int,
    action: StrEnum | str,
    from_state: StrEnum | None = None,
    to_state: StrEnum | None = None,
    note: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Write one step; `subject_kind` is the table's name, `subject_id` its row.

    `on_behalf_of`: the association the actor acts for, by name.
    """
    session().add(
        HistoryEntry(
            at=utc_now(),
            subject_kind=subject_kind,
            subject_id=subject_id,
            action=str(action),
            from_state=from_state,
            to_state=to_state,
            actor_id=actor.id,
            actor_name=actor.name,
            on_behalf_of=on_behalf_of,
            note=note,
        )
    )


def record_steps(
    *, actor: Actor, subject_kind: str, action: StrEnum | str, steps: Sequence[Mapping[str, object]]
) -> None:
    """Write many steps of one kind in one statement.

    Each of `steps` has a `subject_id`, and a `from_state`, `to_state` and `note` where there is
    one.
    """
    if not steps:
        return
    given = (
        func.jsonb_to_recordset(bindparam("given_steps", list(steps), type_=JSONB))
        .table_valued(
            column("subject_id", BigInteger),
            *(column(name, Text) for name in ("from_state", "to_state", "note")),
            name="given",
        )
        .render_derived(with_types=True)
    )
    columns: dict[str, Any] = {
        "at": literal(utc_now()),
        "subject_kind": literal(subject_kind),
        "action": literal(str(action)),
        "actor_id": literal(actor.id, BigInteger),
        "actor_name": literal(actor.name),
        **{c.name: c for c in given.c},
    }
    session().execute(insert(HistoryEntry).from_select(list(columns), select(*columns.values())))


def take_step(
    *,
    actor: Actor,
    subject: Any,  # noqa: ANN401 - any row with an id and a state
    transitions: Transitions[State, Action],
    action: Action,
    note: str | None = None,
    on_behalf_of: str | None = None,
) -> None:
    """Move `subject` on by `action` and write the step.

    `subject` is a stored row with an `id` and a `state`. Raises `ForbiddenStepError` when the
    action does not follow from its state.
    """
    before = subject.state
    subject.state = transitions.follow(before, action)
    record_step(
        actor=actor,
        subject_kind=subject.__tablename__,
        subject_id=subject.id,
        action=action,
        from_state=before,
        to_state=subject.state,
        note=note,
        on_behalf_of=on_behalf_of,
    )


def list_history(*, subject_kind: str, subject_id: int) -> list[HistoryRow]:
    """Return the steps of one subject, newest first."""
    columns = (
        HistoryEntry.at,
        HistoryEntry.action,
        HistoryEntry.from_state,
        HistoryEntry.to_state,
        HistoryEntry.actor_name,
        HistoryEntry.note,
        HistoryEntry.on_behalf_of,
    )
    rows = session().execute(
        select(*columns)
        .where(HistoryEntry.subject_kind == subject_kind, HistoryEntry.subject_id == subject_id)
        .order_by(HistoryEntry.id.desc())
    )
    return [HistoryRow(*row) for row in rows]


def forget_actor(*, actor_id: int) -> None:
    """Take the name of who erased their account from the steps they took; the steps stay."""
    session().execute(
        update(HistoryEntry).where(HistoryEntry.actor_id == actor_id).values(actor_name=NO_NAME)
    )


def forget_name_in_notes(*, name: str, actions: Sequence[str]) -> None:
    """Take a name from the notes that consist of it alone, of steps of these kinds."""
    session().execute(
        update(HistoryEntry)
        .where(HistoryEntry.action.in_(actions), HistoryEntry.note == name)
        .values(note=NO_NAME)
    )


def forget_words_about(*, subject_kind: str, subject_ids: Iterable[int]) -> None:
    """Take notes, and the names of who has no account, from the history of what is erased."""
    of_subjects = (
        HistoryEntry.subject_kind == subject_kind,
        HistoryEntry.subject_id.in_(list(subject_ids)),
    )
    session().execute(update(HistoryEntry).where(*of_subjects).values(note=None))
    session().execute(
        update(HistoryEntry)
        .where(*of_subjects, HistoryEntry.actor_id.is_(None))
        .values(actor_name=NO_NAME)
    )
