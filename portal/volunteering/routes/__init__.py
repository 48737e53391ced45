"""R+: shifts, places, enrolment."""

from portal.volunteering.routes.answers import show_offer
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.check_in import show_check_in
from portal.volunteering.routes.enrolment import show_enrolment
from portal.volunteering.routes.presence import show_presence
from portal.volunteering.routes.project_people import list_project_people
from portal.volunteering.routes.shifts import list_shifts
from portal.volunteering.routes.tutor_desk import show_tutor_desk
from portal.volunteering.routes.verification import list_hours_to_verify

__all__ = [
    "list_hours_to_verify",
    "list_project_people",
    "list_shifts",
    "show_check_in",
    "show_enrolment",
    "show_offer",
    "show_presence",
    "show_tutor_desk",
    "volunteering",
]
