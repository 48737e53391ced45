"""What can be done with a case."""

from portal.moderation.services.cases import (
    assign_case,
    change_applicant,
    open_case,
    release_case,
    resubmit_case,
    take_case,
    withdraw_case,
)
from portal.moderation.services.decisions import decide_case
from portal.moderation.services.letter_templates import (
    LetterTemplateChangedError,
    reset_letter_template,
    save_letter_template,
)
from portal.moderation.services.letters import MissingFactError, render_sample, write_letter
from portal.moderation.services.suspensions import (
    ask_integration,
    give_refusal_notice,
    resume_case,
    send_observations,
    supply_integration,
)
from portal.moderation.services.terms import set_terms
from portal.moderation.services.thread import write_message, write_note

__all__ = [
    "LetterTemplateChangedError",
    "MissingFactError",
    "ask_integration",
    "assign_case",
    "change_applicant",
    "decide_case",
    "give_refusal_notice",
    "open_case",
    "release_case",
    "render_sample",
    "reset_letter_template",
    "resubmit_case",
    "resume_case",
    "save_letter_template",
    "send_observations",
    "set_terms",
    "supply_integration",
    "take_case",
    "withdraw_case",
    "write_letter",
    "write_message",
    "write_note",
]
