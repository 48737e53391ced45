"""Opening projects from sheets, tying and untying them."""

from portal.chain.services.openings import (
    CannotOpenError,
    open_project,
    tie_project,
    untie_project,
)

__all__ = ["CannotOpenError", "open_project", "tie_project", "untie_project"]
