"""Documents of a proposal: added by its author, taken away again."""

import hashlib

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import StoredFile, check_upload, delete_stored_file, store_upload
from portal.laboratories.models import Proposal, ProposalFile
from portal.laboratories.queries.attachments import count_attachments
from portal.laboratories.services.proposals import lock_own
from portal.laboratories.states import EDITABLE_STATES, ProposalState

MOST_ATTACHMENTS = 5


def add_attachment(
    *, actor: Actor, proposal_id: int, title: str, upload: FileStorage
) -> ProposalFile:
    """Add a document to one's own proposal before the office reads it, five at most.

    What everybody reads has been read by the office first: a published proposal takes none.
    Pictures lose where they were taken. The same file sent twice is one. Raises
    `FileRefusedError`, `ForbiddenStepError` once it was handed in, `RuleBrokenError` beyond five.
    """
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state not in EDITABLE_STATES:
        raise ForbiddenStepError
    return attach(proposal, title=title, upload=upload)


def attach(proposal: Proposal, *, title: str, upload: FileStorage) -> ProposalFile:
    """Keep a document with a proposal whose row is held; raises as `add_attachment`."""
    known = _find_same(proposal.id, upload)
    if known is not None:
        return known
    if count_attachments(proposal.id) >= MOST_ATTACHMENTS:
        raise RuleBrokenError(
            _l("A proposal holds at most five documents: take one away first."), "upload"
        )
    attached = ProposalFile(proposal_id=proposal.id, file=store_upload(upload=upload), title=title)
    session().add(attached)
    session().flush()
    return attached


def remove_attachment(*, actor: Actor, proposal_id: int, attachment_id: int) -> None:
    """Take a document away, also from what everybody reads; a second tap changes nothing."""
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state not in EDITABLE_STATES | {ProposalState.PUBLISHED}:
        raise ForbiddenStepError
    attached = session().get(ProposalFile, attachment_id)
    if attached is None:
        return
    if attached.proposal_id != proposal_id:
        raise NotFoundError
    file_id = attached.file_id
    session().delete(attached)
    session().flush()
    delete_stored_file(file_id)


def _find_same(proposal_id: int, upload: FileStorage) -> ProposalFile | None:
    digest = hashlib.sha256(check_upload(upload).content).hexdigest()
    return session().scalar(
        select(ProposalFile)
        .join(StoredFile, StoredFile.id == ProposalFile.file_id)
        .where(ProposalFile.proposal_id == proposal_id, StoredFile.sha256 == digest)
        .limit(1)
    )
