"""R+: shifts, places, enrolment."""

from portal.volunteering.routes.answers import show_offer
from portal.volunteering.routes.applications import list_applications
from portal.volunteering.routes.authorisation import show_authorisation
from portal.volunteering.routes.blueprint import volunteering
from portal.volunteering.routes.certificates import check_certificates
from portal.volunteering.routes.check_in import show_check_in
from portal.volunteering.routes.counter import show_counter
from portal.volunteering.routes.counter_enrolment import edit_counter_step
from portal.volunteering.routes.counter_hours import edit_counter_hours
from portal.volunteering.routes.enrolment import show_enrolment
from portal.volunteering.routes.expenses import list_expenses
from portal.volunteering.routes.groups import edit_group
from portal.volunteering.routes.hours import list_my_hours
from portal.volunteering.routes.insurance import show_insurance
from portal.volunteering.routes.interview_desk import list_interviews
from portal.volunteering.routes.interviews import show_interview
from portal.volunteering.routes.membership import edit_contacts
from portal.volunteering.routes.messages import show_message
from portal.volunteering.routes.office_desk import show_office_desk
from portal.volunteering.routes.papers import show_papers
from portal.volunteering.routes.points import list_points
from portal.volunteering.routes.presence import show_presence
from portal.volunteering.routes.programmes import list_programmes
from portal.volunteering.routes.project_desk import list_projects
from portal.volunteering.routes.project_people import list_project_people
from portal.volunteering.routes.proposed_projects import list_proposed_projects
from portal.volunteering.routes.register import show_register
from portal.volunteering.routes.saved_searches import list_saved_searches
from portal.volunteering.routes.series import list_series
from portal.volunteering.routes.shift_desk import list_project_shifts
from portal.volunteering.routes.shift_list import list_shifts
from portal.volunteering.routes.shifts import show_shift
from portal.volunteering.routes.thanks import show_my_year
from portal.volunteering.routes.tutor_desk import show_tutor_desk
from portal.volunteering.routes.verification import list_hours_to_verify
from portal.volunteering.routes.volunteer_figures import show_volunteer_figures

__all__ = [
    "check_certificates",
    "edit_contacts",
    "edit_counter_hours",
    "edit_counter_step",
    "edit_group",
    "list_applications",
    "list_expenses",
    "list_hours_to_verify",
    "list_interviews",
    "list_my_hours",
    "list_points",
    "list_programmes",
    "list_project_people",
    "list_project_shifts",
    "list_projects",
    "list_proposed_projects",
    "list_saved_searches",
    "list_series",
    "list_shifts",
    "show_authorisation",
    "show_check_in",
    "show_counter",
    "show_enrolment",
    "show_insurance",
    "show_interview",
    "show_message",
    "show_my_year",
    "show_offer",
    "show_office_desk",
    "show_papers",
    "show_presence",
    "show_register",
    "show_shift",
    "show_tutor_desk",
    "show_volunteer_figures",
    "volunteering",
]
