"""Commitments: who may speak for a party, and when one is late."""

from dataclasses import dataclass
from datetime import date

from portal.core.access import Actor
from portal.laboratories.states import (
    OPEN_COMMITMENTS,
    AgreementState,
    CommitmentState,
    PartyKind,
)

REMIND_DAYS_BEFORE = 14
"""How long before its day a party is reminded of a commitment that is still open."""


@dataclass(frozen=True)
class CommitmentFacts:
    """What the predicates ask of a commitment."""

    party_kind: PartyKind
    association_id: int | None
    user_id: int | None
    district_ids: frozenset[int]
    """Of its laboratory; empty for the whole city."""
    agreement: AgreementState


def commitment_is_of_actor(actor: Actor, commitment: CommitmentFacts) -> bool:
    """Say whether the actor speaks for the party: its representative, or the person named."""
    if not actor.is_signed_in:
        return False
    if commitment.party_kind is PartyKind.ASSOCIATION:
        return commitment.association_id in actor.association_ids
    return commitment.user_id is not None and actor.id == commitment.user_id


def commitment_is_of_led_laboratory(actor: Actor, commitment: CommitmentFacts) -> bool:
    """Say whether the commitment is of a laboratory of the architect's districts."""
    return not actor.district_ids.isdisjoint(commitment.district_ids)


def is_followed(agreement: AgreementState) -> bool:
    """Say whether what was taken on is still followed: while the agreement holds."""
    return agreement is AgreementState.IN_FORCE


def is_late(state: CommitmentState, due_on: date, today: date) -> bool:
    """Say whether a commitment is late: its last day is over and it is still open."""
    return state in OPEN_COMMITMENTS and due_on < today


def days_late(due_on: date, today: date) -> int:
    """Return by how many days it is late; 0 up to its last day."""
    return max((today - due_on).days, 0)
