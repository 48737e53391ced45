"""Project sheets in lists, and their part of the chain.

The chain runs proposal → sheet → agreement → commitments; each end is asked for here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, func, null, or_, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.core.database import session
from portal.laboratories.models import (
    Agreement,
    BudgetLine,
    Commitment,
    Laboratory,
    ProjectSheet,
    Proposal,
    ProposalAnswer,
    SheetEditor,
    sheet_proposal,
)
from portal.laboratories.states import (
    EDITABLE_SHEETS,
    PUBLIC_AGREEMENTS,
    PUBLIC_SHEETS,
    ProposalState,
    SheetFamily,
    SheetState,
)

EXCERPT_LENGTH = 300


@dataclass(frozen=True)
class LinkedProposal:
    """A proposal a sheet is built from."""

    id: int
    title: str
    merged_into_id: int | None = None
    """It is here because it was merged into this one, whose authors are not alone."""


@dataclass(frozen=True)
class SheetLink:
    """A sheet, as a proposal names it."""

    id: int
    title: str
    agreement_slug: str | None = None
    """Of the agreement it is part of, where everybody may know."""


@dataclass(frozen=True)
class SheetRow:
    """A project sheet in a list."""

    id: int
    laboratory_slug: str
    title: str
    family: SheetFamily
    state: SheetState
    excerpt: str
    """The beginning of its contents."""
    proposals: tuple[LinkedProposal, ...]
    commitments: int
    total_cents: int


def list_public_sheets(laboratory_id: int) -> list[SheetRow]:
    """Return the sheets of a laboratory that everybody reads, in their order."""
    return _list(ProjectSheet.laboratory_id == laboratory_id, ProjectSheet.state.in_(PUBLIC_SHEETS))


def list_sheets_written_by(user_id: int, laboratory_id: int) -> list[SheetRow]:
    """Return the sheets of a laboratory somebody was named to write in and still can."""
    named = select(SheetEditor.sheet_id).where(SheetEditor.user_id == user_id)
    return _list(
        ProjectSheet.laboratory_id == laboratory_id,
        ProjectSheet.state.in_(EDITABLE_SHEETS),
        ProjectSheet.id.in_(named),
    )


def list_all_sheets(laboratory_id: int) -> list[SheetRow]:
    """Return every sheet of a laboratory, for who leads it."""
    return _list(ProjectSheet.laboratory_id == laboratory_id)


def list_sheets_of_agreement(agreement_id: int) -> list[SheetRow]:
    """Return the sheets of an agreement that everybody reads, with what each links."""
    return _list(ProjectSheet.agreement_id == agreement_id, ProjectSheet.state.in_(PUBLIC_SHEETS))


def count_public_sheets(laboratory_id: int) -> ColumnElement[int]:
    """Return how many sheets of a laboratory everybody reads, as part of a statement."""
    return (
        select(func.count(ProjectSheet.id))
        .where(ProjectSheet.laboratory_id == laboratory_id, ProjectSheet.state.in_(PUBLIC_SHEETS))
        .scalar_subquery()
    )


def sheets_of_proposal() -> ColumnElement[Any]:
    """Return the public sheets a proposal became part of, as part of a statement on proposals.

    Also through the proposal it was merged into: its authors find themselves there.
    """
    merged_into = (
        select(ProposalAnswer.merged_into_id)
        .where(ProposalAnswer.proposal_id == Proposal.id, ProposalAnswer.replaced_at.is_(None))
        .correlate(Proposal)
        .scalar_subquery()
    )
    ids = select(sheet_proposal.c.sheet_id).where(
        or_(
            sheet_proposal.c.proposal_id == Proposal.id,
            sheet_proposal.c.proposal_id == merged_into,
        )
    )
    one = func.jsonb_build_object(
        "id", ProjectSheet.id, "title", ProjectSheet.title, "agreement_slug", Agreement.slug
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, ProjectSheet.position, ProjectSheet.id)))
        .select_from(ProjectSheet)
        .outerjoin(
            Agreement,
            and_(Agreement.id == ProjectSheet.agreement_id, Agreement.state.in_(PUBLIC_AGREEMENTS)),
        )
        .where(ProjectSheet.id.in_(ids.correlate(Proposal)), ProjectSheet.state.in_(PUBLIC_SHEETS))
        .correlate(Proposal)
        .scalar_subquery()
    )


def linked_proposals() -> ColumnElement[Any]:
    """Return what a sheet is built from, as part of a statement on sheets; see `as_linked`."""
    chosen = select(
        sheet_proposal.c.proposal_id, null().cast(BigInteger).label("merged_into_id")
    ).where(sheet_proposal.c.sheet_id == ProjectSheet.id)
    merged = (
        select(ProposalAnswer.proposal_id, ProposalAnswer.merged_into_id)
        .join(sheet_proposal, sheet_proposal.c.proposal_id == ProposalAnswer.merged_into_id)
        .where(sheet_proposal.c.sheet_id == ProjectSheet.id, ProposalAnswer.replaced_at.is_(None))
    )
    links = union_all(chosen.correlate(ProjectSheet), merged.correlate(ProjectSheet)).subquery()
    one = func.jsonb_build_object(
        "id", Proposal.id, "title", Proposal.title, "merged_into_id", links.c.merged_into_id
    )
    in_order = aggregate_order_by(
        one, links.c.merged_into_id.is_not(None), Proposal.title, Proposal.id
    )
    return (
        select(func.jsonb_agg(in_order))
        .select_from(links)
        .join(Proposal, Proposal.id == links.c.proposal_id)
        .where(or_(links.c.merged_into_id.is_(None), Proposal.state == ProposalState.PUBLISHED))
        .correlate(ProjectSheet)
        .scalar_subquery()
    )


def as_linked(items: list[Mapping[str, Any]] | None) -> tuple[LinkedProposal, ...]:
    """Return the rows of `linked_proposals`, each proposal once."""
    found: dict[int, LinkedProposal] = {}
    for item in items or ():
        found.setdefault(item["id"], LinkedProposal(**item))
    return tuple(found.values())


def _list(*conditions: ColumnElement[bool]) -> list[SheetRow]:
    total = (
        select(func.coalesce(func.sum(BudgetLine.planned_cents), 0))
        .where(BudgetLine.sheet_id == ProjectSheet.id)
        .correlate(ProjectSheet)
        .scalar_subquery()
    )
    commitments = (
        select(func.count(Commitment.id))
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .where(Commitment.sheet_id == ProjectSheet.id, Agreement.state.in_(PUBLIC_AGREEMENTS))
        .correlate(ProjectSheet)
        .scalar_subquery()
    )
    statement = _columns(commitments, total).where(*conditions)
    return [
        SheetRow(
            id=row.id,
            laboratory_slug=row.laboratory_slug,
            title=row.title,
            family=row.family,
            state=row.state,
            excerpt=_excerpt(row.beginning),
            proposals=as_linked(row.proposals),
            commitments=row.commitments,
            total_cents=int(row.total_cents),
        )
        for row in session().execute(statement)
    ]


def _columns(commitments: ColumnElement[int], total: ColumnElement[int]) -> Select[Any]:
    return (
        select(
            ProjectSheet.id,
            Laboratory.slug.label("laboratory_slug"),
            ProjectSheet.title,
            ProjectSheet.family,
            ProjectSheet.state,
            func.left(ProjectSheet.contents, EXCERPT_LENGTH + 1).label("beginning"),
            linked_proposals().label("proposals"),
            commitments.label("commitments"),
            total.label("total_cents"),
        )
        .join(Laboratory, Laboratory.id == ProjectSheet.laboratory_id)
        .order_by(ProjectSheet.position, ProjectSheet.id)
    )


def _excerpt(beginning: str) -> str:
    text = " ".join(beginning.split())
    if len(beginning) <= EXCERPT_LENGTH:
        return text
    return text[:EXCERPT_LENGTH].rsplit(" ", 1)[0] + " …"
