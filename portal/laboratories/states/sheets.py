"""States of a project sheet and the words of its budget."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class SheetFamily(StrEnum):
    """The two families of project sheets."""

    COMMUNITY_CARE = "community_care"
    CITY_CARE = "city_care"


class SheetState(StrEnum):
    """Where a project sheet is."""

    DRAFT = "draft"
    """Written by its editors; others do not see it."""
    SHARED = "shared"
    """Everybody reads it and comments on it while the phase allows."""
    AGREED = "agreed"
    """Part of a frozen agreement: changes with a new version of that alone."""
    WITHDRAWN = "withdrawn"


class SheetAction(StrEnum):
    """What can be done with a project sheet."""

    START = "start"
    SHARE = "share"
    UNSHARE = "unshare"
    AGREE = "agree"
    REOPEN = "reopen"
    WITHDRAW = "withdraw"


_S, _A = SheetState, SheetAction
SHEET_TRANSITIONS: Transitions[SheetState, SheetAction] = Transitions(
    {
        (_S.DRAFT, _A.SHARE): _S.SHARED,
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.SHARED, _A.UNSHARE): _S.DRAFT,
        (_S.SHARED, _A.AGREE): _S.AGREED,
        (_S.SHARED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.AGREED, _A.REOPEN): _S.SHARED,
    }
)

EDITABLE_SHEETS = frozenset({SheetState.DRAFT, SheetState.SHARED})
PUBLIC_SHEETS = frozenset({SheetState.SHARED, SheetState.AGREED})


class BudgetSource(StrEnum):
    """Where money or its worth comes from."""

    MUNICIPALITY = "municipality"
    REGION = "region"
    PARTNERS = "partners"
    SPONSORS = "sponsors"
    VOLUNTEER_WORK = "volunteer_work"
    OTHER = "other"


LARGEST_BUDGET_CENTS = 10_000_000_00
"""Ten million euro: more in one line is a slip of the keyboard."""
