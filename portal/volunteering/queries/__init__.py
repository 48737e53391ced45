"""Lists and facts of shifts, projects, sign-ups and enrolments."""

from portal.volunteering.queries.due import (
    list_shifts_to_ask,
    list_shifts_to_call_for,
    list_shifts_with_lapsed_offers,
)
from portal.volunteering.queries.enrolments import (
    EnrolmentCaseRow,
    EnrolmentRow,
    find_enrolment_of,
    get_enrolment_case,
)
from portal.volunteering.queries.facts import get_shift_facts
from portal.volunteering.queries.presence import (
    ComingRow,
    PresenceShiftRow,
    WalkInRow,
    get_presence_shift,
    list_coming,
    list_last_marks,
    list_walk_ins,
)
from portal.volunteering.queries.shifts import (
    ProjectRow,
    ShiftDetailRow,
    ShiftFilters,
    ShiftNumbers,
    ShiftRow,
    count_shifts,
    get_project,
    get_shift,
    list_next_shifts,
    list_shifts,
    search_shifts,
)
from portal.volunteering.queries.sign_ups import (
    ShiftStanding,
    SignUpRow,
    decide_for,
    find_facts_of,
    find_person_facts,
    find_standing,
    list_sign_ups_of,
)
from portal.volunteering.queries.ties import (
    count_missing_people_of,
    list_shift_links,
)
from portal.volunteering.queries.tutor_desk import (
    TutorDesk,
    TutorProjectRow,
    TutorShiftRow,
    get_tutor_project,
    is_tutor,
    list_tutor_projects,
    load_tutor_desk,
)
from portal.volunteering.queries.tutors import TutorRow, list_tutors_of

__all__ = [
    "ComingRow",
    "EnrolmentCaseRow",
    "EnrolmentRow",
    "PresenceShiftRow",
    "ProjectRow",
    "ShiftDetailRow",
    "ShiftFilters",
    "ShiftNumbers",
    "ShiftRow",
    "ShiftStanding",
    "SignUpRow",
    "TutorDesk",
    "TutorProjectRow",
    "TutorRow",
    "TutorShiftRow",
    "WalkInRow",
    "count_missing_people_of",
    "count_shifts",
    "decide_for",
    "find_enrolment_of",
    "find_facts_of",
    "find_person_facts",
    "find_standing",
    "get_enrolment_case",
    "get_presence_shift",
    "get_project",
    "get_shift",
    "get_shift_facts",
    "get_tutor_project",
    "is_tutor",
    "list_coming",
    "list_last_marks",
    "list_next_shifts",
    "list_shift_links",
    "list_shifts",
    "list_shifts_to_ask",
    "list_shifts_to_call_for",
    "list_shifts_with_lapsed_offers",
    "list_sign_ups_of",
    "list_tutor_projects",
    "list_tutors_of",
    "list_walk_ins",
    "load_tutor_desk",
    "search_shifts",
]
