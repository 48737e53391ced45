"""The conversation about a case and its documents; the office's notes stand apart."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select, true, union_all

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import MediaType, StoredFile
from portal.moderation.models import Case, CaseAttachment, CaseMessage, CaseNote


@dataclass(frozen=True)
class MessageRow:
    """A message, or a note of the office."""

    id: int
    at: datetime
    author_id: int
    author_name: str
    is_from_office: bool
    body: str


@dataclass(frozen=True)
class DocumentRow:
    """A document of a case."""

    id: int
    message_id: int | None
    """The message it came with."""
    name: str
    media_type: MediaType
    size: int
    at: datetime
    is_from_office: bool


@dataclass(frozen=True)
class OfficeEntries:
    """What the office reads: the conversation, and its own notes."""

    messages: list[MessageRow]
    notes: list[MessageRow]


@dataclass(frozen=True)
class DocumentFacts:
    """A document to be downloaded, with what the rules ask of its case."""

    file_id: int
    applicant_id: int | None
    district_id: int | None


def list_messages(case_id: int) -> list[MessageRow]:
    """Return the conversation, oldest first."""
    rows = session().execute(_messages(case_id).order_by(CaseMessage.id))
    return [_row(row) for row in rows]


def list_office_entries(case_id: int) -> OfficeEntries:
    """Return the conversation and the office's notes, oldest first; for the office alone."""
    notes = _authored(CaseNote).add_columns(true().label("is_from_office"), true().label("is_note"))
    everything = union_all(_messages(case_id), notes.where(CaseNote.case_id == case_id)).subquery()
    rows = session().execute(select(everything).order_by(everything.c.at, everything.c.id)).all()
    return OfficeEntries(
        messages=[_row(row) for row in rows if not row.is_note],
        notes=[_row(row) for row in rows if row.is_note],
    )


def list_documents(case_id: int) -> list[DocumentRow]:
    """Return the documents that came with a case, oldest first."""
    statement = (
        select(
            CaseAttachment.id,
            CaseAttachment.message_id,
            StoredFile.name,
            StoredFile.media_type,
            StoredFile.size,
            CaseAttachment.at,
            CaseAttachment.is_from_office,
        )
        .join(StoredFile, StoredFile.id == CaseAttachment.file_id)
        .where(CaseAttachment.case_id == case_id)
        .order_by(CaseAttachment.id)
    )
    return [DocumentRow(*row) for row in session().execute(statement)]


def get_document_facts(attachment_id: int) -> DocumentFacts:
    """Return which file an attachment is, and whose case it belongs to; `NotFoundError`."""
    statement = (
        select(CaseAttachment.file_id, Case.applicant_id, Case.district_id)
        .join(Case, Case.id == CaseAttachment.case_id)
        .where(CaseAttachment.id == attachment_id)
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return DocumentFacts(*row)


def _messages(case_id: int) -> Select[Any]:
    return (
        _authored(CaseMessage)
        .add_columns(CaseMessage.is_from_office, false().label("is_note"))
        .where(CaseMessage.case_id == case_id)
    )


def _authored(table: type[CaseMessage] | type[CaseNote]) -> Select[Any]:
    columns: tuple[Any, ...] = (
        table.id,
        table.at,
        table.author_id,
        User.display_name.label("author_name"),
        table.body,
    )
    return select(*columns).join(User, User.id == table.author_id)


def _row(row: Any) -> MessageRow:  # noqa: ANN401 - a row of SQLAlchemy
    return MessageRow(row.id, row.at, row.author_id, row.author_name, row.is_from_office, row.body)
