"""Who may do what in the registry: predicates on loaded facts."""

from typing import Protocol

from portal.core.access import Actor


class _Requested(Protocol):
    @property
    def applicant_id(self) -> int: ...


class _Listed(Protocol):
    @property
    def id(self) -> int: ...


def actor_is_applicant(actor: Actor, request: _Requested) -> bool:
    """Say whether `actor` handed in this request or claim."""
    return actor.id is not None and request.applicant_id == actor.id


def actor_represents_association(actor: Actor, association: _Listed) -> bool:
    """Say whether `actor` speaks for `association` today."""
    return association.id in actor.association_ids
