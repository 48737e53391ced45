"""Documents of a proposal. Who may read the proposal may read them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.core.files import MediaType, StoredFile
from portal.laboratories.models import Proposal, ProposalFile


@dataclass(frozen=True)
class AttachmentRow:
    """A document of a proposal."""

    id: int
    title: str
    """What it shows, in the author's words."""
    name: str
    media_type: MediaType
    size: int
    """Bytes."""
    file_id: int

    @property
    def kind(self) -> str:
        """Return what it is in four letters."""
        return self.media_type.name


def files_of_proposal() -> ScalarSelect[Any]:
    """Return the subquery that gives a proposal's documents, the oldest first."""
    one = func.jsonb_build_object(
        "id",
        ProposalFile.id,
        "title",
        ProposalFile.title,
        "name",
        StoredFile.name,
        "media_type",
        StoredFile.media_type,
        "size",
        StoredFile.size,
        "file_id",
        StoredFile.id,
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, ProposalFile.id)))
        .join(StoredFile, StoredFile.id == ProposalFile.file_id)
        .where(ProposalFile.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )


def attachments_from(found: Iterable[Mapping[str, Any]] | None) -> tuple[AttachmentRow, ...]:
    """Return what `files_of_proposal` gave as rows."""
    return tuple(
        AttachmentRow(**dict(one) | {"media_type": MediaType(one["media_type"])})
        for one in found or ()
    )


def count_attachments(proposal_id: int) -> int:
    """Return how many documents a proposal has."""
    statement = select(func.count()).where(ProposalFile.proposal_id == proposal_id)
    return session().scalar(statement) or 0
