"""Letters that were sent, and the texts they are made from."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    cast,
    null,
    select,
    true,
    union_all,
)

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import MediaType, StoredFile
from portal.moderation.letter_texts import DEFAULT_TEXTS
from portal.moderation.models import Case, CaseAttachment, Letter, LetterTemplate, protocol_of
from portal.moderation.queries.conversation import DocumentRow
from portal.moderation.states import LetterKind


@dataclass(frozen=True)
class LetterRow:
    """A letter as lists show it, with what says who may read it."""

    id: int
    case_id: int
    kind: LetterKind
    at: datetime
    author_name: str | None
    """Who signed it; None for what the portal sent by itself."""
    protocol: str
    subject: str
    body: str
    file_id: int
    applicant_id: int
    district_id: int | None


@dataclass(frozen=True)
class SentLetterRow:
    """A letter in the list of what was sent about a case."""

    id: int
    at: datetime
    subject: str
    protocol: str


@dataclass(frozen=True)
class Papers:
    """What came with a case, and the letters sent about it."""

    documents: list[DocumentRow]
    letters: list[SentLetterRow]


@dataclass(frozen=True)
class LetterTemplateRow:
    """The text of a kind of letter: what staff wrote, or the portal's own words."""

    kind: LetterKind
    subject: str
    body: str
    version: int
    """0 while the portal's own words hold."""
    updated_at: datetime | None
    updated_by_name: str | None

    @property
    def is_own(self) -> bool:
        """Somebody wrote it; the portal's words wait behind it."""
        return self.version > 0


def list_letters(case_id: int) -> list[LetterRow]:
    """Return the letters about a case, oldest first."""
    return _letters(_sent().where(Letter.case_id == case_id).order_by(Letter.id))


def list_papers(case_id: int) -> Papers:
    """Return what came with a case and what was sent about it, each oldest first, in one query."""
    both = union_all(_came_with(case_id), _sent_about(case_id)).subquery()
    rows = session().execute(select(both).order_by(both.c.id)).all()
    documents = [r for r in rows if r.protocol_year is None]
    letters = [r for r in rows if r.protocol_year is not None]
    return Papers(
        documents=[
            DocumentRow(
                r.id, r.message_id, r.name, MediaType(r.media_type), r.size, r.at, r.is_from_office
            )
            for r in documents
        ],
        letters=[
            SentLetterRow(r.id, r.at, r.name, protocol_of(r.protocol_year, r.protocol_number))
            for r in letters
        ],
    )


def _came_with(case_id: int) -> Select[Any]:
    nothing = cast(null(), Integer)
    columns: tuple[Any, ...] = (
        CaseAttachment.id,
        CaseAttachment.message_id,
        StoredFile.name,
        cast(StoredFile.media_type, String).label("media_type"),
        StoredFile.size,
        CaseAttachment.at,
        CaseAttachment.is_from_office,
        nothing.label("protocol_year"),
        nothing.label("protocol_number"),
    )
    return (
        select(*columns)
        .join(StoredFile, StoredFile.id == CaseAttachment.file_id)
        .where(CaseAttachment.case_id == case_id)
    )


def _sent_about(case_id: int) -> Select[Any]:
    """In the columns of `_came_with`."""
    columns: tuple[Any, ...] = (
        Letter.id,
        cast(null(), BigInteger),
        Letter.subject,
        cast(null(), String),
        cast(null(), Integer),
        Letter.at,
        true(),
        Letter.protocol_year,
        Letter.protocol_number,
    )
    return select(*columns).where(Letter.case_id == case_id)


def get_letter_row(letter_id: int) -> LetterRow:
    """Return one letter; raises `NotFoundError`."""
    rows = _letters(_sent().where(Letter.id == letter_id))
    if not rows:
        raise NotFoundError
    return rows[0]


def list_letter_templates() -> list[LetterTemplateRow]:
    """Return the text of every kind of letter, in the order of a procedure."""
    written = {row.kind: row for row in _templates()}
    return [written.get(kind) or _own_words(kind) for kind in LetterKind]


def get_letter_template(kind: LetterKind) -> LetterTemplateRow:
    """Return the text that letters of `kind` are made from."""
    return next((row for row in _templates(kind)), _own_words(kind))


def _sent() -> Select[Any]:
    columns: tuple[Any, ...] = (Letter, User.display_name, Case.applicant_id, Case.district_id)
    return (
        select(*columns)
        .join(Case, Case.id == Letter.case_id)
        .outerjoin(User, User.id == Letter.author_id)
    )


def _letters(statement: Select[Any]) -> list[LetterRow]:
    return [
        LetterRow(
            id=letter.id,
            case_id=letter.case_id,
            kind=letter.kind,
            at=letter.at,
            author_name=author_name,
            protocol=letter.protocol,
            subject=letter.subject,
            body=letter.body,
            file_id=letter.file_id,
            applicant_id=applicant_id,
            district_id=district_id,
        )
        for letter, author_name, applicant_id, district_id in session().execute(statement)
    ]


def _templates(kind: LetterKind | None = None) -> list[LetterTemplateRow]:
    columns = (
        LetterTemplate.kind,
        LetterTemplate.subject,
        LetterTemplate.body,
        LetterTemplate.version,
        LetterTemplate.updated_at,
        User.display_name,
    )
    statement = select(*columns).join(User, User.id == LetterTemplate.updated_by_id)
    if kind is not None:
        statement = statement.where(LetterTemplate.kind == kind)
    return [LetterTemplateRow(*row) for row in session().execute(statement)]


def _own_words(kind: LetterKind) -> LetterTemplateRow:
    text = DEFAULT_TEXTS[kind]
    return LetterTemplateRow(
        kind=kind,
        subject=text.subject,
        body=text.body,
        version=0,
        updated_at=None,
        updated_by_name=None,
    )
