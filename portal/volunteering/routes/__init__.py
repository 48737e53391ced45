"""R+: shifts, places, enrolment."""

from portal.volunteering.routes.answers import show_offer
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.enrolment import show_enrolment
from portal.volunteering.routes.groups import edit_group
from portal.volunteering.routes.shifts import list_shifts

__all__ = ["edit_group", "list_shifts", "show_enrolment", "show_offer", "volunteering"]
