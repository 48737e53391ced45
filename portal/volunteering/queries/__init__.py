"""Lists and facts of shifts, projects, sign-ups and enrolments."""

from portal.volunteering.queries.applications import (
    ApplicationRow,
    ApplicationStanding,
    find_application_standing,
    get_application_facts,
    list_applications,
)
from portal.volunteering.queries.enrolments import (
    EnrolmentCaseRow,
    EnrolmentRow,
    find_enrolment_of,
    get_enrolment_case,
)
from portal.volunteering.queries.facts import get_shift_facts
from portal.volunteering.queries.programmes import (
    ProgrammeChoice,
    ProgrammeRow,
    get_programme,
    list_programme_choices,
    list_programmes,
)
from portal.volunteering.queries.project_desk import (
    ProjectDeskRow,
    ProjectFilters,
    ProjectListRow,
    get_project_desk,
    get_project_id,
    list_projects_for_office,
    list_projects_of_association,
)
from portal.volunteering.queries.series import (
    KeptShiftRow,
    SeriesRow,
    get_series,
    list_kept_shifts,
    list_series,
)
from portal.volunteering.queries.shift_desk import (
    ShiftDeskRow,
    get_shift_desk,
    list_shifts_of_project,
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
from portal.volunteering.queries.tutors import TutorRow, list_tutors_of
from portal.volunteering.queries.signed_up import PeopleToTell, count_people_to_tell

__all__ = [
    "PeopleToTell",
    "count_people_to_tell",
    "ApplicationRow",
    "ApplicationStanding",
    "EnrolmentCaseRow",
    "EnrolmentRow",
    "KeptShiftRow",
    "ProgrammeChoice",
    "ProgrammeRow",
    "ProjectDeskRow",
    "ProjectFilters",
    "ProjectListRow",
    "ProjectRow",
    "SeriesRow",
    "ShiftDeskRow",
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
    "find_application_standing",
    "find_enrolment_of",
    "find_facts_of",
    "find_person_facts",
    "find_standing",
    "get_application_facts",
    "get_enrolment_case",
    "get_programme",
    "get_project",
    "get_project_desk",
    "get_project_id",
    "get_series",
    "get_shift",
    "get_shift_desk",
    "get_shift_facts",
    "list_applications",
    "list_kept_shifts",
    "list_next_shifts",
    "list_programme_choices",
    "list_programmes",
    "list_projects_for_office",
    "list_projects_of_association",
    "list_series",
    "list_shift_links",
    "list_shifts",
    "list_shifts_of_project",
    "list_sign_ups_of",
    "list_tutors_of",
    "search_shifts",
]
