"""News of a laboratory, and the documents everybody can read in it."""

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import delete_stored_file, store_upload
from portal.core.history import record_step
from portal.core.jobs import defer
from portal.laboratories.emails.news import mail_news
from portal.laboratories.models import (
    Laboratory,
    LaboratoryDocument,
    LaboratoryNews,
    LaboratoryPerson,
)
from portal.laboratories.states import DocumentKind


def publish_news(
    *, actor: Actor, laboratory_id: int, form_key: str, title: str, text: str
) -> LaboratoryNews:
    """Publish a piece of news; a job tells who follows. The same form sent twice is one piece."""
    known = session().scalar(
        select(LaboratoryNews).where(
            LaboratoryNews.author_id == actor.account_id, LaboratoryNews.form_key == form_key
        )
    )
    if known is not None:
        return known
    laboratory = session().get(Laboratory, laboratory_id)
    if laboratory is None:
        raise NotFoundError
    news = LaboratoryNews(
        laboratory_id=laboratory_id,
        title=title,
        text=text,
        author_id=actor.account_id,
        form_key=form_key,
        published_at=utc_now(),
    )
    session().add(news)
    session().flush()
    defer("mail_laboratory_news", news_id=news.id)
    return news


def mail_new_news(*, news_id: int) -> int:
    """Mail a piece of news to who follows its laboratory, once; return to how many.

    For the job: safe to run twice.
    """
    news = session().scalar(
        select(LaboratoryNews).where(LaboratoryNews.id == news_id).with_for_update()
    )
    if news is None or news.mailed_at is not None:
        return 0
    laboratory = session().get_one(Laboratory, news.laboratory_id)
    followers = (
        session()
        .scalars(
            select(User)
            .join(LaboratoryPerson, LaboratoryPerson.user_id == User.id)
            .where(
                LaboratoryPerson.laboratory_id == news.laboratory_id,
                LaboratoryPerson.follows,
                User.id != news.author_id,
                User.active,
            )
            .order_by(User.id)
        )
        .all()
    )
    for user in followers:
        mail_news(reader=user, news=news, laboratory=laboratory)
    news.mailed_at = utc_now()
    session().flush()
    return len(followers)


def add_document(
    *,
    actor: Actor,
    laboratory_id: int,
    kind: DocumentKind,
    title: str,
    upload: FileStorage,
    meeting_id: int | None = None,
) -> LaboratoryDocument:
    """Keep a document that everybody can read; raises `FileRefusedError`."""
    document = LaboratoryDocument(
        laboratory_id=laboratory_id,
        meeting_id=meeting_id,
        kind=kind,
        title=title,
        file=store_upload(upload=upload),
        added_by_id=actor.account_id,
    )
    session().add(document)
    session().flush()
    record_step(
        actor=actor,
        subject_kind="laboratory",
        subject_id=laboratory_id,
        action="add_document",
        note=title,
    )
    return document


def remove_document(*, actor: Actor, laboratory_id: int, document_id: int) -> None:
    """Remove a document with its file; raises `NotFoundError` where there is none such."""
    document = session().scalar(
        select(LaboratoryDocument).where(
            LaboratoryDocument.id == document_id,
            LaboratoryDocument.laboratory_id == laboratory_id,
        )
    )
    if document is None:
        raise NotFoundError
    file_id, title = document.file_id, document.title
    session().delete(document)
    session().flush()
    delete_stored_file(file_id)
    record_step(
        actor=actor,
        subject_kind="laboratory",
        subject_id=laboratory_id,
        action="remove_document",
        note=title,
    )
