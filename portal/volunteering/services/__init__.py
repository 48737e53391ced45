"""What can be done in R+."""

from portal.volunteering.services.absences import ask_after_absences
from portal.volunteering.services.enrolments import (
    apply_enrolment_decision,
    restart_enrolment,
    save_enrolment_person,
    save_enrolment_times,
    submit_enrolment,
)
from portal.volunteering.services.insurance import (
    add_insurance_policy,
    cover_person,
    end_cover,
)
from portal.volunteering.services.presence import (
    Mark,
    MarksSaved,
    check_in,
    mark_presence,
)
from portal.volunteering.services.presence_hours import note_presence_hours
from portal.volunteering.services.project_checks import note_project_check
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
from portal.volunteering.services.sign_ups import (
    Group,
    accept_offer,
    ask_attendance,
    call_people,
    confirm_attendance,
    decline_offer,
    end_calls,
    lapse_offers,
    leave_place,
    offer_free_places,
    refuse_attendance,
    take_place,
    take_place_for,
)
from portal.volunteering.services.verification import (
    correct_hours,
    refuse_hours,
    verify_hours,
)
from portal.volunteering.services.walk_ins import (
    add_walk_in,
    identify_walk_in,
    remove_walk_in,
)

__all__ = [
    "Group",
    "Mark",
    "MarksSaved",
    "Person",
    "ProjectContent",
    "accept_offer",
    "add_insurance_policy",
    "add_walk_in",
    "apply_enrolment_decision",
    "ask_after_absences",
    "ask_attendance",
    "call_people",
    "check_in",
    "confirm_attendance",
    "correct_hours",
    "correct_register",
    "cover_person",
    "create_programme",
    "create_project",
    "create_shift",
    "decline_offer",
    "end_calls",
    "end_cover",
    "enter_occasional",
    "enter_register",
    "identify_walk_in",
    "lapse_offers",
    "leave_place",
    "leave_register",
    "mark_presence",
    "note_presence_hours",
    "note_project_check",
    "offer_free_places",
    "reassign_projects",
    "refuse_attendance",
    "refuse_hours",
    "remove_walk_in",
    "restart_enrolment",
    "save_enrolment_person",
    "save_enrolment_times",
    "submit_enrolment",
    "take_place",
    "take_place_for",
    "verify_hours",
]
