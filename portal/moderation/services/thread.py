"""The conversation about a case, its documents, and the office's notes to itself."""

from collections.abc import Sequence

from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.accounts.queries import get_recipient
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import store_upload
from portal.moderation.emails import mail_message
from portal.moderation.models import Case, CaseAttachment, CaseMessage, CaseNote


def write_message(
    *,
    actor: Actor,
    case_id: int,
    body: str,
    uploads: Sequence[FileStorage] = (),
    is_from_office: bool,
) -> CaseMessage:
    """Write to the other side, with documents; it stops no term and decides nothing.

    Raises `NotFoundError` where there is no such case, `FileRefusedError` for a document that
    cannot be kept.
    """
    case = _get_case(case_id)
    message = _add_message(actor, case, body, is_from_office=is_from_office)
    _attach(actor, case, uploads, message=message, is_from_office=is_from_office)
    reader_id = case.applicant_id if is_from_office else case.officer_id
    if reader_id is not None and reader_id != actor.id:
        mail_message(
            message=message,
            case=case,
            author=actor.name,
            documents=len(uploads),
            reader_id=reader_id,
            reader=get_recipient(reader_id),
        )
    return message


def write_note(*, actor: Actor, case_id: int, body: str) -> CaseNote:
    """Write down something that only the office reads."""
    note = CaseNote(
        case_id=_get_case(case_id).id, at=utc_now(), author_id=actor.account_id, body=body
    )
    session().add(note)
    session().flush()
    return note


def keep_answer(*, actor: Actor, case: Case, text: str, uploads: Sequence[FileStorage]) -> None:
    """Put what an applicant answered into the conversation, where both sides look for it."""
    message = _add_message(actor, case, text, is_from_office=False) if text.strip() else None
    _attach(actor, case, uploads, message=message, is_from_office=False)


def _add_message(actor: Actor, case: Case, body: str, *, is_from_office: bool) -> CaseMessage:
    message = CaseMessage(
        case_id=case.id,
        at=utc_now(),
        author_id=actor.account_id,
        is_from_office=is_from_office,
        body=body,
    )
    session().add(message)
    session().flush()
    return message


def _attach(
    actor: Actor,
    case: Case,
    uploads: Sequence[FileStorage],
    *,
    message: CaseMessage | None,
    is_from_office: bool,
) -> None:
    for upload in uploads:
        session().add(
            CaseAttachment(
                case_id=case.id,
                message_id=message.id if message else None,
                file_id=store_upload(upload=upload).id,
                at=utc_now(),
                uploaded_by_id=actor.account_id,
                is_from_office=is_from_office,
            )
        )
    session().flush()


def _get_case(case_id: int) -> Case:
    case = session().scalar(select(Case).where(Case.id == case_id))
    if case is None:
        raise NotFoundError
    return case
