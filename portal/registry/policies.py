"""Who may do what in the registry: predicates on loaded facts."""

from typing import Protocol

from portal.core.access import Actor


class _Requested(Protocol):
    @property
    def applicant_id(self) -> int: ...


class _Listed(Protocol):
    @property
    def id(self) -> int: ...


class _Invited(Protocol):
    @property
    def email(self) -> str: ...


def actor_is_applicant(actor: Actor, request: _Requested) -> bool:
    """Say whether `actor` handed in this request or claim."""
    return actor.id is not None and request.applicant_id == actor.id


def actor_represents_association(actor: Actor, association: _Listed) -> bool:
    """Say whether `actor` speaks for `association` today."""
    return association.id in actor.association_ids


def actor_manages_association(actor: Actor, association: _Listed) -> bool:
    """Say whether `actor` says who else speaks for `association`."""
    return association.id in actor.managed_association_ids


def invitation_is_actors(actor: Actor, invitation: _Invited) -> bool:
    """Say whether the invitation came to the very address `actor` signs in with."""
    return actor.email is not None and actor.email.lower() == invitation.email.lower()
