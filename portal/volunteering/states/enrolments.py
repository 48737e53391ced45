"""Enrolment in the register of volunteers: states, guardians, interviews, register."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class EnrolmentState(StrEnum):
    """Where a person's request to be in the register of volunteers is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    LEFT = "left"
    """Was in the register and stopped."""


class EnrolmentAction(StrEnum):
    """What can be done with an enrolment."""

    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    START_AGAIN = "start_again"
    LEAVE = "leave"


class Residence(StrEnum):
    """How a person belongs to the municipality."""

    RESIDENT = "resident"
    DOMICILED = "domiciled"
    ELSEWHERE = "elsewhere"


class Citizenship(StrEnum):
    """Whether a person needs a residence permit to volunteer here."""

    ITALIAN = "italian"
    EUROPEAN = "european"
    """Of another country of the European Union: no permit."""
    OTHER = "other"


class TimePreference(StrEnum):
    """How a person likes to give time."""

    FIXED = "fixed"
    WHEN_I_CAN = "when_i_can"
    EVENTS = "events"


class GuardianState(StrEnum):
    """Where the authorisation of who holds parental responsibility is."""

    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class GuardianAction(StrEnum):
    """What a guardian can do."""

    GIVE = "give"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


class SlotState(StrEnum):
    """Whether an interview slot can be booked."""

    OPEN = "open"
    CANCELLED = "cancelled"


class BookingState(StrEnum):
    """What became of an interview booking."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    HELD = "held"
    MISSED = "missed"


class BookingAction(StrEnum):
    """What can be done with an interview booking."""

    CANCEL = "cancel"
    HOLD = "hold"
    MISS = "miss"


class InterviewOutcome(StrEnum):
    """What an interview came to."""

    POSITIVE = "positive"
    NEGATIVE = "negative"


class InterviewResult(StrEnum):
    """What the office writes after the time of a talk."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    MISSED = "missed"


class InterviewRefusal(StrEnum):
    """Why somebody cannot book a talk."""

    NOT_HANDED_IN = "not_handed_in"
    ALREADY_HELD = "already_held"


class RegisterSection(StrEnum):
    """Part of the register of volunteers."""

    REGULAR = "regular"
    OCCASIONAL = "occasional"


class RegisterKind(StrEnum):
    """What an entry of the register says; entries are never changed."""

    ENTRY = "entry"
    CORRECTION = "correction"
    EXIT = "exit"


EDITABLE_ENROLMENTS = (EnrolmentState.DRAFT, EnrolmentState.RETURNED)
"""What the person may still change."""

PENDING_ENROLMENTS = (EnrolmentState.SUBMITTED,)
"""What waits for the office."""

CURRENT_GUARDIANS = (GuardianState.ASKED, GuardianState.GIVEN)

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
        (_ES.ACCEPTED, _EA.LEAVE): _ES.LEFT,
        # Nor is leaving: whoever comes back asks again.
        (_ES.LEFT, _EA.START_AGAIN): _ES.DRAFT,
    }
)

_GS, _GA = GuardianState, GuardianAction
GUARDIAN_TRANSITIONS: Transitions[GuardianState, GuardianAction] = Transitions(
    {
        (_GS.ASKED, _GA.GIVE): _GS.GIVEN,
        (_GS.ASKED, _GA.REFUSE): _GS.REFUSED,
        (_GS.ASKED, _GA.WITHDRAW): _GS.WITHDRAWN,
        (_GS.GIVEN, _GA.WITHDRAW): _GS.WITHDRAWN,
    }
)

_BS, _BA = BookingState, BookingAction
BOOKING_TRANSITIONS: Transitions[BookingState, BookingAction] = Transitions(
    {
        (_BS.BOOKED, _BA.CANCEL): _BS.CANCELLED,
        (_BS.BOOKED, _BA.HOLD): _BS.HELD,
        (_BS.BOOKED, _BA.MISS): _BS.MISSED,
    }
)
