"""What can be done in R+."""

from portal.volunteering.services.enrolments import (
    apply_enrolment_decision,
    restart_enrolment,
    save_enrolment_person,
    save_enrolment_times,
    submit_enrolment,
)
from portal.volunteering.services.projects import (
    ProjectContent,
    create_programme,
    create_project,
    create_shift,
    reassign_projects,
)
from portal.volunteering.services.sign_ups import leave_place, take_place

__all__ = [
    "ProjectContent",
    "apply_enrolment_decision",
    "create_programme",
    "create_project",
    "create_shift",
    "leave_place",
    "reassign_projects",
    "restart_enrolment",
    "save_enrolment_person",
    "save_enrolment_times",
    "submit_enrolment",
    "take_place",
]
