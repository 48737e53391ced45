"""States of a meeting, and how somebody's coming was written down."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class MeetingState(StrEnum):
    """Whether a meeting takes place."""

    PLANNED = "planned"
    CANCELLED = "cancelled"


class MeetingAction(StrEnum):
    """What can be done with a meeting."""

    PLAN = "plan"
    CHANGE = "change"
    CANCEL = "cancel"
    PUBLISH_MINUTES = "publish_minutes"


MEETING_TRANSITIONS: Transitions[MeetingState, MeetingAction] = Transitions(
    {(MeetingState.PLANNED, MeetingAction.CANCEL): MeetingState.CANCELLED}
)


class MeetingKind(StrEnum):
    """What a meeting is for."""

    OPEN = "open"
    SHARING = "sharing"
    """The draft of the agreement is gone through together."""
    SIGNING = "signing"
    EVALUATION = "evaluation"


class AttendanceSource(StrEnum):
    """Who said that somebody came."""

    LIST = "list"
    CODE = "code"
    """The person, with the code shown on the spot."""


class DocumentKind(StrEnum):
    """What a document of a laboratory is."""

    MINUTES = "minutes"
    STUDY = "study"
    MATERIAL = "material"
    PRESS = "press"


class MeetingRefusal(StrEnum):
    """Why somebody cannot register for a meeting; the name stands in `data-reason`."""

    CANCELLED = "cancelled"
    IN_THE_PAST = "in_the_past"
    ALREADY_SIGNED_UP = "already_signed_up"
    OFFER_EXPIRED = "offer_expired"
    NO_REGISTRATION = "no_registration"
    """Nobody registers: whoever wants comes."""
    NOT_OPEN_YET = "not_open_yet"
    CLOSED = "closed"
    FULL_WAITING_LIST_FULL = "full_waiting_list_full"
    NOT_SIGNED_IN = "not_signed_in"
    OVERLAPS = "overlaps"
