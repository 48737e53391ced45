"""What the registry says of associations that write proposals and sign agreements."""

from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.core.database import session
from portal.laboratories.models import (
    Agreement,
    AgreementVersion,
    Laboratory,
    Proposal,
    Signature,
)
from portal.laboratories.states import AgreementState, ProposalState
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


def list_agreement_links(association_id: int) -> list[FactLink]:
    """Return the agreements in force that an association has signed, newest first."""
    rows = session().execute(
        select(Agreement.slug, Agreement.title, Laboratory.title.label("laboratory"))
        .join(Laboratory, Laboratory.id == Agreement.laboratory_id)
        .where(Agreement.id.in_(_signed_by(association_id)))
        .order_by(Agreement.in_force_at.desc(), Agreement.id.desc())
    )
    return [
        FactLink(
            endpoint="laboratories.show_agreement",
            values={"slug": row.slug},
            words=row.title,
            of=row.laboratory,
        )
        for row in rows
    ]


def count_agreements_of(association_id: ColumnElement[int]) -> ColumnElement[int | None]:
    """Return how many agreements in force an association has signed, as part of a statement."""
    signed = _signed_by(association_id).subquery()
    return select(func.count()).select_from(signed).scalar_subquery()


def _signed_by(association_id: int | ColumnElement[int]) -> Select[Any]:
    return (
        select(AgreementVersion.agreement_id)
        .join(Signature, Signature.version_id == AgreementVersion.id)
        .join(Agreement, Agreement.id == AgreementVersion.agreement_id)
        .where(
            Signature.association_id == association_id, Agreement.state == AgreementState.IN_FORCE
        )
        .distinct()
    )
