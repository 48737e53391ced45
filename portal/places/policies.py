"""Who looks after a place, and whether an initiative can be published."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from portal.core.access import Actor
from portal.permissions import Role
from portal.places.states import PublishRefusal

OFFICE = (Role.STAFF, Role.ADMINISTRATOR)


class _Place(Protocol):
    @property
    def district_id(self) -> int | None: ...
    @property
    def managing_association_id(self) -> int | None: ...
    @property
    def managing_body(self) -> str | None: ...


@dataclass(frozen=True)
class CaredScope:
    """Which places somebody looks after, for a list."""

    has_all: bool = False
    district_ids: Collection[int] = ()
    association_ids: Collection[int] = ()


def place_is_of_own_district(actor: Actor, place: _Place) -> bool:
    """Say whether the place is in one of the architect's districts."""
    return place.district_id in actor.district_ids


def actor_runs_place(actor: Actor, place: _Place) -> bool:
    """Say whether `actor` speaks for the association that runs the place."""
    return place.managing_association_id in actor.association_ids


def acts_for(actor: Actor, place: _Place) -> str | None:
    """Return for which association, by name, `actor` acts in a place; the office acts for none."""
    is_office = actor.has_role(*OFFICE)
    return place.managing_body if actor_runs_place(actor, place) and not is_office else None


def cared_scope(actor: Actor) -> CaredScope:
    """Return which places `actor` looks after: the office all, others their own."""
    return CaredScope(
        has_all=actor.has_role(*OFFICE),
        district_ids=actor.district_ids if actor.has_role(Role.ARCHITECT) else frozenset(),
        association_ids=actor.association_ids,
    )


def find_publish_refusal(occurrences: int) -> PublishRefusal | None:
    """Return why an initiative with so many planned times cannot be published, or None."""
    return None if occurrences else PublishRefusal.NO_OCCURRENCE
