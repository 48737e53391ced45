"""Sign-ups: why a person cannot take a place, what they answered, whether they came."""

from enum import StrEnum


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
