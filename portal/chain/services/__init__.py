"""Opening projects and initiatives from sheets, tying and untying them."""

from portal.chain.services.openings import (
    CannotOpenError,
    open_initiative,
    open_project,
    tie_opening,
    untie_opening,
)

__all__ = ["CannotOpenError", "open_initiative", "open_project", "tie_opening", "untie_opening"]
