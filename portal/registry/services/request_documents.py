"""The documents of a request: kept with the draft, replaced, taken away."""

from collections.abc import Mapping

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.files import delete_stored_file, store_upload
from portal.registry.models import RegistryRequest, RequestDocument
from portal.registry.request_gaps import NEEDED_DOCUMENTS
from portal.registry.services.request_drafts import lock_editable_request
from portal.registry.states import DocumentKind, RequestState


def save_request_documents(
    *, actor: Actor, uploads: Mapping[DocumentKind, FileStorage]
) -> RegistryRequest:
    """Keep documents with what `actor` is writing; the new one of a kind replaces the old.

    Raises `FileRefusedError` for a file that is not taken (nothing of the others is kept then),
    `ForbiddenStepError` when the request has been handed in and waits for an answer.
    """
    request = lock_editable_request(actor=actor)
    for kind, upload in uploads.items():
        _replace(request.id, kind, upload)
    return request


def remove_request_document(*, actor: Actor, kind: DocumentKind) -> None:
    """Take a document away from what `actor` is writing; raises `NotFoundError` without one.

    Raises `ForbiddenStepError` when the request has been handed in and waits for an answer,
    `RuleBrokenError` for a document that a request, once handed in, cannot be without.
    """
    request = lock_editable_request(actor=actor)
    if request.state is RequestState.RETURNED and kind in NEEDED_DOCUMENTS:
        raise RuleBrokenError(
            _l("The office has this document already: you can replace it, not take it away.")
        )
    document = _find(request.id, kind)
    if document is None:
        raise NotFoundError
    file_id = document.file_id
    session().delete(document)
    session().flush()
    delete_stored_file(file_id)


def delete_request_documents(request_id: int) -> None:
    """Delete the documents of a draft that is thrown away."""
    documents = list(
        session().scalars(select(RequestDocument).where(RequestDocument.request_id == request_id))
    )
    for document in documents:
        session().delete(document)
    session().flush()
    for document in documents:
        delete_stored_file(document.file_id)


def present_documents(request_id: int) -> set[DocumentKind]:
    """Return the kinds of documents that a request has (lock the request first)."""
    return set(
        session().scalars(
            select(RequestDocument.kind).where(RequestDocument.request_id == request_id)
        )
    )


def _replace(request_id: int, kind: DocumentKind, upload: FileStorage) -> None:
    stored = store_upload(upload=upload)
    document = _find(request_id, kind)
    if document is None:
        session().add(RequestDocument(request_id=request_id, kind=kind, file_id=stored.id))
        session().flush()
        return
    replaced, document.file_id = document.file_id, stored.id
    session().flush()
    delete_stored_file(replaced)


def _find(request_id: int, kind: DocumentKind) -> RequestDocument | None:
    return session().scalar(
        select(RequestDocument).where(
            RequestDocument.request_id == request_id, RequestDocument.kind == kind
        )
    )
