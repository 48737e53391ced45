"""States of a comment and of a report about something people wrote."""

from dataclasses import dataclass
from enum import StrEnum

from portal.core.state_machine import Transitions


class CommentState(StrEnum):
    """Where a comment is: it is read by the office before everybody reads it."""

    WAITING = "waiting"
    PUBLISHED = "published"
    REFUSED = "refused"
    HIDDEN = "hidden"
    """Was public; taken down with a reason, its place in the talk stays."""
    WITHDRAWN = "withdrawn"


class CommentAction(StrEnum):
    """What can be done with a comment."""

    WRITE = "write"
    PUBLISH = "publish"
    REFUSE = "refuse"
    HIDE = "hide"
    SHOW_AGAIN = "show_again"
    WITHDRAW = "withdraw"


_S, _A = CommentState, CommentAction
COMMENT_TRANSITIONS: Transitions[CommentState, CommentAction] = Transitions(
    {
        (_S.WAITING, _A.PUBLISH): _S.PUBLISHED,
        (_S.WAITING, _A.REFUSE): _S.REFUSED,
        (_S.WAITING, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.PUBLISHED, _A.HIDE): _S.HIDDEN,
        (_S.PUBLISHED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.HIDDEN, _A.SHOW_AGAIN): _S.PUBLISHED,
    }
)


class CommentOrder(StrEnum):
    """In which order comments stand, as the address says it."""

    NEWEST = "nuovi"
    MOST_USEFUL = "utili"


class ReportState(StrEnum):
    """What became of a report (behaviour 49)."""

    OPEN = "open"
    UPHELD = "upheld"
    """What it was about is hidden."""
    DISMISSED = "dismissed"


class SheetSection(StrEnum):
    """The parts of a project sheet, in their order; a comment names one."""

    CONTENTS = "contents"
    AIMS = "aims"
    ACTIONS = "actions"
    TIMES = "times"
    SPACES = "spaces"
    PARTIES = "parties"
    BUDGET = "budget"
    INDICATORS = "indicators"


@dataclass(frozen=True)
class Topic:
    """What people talk about: a proposal, or one section of a project sheet."""

    proposal_id: int | None = None
    sheet_id: int | None = None
    section: SheetSection | None = None
