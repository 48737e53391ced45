"""Who looks after what: predicates of the access table."""

from typing import Protocol

from portal.core.access import Actor


class LookedAfter(Protocol):
    """A project, or what belongs to one, with the accounts of its tutors."""

    @property
    def tutor_ids(self) -> frozenset[int]: ...


class OfPerson(Protocol):
    """What belongs to one person."""

    @property
    def user_id(self) -> int: ...


def actor_is_tutor(actor: Actor, subject: LookedAfter) -> bool:
    """Say whether the actor is a tutor of the project that `subject` is, or belongs to."""
    return actor.id in subject.tutor_ids


def is_actors_own(actor: Actor, subject: OfPerson) -> bool:
    """Say whether `subject` belongs to the actor."""
    return actor.id == subject.user_id
