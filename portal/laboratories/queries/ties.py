"""What the registry says of associations that write proposals."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select

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


def count_proposals_by_association(association_ids: Sequence[int]) -> Select[*tuple[Any, ...]]:
    """Return a statement of `(association_id, number)` of published proposals."""
    return (
        select(Proposal.association_id, func.count().label("number"))
        .where(
            Proposal.association_id.in_(association_ids),
            Proposal.state == ProposalState.PUBLISHED,
        )
        .group_by(Proposal.association_id)
    )
