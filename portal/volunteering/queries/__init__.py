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
from portal.volunteering.queries.tutors import TutorRow, list_tutors_of

__all__ = [
    "EnrolmentCaseRow",
    "EnrolmentRow",
    "ProjectRow",
    "ShiftDetailRow",
    "ShiftFilters",
    "ShiftNumbers",
    "ShiftRow",
    "ShiftStanding",
    "SignUpRow",
    "TutorRow",
    "count_missing_people_of",
    "count_shifts",
    "decide_for",
    "find_enrolment_of",
    "find_facts_of",
    "find_person_facts",
    "find_standing",
    "get_enrolment_case",
    "get_project",
    "get_shift",
    "get_shift_facts",
    "list_next_shifts",
    "list_shift_links",
    "list_shifts",
    "list_shifts_to_ask",
    "list_shifts_to_call_for",
    "list_shifts_with_lapsed_offers",
    "list_sign_ups_of",
    "list_tutors_of",
    "search_shifts",
]
