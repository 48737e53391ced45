"""Lists and facts of shifts, projects, sign-ups and enrolments."""

from portal.volunteering.queries.commitments import (
    BookedInterviewRow,
    CommittedShiftRow,
    list_booked_interviews,
    list_committed_shifts,
)
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
from portal.volunteering.queries.projects import (
    OpenProjectRow,
    ProjectOutcome,
    ProjectRow,
    get_project,
    get_project_outcome,
    list_open_projects,
)
from portal.volunteering.queries.saved_searches import (
    MOST_NEWS,
    SavedSearchRow,
    has_saved_search,
    list_new_shifts,
    list_people_with_searches,
    list_saved_searches,
)
from portal.volunteering.queries.shifts import (
    MOST_OF_DAYS,
    FilterCounts,
    ShiftDetailRow,
    ShiftNumbers,
    ShiftPage,
    ShiftRow,
    count_shifts,
    count_without_each,
    get_shift,
    list_next_shifts,
    list_shifts,
    list_shifts_for_file,
    list_shifts_of_days,
    search_shifts,
)
from portal.volunteering.queries.sign_ups import (
    ShiftStanding,
    SignUpRow,
    decide_each,
    decide_for,
    find_facts_of,
    find_person_facts,
    find_standing,
    list_sign_ups_of,
)
from portal.volunteering.queries.ties import count_missing_people_of, list_shift_links
from portal.volunteering.queries.tutors import TutorRow, list_tutors_of
from portal.volunteering.shift_filters import ShiftFilters

__all__ = [
    "MOST_NEWS",
    "MOST_OF_DAYS",
    "BookedInterviewRow",
    "CommittedShiftRow",
    "EnrolmentCaseRow",
    "EnrolmentRow",
    "FilterCounts",
    "OpenProjectRow",
    "ProjectOutcome",
    "ProjectRow",
    "SavedSearchRow",
    "ShiftDetailRow",
    "ShiftFilters",
    "ShiftNumbers",
    "ShiftPage",
    "ShiftRow",
    "ShiftStanding",
    "SignUpRow",
    "TutorRow",
    "count_missing_people_of",
    "count_shifts",
    "count_without_each",
    "decide_each",
    "decide_for",
    "find_enrolment_of",
    "find_facts_of",
    "find_person_facts",
    "find_standing",
    "get_enrolment_case",
    "get_project",
    "get_project_outcome",
    "get_shift",
    "get_shift_facts",
    "has_saved_search",
    "list_booked_interviews",
    "list_committed_shifts",
    "list_new_shifts",
    "list_next_shifts",
    "list_open_projects",
    "list_people_with_searches",
    "list_saved_searches",
    "list_shift_links",
    "list_shifts",
    "list_shifts_for_file",
    "list_shifts_of_days",
    "list_shifts_to_ask",
    "list_shifts_to_call_for",
    "list_shifts_with_lapsed_offers",
    "list_sign_ups_of",
    "list_tutors_of",
    "search_shifts",
]
