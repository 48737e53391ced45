"""Opening projects and initiatives from sheets, tying and untying them, reminding of drafts."""

from portal.chain.services.openings import (
    CannotOpenError,
    open_initiative,
    open_project,
    tie_opening,
    untie_opening,
)
from portal.chain.services.reminders import remind_of_drafts

__all__ = [
    "CannotOpenError",
    "open_initiative",
    "open_project",
    "remind_of_drafts",
    "tie_opening",
    "untie_opening",
]
