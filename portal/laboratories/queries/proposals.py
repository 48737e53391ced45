"""One proposal, as its page shows it: nobody gets what they may not read."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, or_, select, true
from sqlalchemy.dialects.postgresql import array_agg

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.history import HistoryRow, list_history
from portal.core.text import short_name
from portal.laboratories.models import Laboratory, Proposal, laboratory_district
from portal.laboratories.policies import LaboratoryFacts, ProposalFacts, is_office
from portal.laboratories.queries.laboratories import district_names
from portal.laboratories.queries.sheets import SheetLink, sheets_of_proposal
from portal.laboratories.states import (
    EDITABLE_STATES,
    PROPOSAL_TRANSITIONS,
    ProposalAction,
    ProposalState,
)
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.states import CaseKind
from portal.registry.models import Association
from portal.registry.states import AssociationState

HISTORY = "proposal"


@dataclass(frozen=True)
class ProposalDetail:
    """A proposal with what the reader may see of it."""

    id: int
    version: int
    state: ProposalState
    state_at: datetime
    submitted_at: datetime | None
    published_at: datetime | None
    title: str
    text: str
    what_i_offer: str | None
    place_words: str | None
    author: str
    """As the public reads it; the full name for the author and the office."""
    association_id: int | None
    association_name: str | None
    association_slug: str | None
    """Of its public profile, if there is one today."""
    reason: str | None
    """What the office wrote; for the author and the office alone."""
    answer_due_on: date | None
    laboratory_id: int
    laboratory_slug: str
    laboratory_title: str
    districts: tuple[str, ...]
    facts: ProposalFacts
    is_own: bool
    is_trace: bool
    """True: the author took it back, only title and dates are left for this reader."""
    case: CaseRow | None = None
    """Where it stands in the queue; for the author and the office, once handed in."""
    history: tuple[HistoryRow, ...] = ()
    """For the author and the office, newest first."""
    sheets: tuple[SheetLink, ...] = ()
    """The public project sheets it became part of."""

    @property
    def days_left(self) -> int:
        """Return how many days are left to answer it; below 0 it is late by so many."""
        return (self.answer_due_on - local_today()).days if self.answer_due_on else 0

    @property
    def laboratory_facts(self) -> LaboratoryFacts:
        """Return what is asked to know who leads its laboratory."""
        return LaboratoryFacts(self.laboratory_id, self.facts.district_ids)

    @property
    def is_editable(self) -> bool:
        """Say whether its state lets the author rewrite it."""
        return self.state in EDITABLE_STATES

    @property
    def can_be_withdrawn(self) -> bool:
        """Say whether its state lets the author take it back."""
        return PROPOSAL_TRANSITIONS.allows(self.state, ProposalAction.WITHDRAW)


def get_proposal(actor: Actor, *, slug: str, proposal_id: int) -> ProposalDetail:
    """Return a proposal as `actor` may read it; raises `NotFoundError` for all others.

    Published ones are everybody's, drafts the author's alone, what was handed in also the
    office's and, in the districts of an architect, hers.
    """
    statement = _details().where(
        Laboratory.slug == slug, Proposal.id == proposal_id, _may_be_read_by(actor)
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return _as_seen_by(actor, row)


def get_proposal_of_case(proposal_id: int) -> ProposalDetail:
    """Return a proposal for the page of its case, whose reader the queue has checked."""
    row = session().execute(_details().where(Proposal.id == proposal_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return _as_detail(row)


def _details() -> Select[Any]:
    district_ids = (
        select(array_agg(laboratory_district.c.district_id))
        .where(laboratory_district.c.laboratory_id == Laboratory.id)
        .correlate(Laboratory)
        .scalar_subquery()
    )
    return (
        select(
            Proposal,
            User.display_name,
            Laboratory.slug,
            Laboratory.title.label("laboratory_title"),
            district_names().label("districts"),
            district_ids.label("district_ids"),
            Association.slug.label("association_slug"),
            sheets_of_proposal().label("sheets"),
        )
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .join(User, User.id == Proposal.author_id)
        .outerjoin(
            Association,
            and_(
                Association.id == Proposal.association_id,
                Association.state != AssociationState.REMOVED,
            ),
        )
    )


def _may_be_read_by(actor: Actor) -> ColumnElement[bool]:
    # The same rule as `access_table.py` states with the predicates of `policies.py`.
    was_handed_in = Proposal.submitted_at.is_not(None)
    is_public = Proposal.published_at.is_not(None)
    if not actor.is_signed_in:
        return is_public
    is_of_her_district = Proposal.laboratory_id.in_(
        select(laboratory_district.c.laboratory_id).where(
            laboratory_district.c.district_id.in_(actor.district_ids)
        )
    )
    reads_all = true() if is_office(actor) else false()
    return or_(
        is_public,
        Proposal.author_id == actor.account_id,
        and_(was_handed_in, or_(reads_all, is_of_her_district)),
    )


def _as_detail(row: Row[Any]) -> ProposalDetail:
    proposal: Proposal = row.Proposal
    return ProposalDetail(
        id=proposal.id,
        version=proposal.version,
        state=proposal.state,
        state_at=proposal.state_at,
        submitted_at=proposal.submitted_at,
        published_at=proposal.published_at,
        title=proposal.title,
        text=proposal.text,
        what_i_offer=proposal.what_i_offer,
        place_words=proposal.place_words,
        author=row.display_name,
        association_id=proposal.association_id,
        association_name=proposal.association_name,
        association_slug=row.association_slug,
        reason=proposal.reason,
        answer_due_on=proposal.answer_due_on,
        laboratory_id=proposal.laboratory_id,
        laboratory_slug=row.slug,
        laboratory_title=row.laboratory_title,
        districts=tuple(row.districts or ()),
        facts=ProposalFacts(
            author_id=proposal.author_id,
            was_handed_in=proposal.submitted_at is not None,
            was_published=proposal.published_at is not None,
            district_ids=frozenset(row.district_ids or ()),
        ),
        is_own=False,
        is_trace=False,
        sheets=tuple(SheetLink(**item) for item in row.sheets or ()),
    )


def _as_seen_by(actor: Actor, row: Row[Any]) -> ProposalDetail:
    detail = _as_detail(row)
    is_own = actor.is_signed_in and actor.id == detail.facts.author_id
    is_desk = is_office(actor) or not actor.district_ids.isdisjoint(detail.facts.district_ids)
    if is_own or is_desk:
        return replace(
            detail,
            is_own=is_own,
            history=tuple(list_history(subject_kind=HISTORY, subject_id=detail.id)),
            case=find_case_of(CaseKind.PROPOSAL, detail.id) if detail.submitted_at else None,
        )
    seen = replace(detail, author=short_name(detail.author), reason=None)
    if detail.state is not ProposalState.WITHDRAWN:
        return seen
    return replace(
        seen,
        text="",
        what_i_offer=None,
        place_words=None,
        author="",
        association_id=None,
        association_name=None,
        association_slug=None,
        is_trace=True,
    )
