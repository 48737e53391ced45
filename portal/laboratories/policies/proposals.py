"""Who may read and change a proposal: predicates on loaded facts."""

from dataclasses import dataclass

from portal.core.access import Actor
from portal.permissions import Role


@dataclass(frozen=True)
class ProposalFacts:
    """What the predicates ask of a proposal."""

    author_id: int | None
    """None: somebody without an account, by name."""
    was_handed_in: bool
    was_published: bool
    district_ids: frozenset[int]
    """Districts of its laboratory; empty for the whole city."""
    coauthor_ids: frozenset[int] = frozenset()
    """People who accepted to stand beside the author."""
    asked_association_ids: frozenset[int] = frozenset()
    """Associations that were asked to, unless they said no."""


def proposal_is_own(actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether the actor wrote the proposal."""
    return actor.is_signed_in and actor.id == proposal.author_id


def proposal_is_shared(actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether the actor stands beside the author, or represents who was asked to."""
    return actor.is_signed_in and (
        actor.id in proposal.coauthor_ids
        or not actor.association_ids.isdisjoint(proposal.asked_association_ids)
    )


def proposal_is_public(_actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether the proposal was published (a withdrawn one shows only its trace)."""
    return proposal.was_published


def proposal_was_handed_in(_actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether the office has something to read: a draft is its author's alone."""
    return proposal.was_handed_in


def proposal_is_of_own_district(actor: Actor, proposal: ProposalFacts) -> bool:
    """Say whether the proposal was handed in to a laboratory of the architect's districts."""
    return proposal_was_handed_in(actor, proposal) and not actor.district_ids.isdisjoint(
        proposal.district_ids
    )


def is_office(actor: Actor) -> bool:
    """Say whether the actor reads every proposal that was handed in."""
    return actor.has_role(Role.STAFF, Role.ADMINISTRATOR)
