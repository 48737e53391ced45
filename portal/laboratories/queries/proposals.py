"""One proposal, as its page shows it: nobody gets what they may not read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, or_, select, true
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
from portal.laboratories.queries.attachments import (
    AttachmentRow,
    attachments_from,
    files_of_proposal,
)
from portal.laboratories.queries.coauthors import (
    CoauthorRow,
    coauthors_from,
    coauthors_of_proposal,
    shares_proposal,
)
from portal.laboratories.queries.laboratories import district_names
from portal.laboratories.queries.sheets import SheetLink, sheets_of_proposal
from portal.laboratories.states import (
    EDITABLE_STATES,
    PROPOSAL_TRANSITIONS,
    Origin,
    ProposalAction,
    ProposalCategory,
    ProposalState,
)
from portal.moderation.queries import CaseRow, find_case_of
from portal.moderation.states import CaseKind
from portal.registry.models import Association
from portal.registry.states import AssociationState
from portal.territory.models import Neighbourhood

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
    needs: str | None
    category: ProposalCategory | None
    neighbourhood_id: int | None
    neighbourhood: str | None
    spot: tuple[int, int] | None
    """On the city's map, in its units."""
    listed_project_id: int | None
    merged_into_id: int | None
    coauthors: tuple[CoauthorRow, ...]
    """Those who accepted; for the author everybody who was asked."""
    attachments: tuple[AttachmentRow, ...]
    origin: Origin
    has_account: bool
    """False: written down by a clerk for somebody without an account, or not claimed yet."""
    contact: str | None
    """How to reach who has none; for the office alone."""
    facts: ProposalFacts
    is_own: bool
    is_trace: bool
    """True: the author took it back, only title and dates are left for this reader."""
    support_count: int = 0
    comment_count: int = 0
    is_hidden: bool = False
    """True: the office took it down after a report."""
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


def get_proposal(
    actor: Actor, *, slug: str, proposal_id: int, with_steps: bool = True
) -> ProposalDetail:
    """Return a proposal as `actor` may read it; raises `NotFoundError` for all others.

    Published ones are everybody's, drafts the author's alone, what was handed in also the
    office's and, in the districts of an architect, hers. Forms do without its steps and case.
    """
    statement = _details().where(
        Laboratory.slug == slug, Proposal.id == proposal_id, _may_be_read_by(actor)
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return _as_seen_by(actor, row, with_steps=with_steps)


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
            func.coalesce(User.display_name, Proposal.author_name).label("display_name"),
            Neighbourhood.name.label("neighbourhood"),
            coauthors_of_proposal().label("coauthors"),
            files_of_proposal().label("files"),
            Laboratory.slug,
            Laboratory.title.label("laboratory_title"),
            district_names().label("districts"),
            district_ids.label("district_ids"),
            Association.slug.label("association_slug"),
            sheets_of_proposal().label("sheets"),
        )
        .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
        .outerjoin(User, User.id == Proposal.author_id)
        .outerjoin(Neighbourhood, Neighbourhood.id == Proposal.neighbourhood_id)
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
        shares_proposal(actor),
        and_(was_handed_in, or_(reads_all, is_of_her_district)),
    )


_SAME = (
    "id",
    "version",
    "state",
    "state_at",
    "submitted_at",
    "published_at",
    "title",
    "text",
    "what_i_offer",
    "place_words",
    "association_id",
    "association_name",
    "reason",
    "answer_due_on",
    "laboratory_id",
    "needs",
    "category",
    "neighbourhood_id",
    "listed_project_id",
    "merged_into_id",
    "origin",
    "support_count",
    "comment_count",
)
"""What the page says as the row does."""


def _as_detail(row: Row[Any]) -> ProposalDetail:
    proposal: Proposal = row.Proposal
    coauthors = coauthors_from(row.coauthors)
    return ProposalDetail(
        **{name: getattr(proposal, name) for name in _SAME},
        author=row.display_name,
        association_slug=row.association_slug,
        laboratory_slug=row.slug,
        laboratory_title=row.laboratory_title,
        districts=tuple(row.districts or ()),
        neighbourhood=row.neighbourhood,
        spot=_spot(proposal),
        coauthors=coauthors,
        attachments=attachments_from(row.files),
        has_account=proposal.author_id is not None,
        contact=proposal.author_contact,
        facts=_facts(row, coauthors),
        is_own=False,
        is_trace=False,
        is_hidden=proposal.state is ProposalState.REFUSED and proposal.published_at is not None,
        sheets=tuple(SheetLink(**item) for item in row.sheets or ()),
    )


def _facts(row: Row[Any], coauthors: Iterable[CoauthorRow]) -> ProposalFacts:
    proposal: Proposal = row.Proposal
    asked = [c for c in coauthors if not c.is_declined]
    return ProposalFacts(
        author_id=proposal.author_id,
        was_handed_in=proposal.submitted_at is not None,
        was_published=proposal.published_at is not None,
        district_ids=frozenset(row.district_ids or ()),
        coauthor_ids=frozenset(c.user_id for c in asked if c.is_accepted and c.user_id),
        asked_association_ids=frozenset(c.association_id for c in asked if c.association_id),
    )


def _spot(proposal: Proposal) -> tuple[int, int] | None:
    if proposal.map_x is None or proposal.map_y is None:
        return None
    return proposal.map_x, proposal.map_y


def _as_seen_by(actor: Actor, row: Row[Any], *, with_steps: bool) -> ProposalDetail:
    detail = _as_detail(row)
    is_own = actor.is_signed_in and actor.id == detail.facts.author_id
    is_desk = is_office(actor) or not actor.district_ids.isdisjoint(detail.facts.district_ids)
    if not is_own:
        accepted = tuple(c.as_public() for c in detail.coauthors if c.is_accepted)
        detail = replace(detail, coauthors=accepted)
    if not is_desk:
        detail = replace(detail, contact=None)
    if (is_own or is_desk) and not with_steps:
        return replace(detail, is_own=is_own)
    if is_own or is_desk:
        return replace(
            detail,
            is_own=is_own,
            history=tuple(list_history(subject_kind=HISTORY, subject_id=detail.id)),
            case=find_case_of(CaseKind.PROPOSAL, detail.id) if detail.submitted_at else None,
        )
    # Everybody may know why something that was public is hidden.
    reason = detail.reason if detail.is_hidden else None
    seen = replace(detail, author=short_name(detail.author), reason=reason)
    if detail.state is not ProposalState.WITHDRAWN and not detail.is_hidden:
        return seen
    return _trace(seen)


def _trace(detail: ProposalDetail) -> ProposalDetail:
    """Return what is left of a proposal that was taken back or hidden: title and dates."""
    return replace(
        detail,
        text="",
        needs=None,
        what_i_offer=None,
        category=None,
        place_words=None,
        neighbourhood=None,
        spot=None,
        author="",
        coauthors=(),
        attachments=(),
        association_id=None,
        association_name=None,
        association_slug=None,
        is_trace=True,
    )
