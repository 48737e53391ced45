"""What can be done in R+."""

from portal.volunteering.services.applications import (
    answer_application,
    apply_to_project,
    leave_project,
)
from portal.volunteering.services.closing import (
    close_project,
)
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
from portal.volunteering.services.presence_hours import note_presence_hours
from portal.volunteering.services.programmes import (
    ProgrammeChangedError,
    ProgrammeContent,
    create_programme,
    update_programme,
)
from portal.volunteering.services.project_proposals import (
    apply_project_decision,
    draft_project,
    edit_proposed_project,
    propose_project,
)
from portal.volunteering.services.projects import (
    ProjectChangedError,
    ProjectContent,
    create_project,
    publish_project,
    reassign_projects,
    update_project,
)
from portal.volunteering.services.register import (
    Person,
    correct_register,
    enter_occasional,
    enter_register,
    leave_register,
)
from portal.volunteering.services.series import (
    MadeSeries,
    SeenSeries,
    SeriesChangedError,
    UndoneSeries,
    change_series,
    check_pattern,
    create_series,
    plan_change,
    undo_series,
)
from portal.volunteering.services.shifts import (
    ShiftChangedError,
    ShiftContent,
    add_shift,
    cancel_shift,
    change_shift,
    create_shift,
)
from portal.volunteering.services.sign_ups import (
    Group,
    lapse_offers,
    leave_place,
    offer_free_places,
    take_place,
    take_place_for,
)
from portal.volunteering.services.tutors import (
    add_tutor,
    remove_tutor,
)

__all__ = [
    "Group",
    "Person",
    "ProgrammeChangedError",
    "ProgrammeContent",
    "ProjectChangedError",
    "ProjectContent",
    "MadeSeries",
    "SeenSeries",
    "SeriesChangedError",
    "ShiftChangedError",
    "ShiftContent",
    "UndoneSeries",
    "add_insurance_policy",
    "add_shift",
    "add_tutor",
    "answer_application",
    "apply_enrolment_decision",
    "apply_project_decision",
    "apply_to_project",
    "cancel_shift",
    "change_series",
    "change_shift",
    "check_pattern",
    "close_project",
    "correct_register",
    "cover_person",
    "create_programme",
    "create_project",
    "create_series",
    "create_shift",
    "draft_project",
    "edit_proposed_project",
    "end_cover",
    "enter_occasional",
    "enter_register",
    "lapse_offers",
    "leave_place",
    "leave_project",
    "leave_register",
    "note_presence_hours",
    "offer_free_places",
    "plan_change",
    "propose_project",
    "publish_project",
    "reassign_projects",
    "remove_tutor",
    "restart_enrolment",
    "save_enrolment_person",
    "save_enrolment_times",
    "submit_enrolment",
    "take_place",
    "take_place_for",
    "undo_series",
    "update_programme",
    "update_project",
]
