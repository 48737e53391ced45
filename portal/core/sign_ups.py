"""Places that run out: the states of a sign-up, its waiting list, and when an offer ends.

Shifts and meetings work alike (ADR 0022): a free place goes to whoever comes, a place that was
freed is offered to the first in line and kept until the answer or the end of the offer.
"""

from enum import StrEnum

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
