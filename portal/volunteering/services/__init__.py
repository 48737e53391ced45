"""What can be done in R+."""

from portal.volunteering.services.certificates import make_certificate, revoke_certificate
from portal.volunteering.services.enrolments import (
    apply_enrolment_decision,
    restart_enrolment,
    save_enrolment_person,
    save_enrolment_times,
    submit_enrolment,
)
from portal.volunteering.services.hours import declare_hours, withdraw_hours
from portal.volunteering.services.insurance import add_insurance_policy, cover_person, end_cover
from portal.volunteering.services.presence_hours import note_presence_hours
from portal.volunteering.services.projects import (
    ProjectContent,
    create_programme,
    create_project,
    create_shift,
    reassign_projects,
)
from portal.volunteering.services.register import (
    Person,
    correct_register,
    enter_occasional,
    enter_register,
    leave_register,
)
from portal.volunteering.services.saved_searches import (
    mail_new_shifts,
    remove_search,
    save_search,
    stop_searches,
)
from portal.volunteering.services.sign_ups import (
    Group,
    accept_offer,
    ask_attendance,
    call_people,
    confirm_attendance,
    confirm_own_attendance,
    decline_offer,
    end_calls,
    lapse_offers,
    leave_place,
    offer_free_places,
    refuse_attendance,
    take_place,
    take_place_for,
)

__all__ = [
    "Group",
    "Person",
    "ProjectContent",
    "accept_offer",
    "add_insurance_policy",
    "apply_enrolment_decision",
    "ask_attendance",
    "call_people",
    "confirm_attendance",
    "confirm_own_attendance",
    "correct_register",
    "cover_person",
    "create_programme",
    "create_project",
    "create_shift",
    "declare_hours",
    "decline_offer",
    "end_calls",
    "end_cover",
    "enter_occasional",
    "enter_register",
    "lapse_offers",
    "leave_place",
    "leave_register",
    "mail_new_shifts",
    "make_certificate",
    "note_presence_hours",
    "offer_free_places",
    "reassign_projects",
    "refuse_attendance",
    "remove_search",
    "restart_enrolment",
    "revoke_certificate",
    "save_enrolment_person",
    "save_enrolment_times",
    "save_search",
    "stop_searches",
    "submit_enrolment",
    "take_place",
    "take_place_for",
    "withdraw_hours",
]
