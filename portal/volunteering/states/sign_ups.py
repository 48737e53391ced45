"""Sign-ups: their states, and why a person cannot take a place."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class SignUpState(StrEnum):
    """What a person has in a shift."""

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


class SignUpRefusal(StrEnum):
    """Why a person cannot take a place; the name stands in `data-reason` and in the message."""

    SHIFT_CANCELLED = "shift_cancelled"
    PROJECT_CLOSED = "project_closed"
    IN_THE_PAST = "in_the_past"
    ALREADY_SIGNED_UP = "already_signed_up"
    OFFER_EXPIRED = "offer_expired"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    FULL_WAITING_LIST_FULL = "full_waiting_list_full"
    GROUP_TOO_LARGE = "group_too_large"
    NOT_SIGNED_IN = "not_signed_in"
    OVERLAPS = "overlaps"
    NOT_ENROLLED = "not_enrolled"
    TOO_YOUNG = "too_young"
    TOO_OLD = "too_old"
    WORKS_FOR_MUNICIPALITY = "works_for_municipality"
    NOT_RESIDENT = "not_resident"
    NEEDS_PERMIT = "needs_permit"
    NEEDS_FITNESS = "needs_fitness"
    NEEDS_GUARDIAN = "needs_guardian"
    NEEDS_INTERVIEW = "needs_interview"
    ENROLMENT_PENDING = "enrolment_pending"
    NOT_INSURED = "not_insured"
    NEEDS_TRAINING = "needs_training"
    NEEDS_RECORD_CHECK = "needs_record_check"


class Answer(StrEnum):
    """What a person said to "ci sei?"."""

    YES = "yes"
    NO = "no"


class Presence(StrEnum):
    """Whether somebody who had a place came."""

    PRESENT = "present"
    ABSENT = "absent"


class PresenceSource(StrEnum):
    """Who said so."""

    TUTOR = "tutor"
    CODE = "code"
    """The person, by the code shown on the spot; the tutor still verifies the hours."""


HELD_STATES = (SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED)
"""A sign-up that stands."""

ENDED_STATES = (SignUpState.LEFT, SignUpState.LAPSED)

PLACE_STATES = (SignUpState.CONFIRMED, SignUpState.OFFERED)
"""A sign-up that takes places of the shift."""

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
