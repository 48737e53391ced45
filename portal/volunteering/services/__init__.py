"""What can be done in R+."""

from portal.volunteering.services.absences import ask_after_absences
from portal.volunteering.services.applications import (
    answer_application,
    apply_to_project,
    leave_project,
)
from portal.volunteering.services.certificates import make_certificate, revoke_certificate
from portal.volunteering.services.closing import close_project
from portal.volunteering.services.counter import add_person
from portal.volunteering.services.enrolment_drafts import (
    EnrolmentPerson,
    EnrolmentTimes,
    keep_unfinished_step,
    save_enrolment_person,
    save_enrolment_times,
    save_enrolment_wishes,
)
from portal.volunteering.services.enrolments import (
    apply_enrolment_decision,
    restart_enrolment,
    submit_enrolment,
)
from portal.volunteering.services.expenses import (
    ExpenseContent,
    ExpenseRefusedError,
    apply_expense_decision,
    claim_expense,
    resubmit_expense,
)
from portal.volunteering.services.guardians import (
    Guardian,
    answer_as_guardian,
    name_guardian,
    record_paper_authorisation,
    resend_guardian_link,
)
from portal.volunteering.services.hours import declare_hours, withdraw_hours
from portal.volunteering.services.insurance import add_insurance_policy, cover_person, end_cover
from portal.volunteering.services.interviews import (
    SlotPlace,
    book_interview,
    cancel_interview,
    cancel_slot,
    open_slots,
    record_interview,
    remind_interviews,
    withdraw_interview,
)
from portal.volunteering.services.membership import (
    change_contacts,
    give_back_place,
    leave_enrolment,
    note_fitness,
    note_permit,
)
from portal.volunteering.services.messages import MessageText, send_message
from portal.volunteering.services.presence import Mark, MarksSaved, check_in, mark_presence
from portal.volunteering.services.presence_hours import note_presence_hours
from portal.volunteering.services.programmes import (
    ProgrammeChangedError,
    ProgrammeContent,
    create_programme,
    update_programme,
)
from portal.volunteering.services.project_checks import note_project_check
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
from portal.volunteering.services.rechecks import recheck_volunteers
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
from portal.volunteering.services.thanks import check_name, end_thanks, share_thanks
from portal.volunteering.services.tutors import add_tutor, remove_tutor
from portal.volunteering.services.verification import correct_hours, refuse_hours, verify_hours
from portal.volunteering.services.walk_ins import add_walk_in, identify_walk_in, remove_walk_in

__all__ = [
    "EnrolmentPerson",
    "EnrolmentTimes",
    "ExpenseContent",
    "ExpenseRefusedError",
    "Group",
    "Guardian",
    "MadeSeries",
    "Mark",
    "MarksSaved",
    "MessageText",
    "Person",
    "ProgrammeChangedError",
    "ProgrammeContent",
    "ProjectChangedError",
    "ProjectContent",
    "SeenSeries",
    "SeriesChangedError",
    "ShiftChangedError",
    "ShiftContent",
    "SlotPlace",
    "UndoneSeries",
    "accept_offer",
    "add_insurance_policy",
    "add_person",
    "add_shift",
    "add_tutor",
    "add_walk_in",
    "answer_application",
    "answer_as_guardian",
    "apply_enrolment_decision",
    "apply_expense_decision",
    "apply_project_decision",
    "apply_to_project",
    "ask_after_absences",
    "ask_attendance",
    "book_interview",
    "call_people",
    "cancel_interview",
    "cancel_shift",
    "cancel_slot",
    "change_contacts",
    "change_series",
    "change_shift",
    "check_in",
    "check_name",
    "check_pattern",
    "claim_expense",
    "close_project",
    "confirm_attendance",
    "confirm_own_attendance",
    "correct_hours",
    "correct_register",
    "cover_person",
    "create_programme",
    "create_project",
    "create_series",
    "create_shift",
    "declare_hours",
    "decline_offer",
    "draft_project",
    "edit_proposed_project",
    "end_calls",
    "end_cover",
    "end_thanks",
    "enter_occasional",
    "enter_register",
    "give_back_place",
    "identify_walk_in",
    "keep_unfinished_step",
    "lapse_offers",
    "leave_enrolment",
    "leave_place",
    "leave_project",
    "leave_register",
    "mail_new_shifts",
    "make_certificate",
    "mark_presence",
    "name_guardian",
    "note_fitness",
    "note_permit",
    "note_presence_hours",
    "note_project_check",
    "offer_free_places",
    "open_slots",
    "plan_change",
    "propose_project",
    "publish_project",
    "reassign_projects",
    "recheck_volunteers",
    "record_interview",
    "record_paper_authorisation",
    "refuse_attendance",
    "refuse_hours",
    "remind_interviews",
    "remove_search",
    "remove_tutor",
    "remove_walk_in",
    "resend_guardian_link",
    "restart_enrolment",
    "resubmit_expense",
    "revoke_certificate",
    "save_enrolment_person",
    "save_enrolment_times",
    "save_enrolment_wishes",
    "save_search",
    "send_message",
    "share_thanks",
    "stop_searches",
    "submit_enrolment",
    "take_place",
    "take_place_for",
    "undo_series",
    "update_programme",
    "update_project",
    "verify_hours",
    "withdraw_hours",
    "withdraw_interview",
]
