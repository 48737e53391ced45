"""Tables of the queue."""

from portal.moderation.models.case import Case, case_number
from portal.moderation.models.letters import (
    LONGEST_LETTER_SUBJECT,
    LONGEST_SUBJECT,
    Letter,
    LetterTemplate,
    ProtocolCounter,
    protocol_of,
)
from portal.moderation.models.procedure import (
    CaseAttachment,
    CaseMessage,
    CaseNote,
    ProcedureTerms,
    Suspension,
)

__all__ = [
    "LONGEST_LETTER_SUBJECT",
    "LONGEST_SUBJECT",
    "Case",
    "CaseAttachment",
    "CaseMessage",
    "CaseNote",
    "Letter",
    "LetterTemplate",
    "ProcedureTerms",
    "ProtocolCounter",
    "Suspension",
    "case_number",
    "protocol_of",
]
