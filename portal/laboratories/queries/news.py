"""News and documents of a laboratory."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import MediaType, StoredFile, get_stored_file
from portal.laboratories.models import Laboratory, LaboratoryDocument, LaboratoryNews
from portal.laboratories.states import DocumentKind

MOST_NEWS = 50


@dataclass(frozen=True)
class NewsRow:
    """A piece of news."""

    id: int
    title: str
    published_at: datetime
    text: str = ""
    """Only where it is read whole."""


@dataclass(frozen=True)
class DocumentRow:
    """A document in a list."""

    id: int
    title: str
    kind: DocumentKind
    media_type: MediaType
    size: int
    """Bytes."""
    added_at: datetime
    meeting_id: int | None


def list_news(laboratory_id: int, *, limit: int = MOST_NEWS) -> list[NewsRow]:
    """Return the news of a laboratory, newest first."""
    rows = session().execute(
        select(
            LaboratoryNews.id,
            LaboratoryNews.title,
            LaboratoryNews.published_at,
        )
        .where(LaboratoryNews.laboratory_id == laboratory_id)
        .order_by(LaboratoryNews.published_at.desc(), LaboratoryNews.id.desc())
        .limit(limit)
    )
    return [NewsRow(*row) for row in rows]


def get_news(laboratory_id: int, news_id: int) -> NewsRow:
    """Return one piece of news of a laboratory; raises `NotFoundError`."""
    news = session().get(LaboratoryNews, news_id)
    if news is None or news.laboratory_id != laboratory_id:
        raise NotFoundError
    return NewsRow(news.id, news.title, news.published_at, news.text)


def list_documents(laboratory_id: int, *, meeting_id: int | None = None) -> list[DocumentRow]:
    """Return the documents of a laboratory, or those of one of its meetings; newest first."""
    statement = (
        select(
            LaboratoryDocument.id,
            LaboratoryDocument.title,
            LaboratoryDocument.kind,
            StoredFile.media_type,
            StoredFile.size,
            LaboratoryDocument.created_at,
            LaboratoryDocument.meeting_id,
        )
        .join(StoredFile, StoredFile.id == LaboratoryDocument.file_id)
        .where(LaboratoryDocument.laboratory_id == laboratory_id)
        .order_by(LaboratoryDocument.created_at.desc(), LaboratoryDocument.id.desc())
    )
    if meeting_id is not None:
        statement = statement.where(LaboratoryDocument.meeting_id == meeting_id)
    return [DocumentRow(*row) for row in session().execute(statement)]


def get_document(slug: str, document_id: int) -> StoredFile:
    """Return the file of a public document; raises `NotFoundError`."""
    file_id = session().scalar(
        select(LaboratoryDocument.file_id)
        .join(Laboratory, Laboratory.id == LaboratoryDocument.laboratory_id)
        .where(Laboratory.slug == slug, LaboratoryDocument.id == document_id)
    )
    if file_id is None:
        raise NotFoundError
    return get_stored_file(file_id)
