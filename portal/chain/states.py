"""Why nothing can be opened from a project sheet, and what is written of openings."""

from enum import StrEnum


class OpeningRefusal(StrEnum):
    """Why a sheet opens nothing today; the name stands in `data-reason`."""

    SHEET_NOT_SHARED = "sheet_not_shared"
    """Still a draft of its editors."""
    SHEET_WITHDRAWN = "sheet_withdrawn"
    SHEET_NOT_AGREED = "sheet_not_agreed"
    """Shared, but in no agreement yet."""
    AGREEMENT_NOT_IN_FORCE = "agreement_not_in_force"
    """Approved or being signed."""
    AGREEMENT_ENDED = "agreement_ended"


class OpeningAction(StrEnum):
    """What the history of a sheet's openings says."""

    OPEN = "open"
    """A project or an initiative was written from the sheet."""
    TIE = "tie"
    """One that was there already was tied to it."""
    UNTIE = "untie"
