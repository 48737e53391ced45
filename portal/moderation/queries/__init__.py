"""What waits, what was decided, and the steps in between."""

from portal.moderation.queries.cases import (
    DECIDED_STATES,
    HISTORY,
    CaseRow,
    case_history,
    cases_of_subjects,
    find_case_of,
    get_case_row,
    list_cases_of,
)
from portal.moderation.queries.letters import (
    LetterRow,
    LetterTemplateRow,
    get_letter_row,
    get_letter_template,
    list_letter_templates,
    list_letters,
)
from portal.moderation.queries.procedure import (
    SuspensionRow,
    find_terms,
    list_cases_to_resume,
    list_suspensions,
    pauses_of,
)
from portal.moderation.queries.queue import (
    RECENT_DAYS,
    Neighbours,
    QueueFigures,
    QueueFilter,
    count_queue,
    find_neighbours,
    list_queue,
    next_case,
)

__all__ = [
    "DECIDED_STATES",
    "HISTORY",
    "RECENT_DAYS",
    "CaseRow",
    "LetterRow",
    "LetterTemplateRow",
    "Neighbours",
    "QueueFigures",
    "QueueFilter",
    "SuspensionRow",
    "case_history",
    "cases_of_subjects",
    "count_queue",
    "find_case_of",
    "find_neighbours",
    "find_terms",
    "get_case_row",
    "get_letter_row",
    "get_letter_template",
    "list_cases_of",
    "list_cases_to_resume",
    "list_letter_templates",
    "list_letters",
    "list_queue",
    "list_suspensions",
    "next_case",
    "pauses_of",
]
