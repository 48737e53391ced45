"""Tables of R+."""

from portal.volunteering.models.enrolments import (
    AVAILABILITY_SLOTS,
    Enrolment,
    GuardianAuthorisation,
    InsurancePeriod,
    InsurancePolicy,
    InterviewBooking,
    InterviewSlot,
    RegisterEntry,
)
from portal.volunteering.models.hours import (
    Certificate,
    Expense,
    HoursEntry,
    SharedThanks,
)
from portal.volunteering.models.messages import (
    MessageRecipient,
    SavedSearch,
    VolunteerMessage,
)
from portal.volunteering.models.projects import (
    LARGEST_GROUP,
    Programme,
    ProjectApplication,
    ProjectCheck,
    ProjectDistrict,
    ProjectTutor,
    VolunteeringProject,
)
from portal.volunteering.models.shifts import (
    LONGEST_SERIES_DAYS,
    Shift,
    ShiftSeries,
    SignUp,
    WalkIn,
)

__all__ = [
    "AVAILABILITY_SLOTS",
    "LARGEST_GROUP",
    "LONGEST_SERIES_DAYS",
    "Certificate",
    "Enrolment",
    "Expense",
    "GuardianAuthorisation",
    "HoursEntry",
    "InsurancePeriod",
    "InsurancePolicy",
    "InterviewBooking",
    "InterviewSlot",
    "MessageRecipient",
    "Programme",
    "ProjectApplication",
    "ProjectCheck",
    "ProjectDistrict",
    "ProjectTutor",
    "RegisterEntry",
    "SavedSearch",
    "SharedThanks",
    "Shift",
    "ShiftSeries",
    "SignUp",
    "VolunteerMessage",
    "VolunteeringProject",
    "WalkIn",
]
