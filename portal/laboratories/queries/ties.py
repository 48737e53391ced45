"""What the registry says of associations that write proposals."""

from sqlalchemy import ColumnElement, func, select

from portal.core.database import session
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.states import ProposalState
from portal.registry.ties import FactLink


def list_proposal_links(association_id: int) -> list[FactLink]:
    """Return the published proposals of an association, newest first."""
    rows = session().execute(
        select(Proposal.id, Proposal.title, Laboratory.slug, Laboratory.title.label("laboratory"))
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .where(Proposal.association_id == association_id, Proposal.state == ProposalState.PUBLISHED)
        .order_by(Proposal.published_at.desc(), Proposal.id.desc())
    )
    return [
        FactLink(
            endpoint="laboratories.show_proposal",
            values={"slug": row.slug, "proposal_id": row.id},
            words=row.title,
            of=row.laboratory,
        )
        for row in rows
    ]


def count_proposals_of(association_id: ColumnElement[int]) -> ColumnElement[int | None]:
    """Return how many published proposals an association has, as part of a statement."""
    return (
        select(func.count())
        .select_from(Proposal)
        .where(Proposal.association_id == association_id, Proposal.state == ProposalState.PUBLISHED)
        .scalar_subquery()
    )
