"""What a link from a mail can be."""

from enum import StrEnum


class LinkState(StrEnum):
    """Whether a link still does something."""

    VALID = "valid"
    DONE = "done"
    """It has done its work already."""
    EXPIRED = "expired"
    BROKEN = "broken"
    """Cut by a mail program, or replaced by a later one."""
