"""Places that run out: the states of a sign-up, its waiting list, and when an offer ends.

Shifts and meetings work alike (ADR 0022): a free place goes to whoever comes, a place that was
freed is offered to the first in line and kept until the answer or the end of the offer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.core.state_machine import Transitions


class SignUpState(StrEnum):
    """What a person has in something with places."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    OFFERED = "offered"
    """A place is kept for them until `offer_until_at`."""
    LEFT = "left"
    LAPSED = "lapsed"
    """A place was offered and not taken in time."""


class SignUpAction(StrEnum):
    """What can be done with a sign-up."""

    TAKE_PLACE = "take_place"
    JOIN_WAITING_LIST = "join_waiting_list"
    PROMOTE = "promote"
    """Take the free place for which one waits."""
    OFFER = "offer"
    ACCEPT_OFFER = "accept_offer"
    LAPSE = "lapse"
    LEAVE = "leave"


HELD_STATES = (SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED)
"""A sign-up that stands."""

ENDED_STATES = (SignUpState.LEFT, SignUpState.LAPSED)

PLACE_STATES = (SignUpState.CONFIRMED, SignUpState.OFFERED)
"""A sign-up that takes places."""

_S, _A = SignUpState, SignUpAction
SIGN_UP_TRANSITIONS: Transitions[SignUpState, SignUpAction] = Transitions(
    {
        (_S.WAITING, _A.PROMOTE): _S.CONFIRMED,
        (_S.WAITING, _A.OFFER): _S.OFFERED,
        (_S.WAITING, _A.LEAVE): _S.LEFT,
        (_S.OFFERED, _A.ACCEPT_OFFER): _S.CONFIRMED,
        (_S.OFFERED, _A.LAPSE): _S.LAPSED,
        (_S.OFFERED, _A.LEAVE): _S.LEFT,
        (_S.CONFIRMED, _A.LEAVE): _S.LEFT,
    }
)


SHORTEST_OFFER = timedelta(minutes=30)
"""A place is offered for at least so long; nearer to the start it stays free for whoever comes."""


class WithPlaces(Protocol):
    """Something people sign up for."""

    @property
    def capacity(self) -> int | None:
        """Places; None: as many as come."""

    @property
    def confirmed_count(self) -> int:
        """People who have a place."""

    @property
    def offered_count(self) -> int:
        """People for whom a place is kept until they answer."""

    @property
    def waiting_capacity(self) -> int: ...

    @property
    def waiting_count(self) -> int:
        """People on the waiting list."""


@dataclass(frozen=True)
class HeldSignUp:
    """A sign-up that stands; `position` counts from 1 on the waiting list, else None."""

    state: SignUpState
    position: int | None = None
    people: int = 1
    offer_until_at: datetime | None = None
    """Until when a place is kept, for who was offered one."""

    @property
    def is_offered(self) -> bool:
        """Say whether a place is kept for them."""
        return self.state is SignUpState.OFFERED

    def is_in_time(self, now: datetime) -> bool:
        """Say whether an offered place can still be taken at `now`."""
        return self.offer_until_at is not None and now < self.offer_until_at

    def can_move_up(self, places: WithPlaces) -> bool:
        """Say whether who waits could take what is free now."""
        return self.state is SignUpState.WAITING and has_free_places(places, self.people)


def count_free_places(places: WithPlaces) -> int | None:
    """Return how many places nobody has and nobody was offered; None where they do not end."""
    if places.capacity is None:
        return None
    return places.capacity - places.confirmed_count - places.offered_count


def has_free_places(places: WithPlaces, people: int = 1) -> bool:
    """Say whether `people` more would have a place."""
    free = count_free_places(places)
    return free is None or free >= people


def find_outcome(places: WithPlaces, people: int, held: HeldSignUp | None) -> SignUpState | None:
    """Return what `people` more would get: a place, room on the waiting list, or None.

    A place that is free although people wait is one that none of them could take when it was
    freed: they were elsewhere at that time. Whoever comes may have it, they included.
    """
    if (held is not None and held.is_offered) or has_free_places(places, people):
        return SignUpState.CONFIRMED
    has_room = places.waiting_count + people <= places.waiting_capacity
    return SignUpState.WAITING if has_room else None


def find_offer_end(starts_at: datetime, offer_hours: int, now: datetime) -> datetime | None:
    """Return until when a free place is kept for the first in line, None where it is too late.

    For `offer_hours`; near the start half of what is left, so that the next in line has a turn.
    """
    window = min(timedelta(hours=offer_hours), (starts_at - now) / 2)
    return now + window if window >= SHORTEST_OFFER else None
