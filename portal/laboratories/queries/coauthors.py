"""Who stands beside the author of a proposal, and who was asked to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.text import short_name
from portal.laboratories.models import Laboratory, Proposal, ProposalCoauthor
from portal.laboratories.states import CoauthorState, ProposalState
from portal.registry.models import Association, Representative
from portal.registry.states import AssociationState


@dataclass(frozen=True)
class CoauthorRow:
    """Somebody who was asked to stand beside the author."""

    id: int
    user_id: int | None
    association_id: int | None
    name: str
    """Of the association, or of the person; as the public reads it where the public does."""
    email: str | None
    """Where the person was asked; for the author alone."""
    state: CoauthorState
    association_slug: str | None = None

    @property
    def is_accepted(self) -> bool:
        """Say whether they stand beside the author."""
        return self.state is CoauthorState.ACCEPTED

    @property
    def is_declined(self) -> bool:
        """Say whether they said no."""
        return self.state is CoauthorState.DECLINED

    def as_public(self) -> "CoauthorRow":
        """Return what everybody may read of it."""
        name = self.name if self.association_id else short_name(self.name)
        return replace(self, name=name, email=None)


@dataclass(frozen=True)
class AuthorRow:
    """One of those who wrote a proposal: the author, or who accepted to stand beside."""

    user_id: int | None
    """None: somebody without an account."""
    name: str
    """The person's whole name; `short_name` is for the public."""
    association_id: int | None
    association_name: str | None

    @property
    def public_name(self) -> str:
        """Return how everybody reads it."""
        return self.association_name or short_name(self.name)


@dataclass(frozen=True)
class InvitationFacts:
    """An invitation to stand beside an author, with the proposal it is about."""

    id: int
    state: CoauthorState
    email: str | None
    user_id: int | None
    association_id: int | None
    name: str
    inviter: str
    """As the public reads it: who invites is the author."""
    proposal_id: int
    title: str
    text: str
    what_i_offer: str | None
    proposal_state: ProposalState
    laboratory_slug: str
    laboratory_title: str

    @property
    def is_open(self) -> bool:
        """Say whether it can still be answered."""
        return self.proposal_state not in {ProposalState.WITHDRAWN, ProposalState.REFUSED}


def coauthors_of_proposal() -> ScalarSelect[Any]:
    """Return the subquery that gives who was asked to stand beside a proposal's author."""
    one = func.jsonb_build_object(
        "id",
        ProposalCoauthor.id,
        "user_id",
        ProposalCoauthor.user_id,
        "association_id",
        ProposalCoauthor.association_id,
        "name",
        ProposalCoauthor.name,
        "email",
        ProposalCoauthor.email,
        "state",
        ProposalCoauthor.state,
        "association_slug",
        Association.slug,
    )
    return (
        select(func.jsonb_agg(aggregate_order_by(one, ProposalCoauthor.id)))
        .outerjoin(
            Association,
            and_(
                Association.id == ProposalCoauthor.association_id,
                Association.state != AssociationState.REMOVED,
            ),
        )
        .where(ProposalCoauthor.proposal_id == Proposal.id)
        .correlate(Proposal)
        .scalar_subquery()
    )


def coauthors_from(found: Iterable[Mapping[str, Any]] | None) -> tuple[CoauthorRow, ...]:
    """Return what `coauthors_of_proposal` gave as rows."""
    return tuple(
        CoauthorRow(**dict(one) | {"state": CoauthorState(one["state"])}) for one in found or ()
    )


def shares_proposal(actor: Actor) -> ColumnElement[bool]:
    """Return the condition that the actor stands beside the author, or represents who may."""
    # The same rule as `proposal_is_shared`.
    accepted = and_(
        ProposalCoauthor.user_id == actor.account_id,
        ProposalCoauthor.state == CoauthorState.ACCEPTED,
    )
    asked = and_(
        ProposalCoauthor.association_id.in_(actor.association_ids),
        ProposalCoauthor.state != CoauthorState.DECLINED,
    )
    return Proposal.id.in_(select(ProposalCoauthor.proposal_id).where(or_(accepted, asked)))


def list_authors(proposal_id: int) -> list[AuthorRow]:
    """Return who wrote a proposal: its author first, then who accepted to stand beside."""
    row = session().execute(
        select(
            Proposal.author_id,
            func.coalesce(User.display_name, Proposal.author_name),
            Proposal.association_id,
            Proposal.association_name,
        )
        .outerjoin(User, User.id == Proposal.author_id)
        .where(Proposal.id == proposal_id)
    )
    others = session().execute(
        select(
            ProposalCoauthor.user_id,
            func.coalesce(User.display_name, ProposalCoauthor.name),
            ProposalCoauthor.association_id,
            ProposalCoauthor.name,
        )
        .outerjoin(User, User.id == ProposalCoauthor.user_id)
        .where(
            ProposalCoauthor.proposal_id == proposal_id,
            ProposalCoauthor.state == CoauthorState.ACCEPTED,
        )
        .order_by(ProposalCoauthor.id)
    )
    beside = [
        AuthorRow(user_id, name, association_id, shown if association_id else None)
        for user_id, name, association_id, shown in others
    ]
    return [*(AuthorRow(*author) for author in row), *beside]


def find_coauthor_invitation(coauthor_id: int) -> InvitationFacts | None:
    """Return an invitation with its proposal, or None once it was taken back."""
    row = (
        session()
        .execute(
            select(
                ProposalCoauthor.id,
                ProposalCoauthor.state,
                ProposalCoauthor.email,
                ProposalCoauthor.user_id,
                ProposalCoauthor.association_id,
                ProposalCoauthor.name,
                User.display_name,
                Proposal.id,
                Proposal.title,
                Proposal.text,
                Proposal.what_i_offer,
                Proposal.state,
                Laboratory.slug,
                Laboratory.title,
            )
            .join(Proposal, Proposal.id == ProposalCoauthor.proposal_id)
            .join(Laboratory, Laboratory.id == Proposal.laboratory_id)
            .join(User, User.id == ProposalCoauthor.invited_by_id)
            .where(ProposalCoauthor.id == coauthor_id)
        )
        .one_or_none()
    )
    if row is None:
        return None
    facts = InvitationFacts(*tuple(row))
    return replace(facts, inviter=short_name(facts.inviter))


def list_associations_to_ask() -> list[tuple[int, str]]:
    """Return the public associations that somebody looks after here, by name."""
    rows = session().execute(
        select(Association.id, Association.name)
        .where(
            Association.state != AssociationState.REMOVED,
            exists().where(
                Representative.association_id == Association.id,
                Representative.until_on.is_(None),
            ),
        )
        .order_by(Association.sort_name, Association.id)
    )
    return [(row.id, row.name) for row in rows]
