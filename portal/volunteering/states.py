"""States of shifts, sign-ups and enrolments, and what follows what."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class Sector(StrEnum):
    """What a project is about."""

    GREEN = "green"
    SCHOOL = "school"
    LIBRARY = "library"
    MUSEUM = "museum"
    DIGITAL = "digital"
    SOCIAL = "social"
    CENTRES = "centres"
    EVENTS = "events"


class Weekday(StrEnum):
    """Days of the week, Monday first; the order is the ISO number."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class DayPart(StrEnum):
    """Part of the day in which something starts: before 13, before 18, later."""

    MORNING = "mattina"
    AFTERNOON = "pomeriggio"
    EVENING = "sera"


class ShiftState(StrEnum):
    """Whether a shift takes place."""

    OPEN = "open"
    CANCELLED = "cancelled"


class SignUpState(StrEnum):
    """What a person has in a shift."""

    CONFIRMED = "confirmed"
    WAITING = "waiting"
    LEFT = "left"


class SignUpAction(StrEnum):
    """What can be done with a sign-up."""

    TAKE_PLACE = "take_place"
    JOIN_WAITING_LIST = "join_waiting_list"
    PROMOTE = "promote"
    LEAVE = "leave"


class SignUpRefusal(StrEnum):
    """Why a person cannot take a place; the name stands in `data-reason` and in the message."""

    SHIFT_CANCELLED = "shift_cancelled"
    IN_THE_PAST = "in_the_past"
    ALREADY_SIGNED_UP = "already_signed_up"
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    FULL_WAITING_LIST_FULL = "full_waiting_list_full"
    NOT_SIGNED_IN = "not_signed_in"
    OVERLAPS = "overlaps"
    NOT_ENROLLED = "not_enrolled"
    ENROLMENT_PENDING = "enrolment_pending"


class EnrolmentState(StrEnum):
    """Where a person's request to be in the register of volunteers is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"


class EnrolmentAction(StrEnum):
    """What can be done with an enrolment."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    START_AGAIN = "start_again"


class Residence(StrEnum):
    """How a person belongs to the municipality."""

    RESIDENT = "resident"
    DOMICILED = "domiciled"


HELD_STATES = (SignUpState.CONFIRMED, SignUpState.WAITING)
"""A sign-up that stands."""

EDITABLE_ENROLMENTS = (EnrolmentState.DRAFT, EnrolmentState.RETURNED)
"""What the person may still change."""

PENDING_ENROLMENTS = (EnrolmentState.SUBMITTED,)
"""What waits for the office."""

_S, _A = SignUpState, SignUpAction
SIGN_UP_TRANSITIONS: Transitions[SignUpState, SignUpAction] = Transitions(
    {
        (_S.WAITING, _A.PROMOTE): _S.CONFIRMED,
        (_S.WAITING, _A.LEAVE): _S.LEFT,
        (_S.CONFIRMED, _A.LEAVE): _S.LEFT,
    }
)

_ES, _EA = EnrolmentState, EnrolmentAction
ENROLMENT_TRANSITIONS: Transitions[EnrolmentState, EnrolmentAction] = Transitions(
    {
        (_ES.DRAFT, _EA.SUBMIT): _ES.SUBMITTED,
        (_ES.SUBMITTED, _EA.ACCEPT): _ES.ACCEPTED,
        (_ES.SUBMITTED, _EA.RETURN): _ES.RETURNED,
        (_ES.SUBMITTED, _EA.REFUSE): _ES.REFUSED,
        # Returned: the person mends it and hands it in again.
        (_ES.RETURNED, _EA.SUBMIT): _ES.SUBMITTED,
        # Refused is not for ever: who is old enough, or resident, by now asks again.
        (_ES.REFUSED, _EA.START_AGAIN): _ES.DRAFT,
    }
)
