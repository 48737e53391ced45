"""What can be done with a case."""

from portal.moderation.services.cases import (
    assign_case,
    open_case,
    release_case,
    resubmit_case,
    take_case,
    withdraw_case,
)
from portal.moderation.services.decisions import decide_case
from portal.moderation.services.suspensions import (
    ask_integration,
    give_refusal_notice,
    resume_case,
    send_observations,
    supply_integration,
)
from portal.moderation.services.thread import write_message, write_note

__all__ = [
    "ask_integration",
    "assign_case",
    "decide_case",
    "give_refusal_notice",
    "open_case",
    "release_case",
    "resubmit_case",
    "resume_case",
    "send_observations",
    "supply_integration",
    "take_case",
    "withdraw_case",
    "write_message",
    "write_note",
]
