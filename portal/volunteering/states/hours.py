"""Hours, certificates, expenses: their states."""

from enum import StrEnum

from portal.core.state_machine import Transitions

CAP_A_DAY_CENTS = 10_00
CAP_A_MONTH_CENTS = 150_00
"""What may be paid back against a self-declaration (D.Lgs. 117/2017, art. 17, c. 4)."""
LARGEST_EXPENSE_CENTS = 1_000_00


class HoursSource(StrEnum):
    """Where an entry of hours comes from."""

    PRESENCE = "presence"
    DECLARED = "declared"


class HoursState(StrEnum):
    """Whether hours count."""

    TO_VERIFY = "to_verify"
    VERIFIED = "verified"
    REFUSED = "refused"
    CORRECTED = "corrected"
    """Another entry stands in its place."""


class HoursRefusal(StrEnum):
    """Why hours cannot be declared."""

    NOT_IN_PROJECT = "not_in_project"
    IN_THE_FUTURE = "in_the_future"
    BEFORE_BEGINNING = "before_beginning"
    AFTER_END = "after_end"
    NO_TIME = "no_time"
    MORE_THAN_A_DAY = "more_than_a_day"


class HoursAction(StrEnum):
    """What can be done with hours."""

    VERIFY = "verify"
    REFUSE = "refuse"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    """The person takes back what nobody has verified."""


class ExpenseKind(StrEnum):
    """How an expense is shown (art. 17 of D.Lgs. 117/2017)."""

    DOCUMENTED = "documented"
    SELF_CERTIFIED = "self_certified"


class ExpenseState(StrEnum):
    """Where a request to be paid back is."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    REFUSED = "refused"


class ExpenseAction(StrEnum):
    """What can be done with an expense."""

    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    RESUBMIT = "resubmit"


class ExpenseRefusal(StrEnum):
    """Why an expense cannot be asked back."""

    NOT_IN_PROJECT = "not_in_project"
    IN_THE_FUTURE = "in_the_future"
    NOT_ACTIVE = "not_active"
    NOT_PLAUSIBLE = "not_plausible"
    RECEIPT_MISSING = "receipt_missing"
    DAY_CAP = "day_cap"
    MONTH_CAP = "month_cap"


LIVE_HOURS = (HoursState.TO_VERIFY, HoursState.VERIFIED)

LIVE_EXPENSES = (ExpenseState.SUBMITTED, ExpenseState.RETURNED, ExpenseState.APPROVED)
"""What counts towards the legal caps."""

_HS, _HA = HoursState, HoursAction
HOURS_TRANSITIONS: Transitions[HoursState, HoursAction] = Transitions(
    {
        (_HS.TO_VERIFY, _HA.VERIFY): _HS.VERIFIED,
        (_HS.TO_VERIFY, _HA.REFUSE): _HS.REFUSED,
        (_HS.TO_VERIFY, _HA.CORRECT): _HS.CORRECTED,
        (_HS.TO_VERIFY, _HA.WITHDRAW): _HS.REFUSED,
        (_HS.VERIFIED, _HA.CORRECT): _HS.CORRECTED,
    }
)

_XS, _XA = ExpenseState, ExpenseAction
EXPENSE_TRANSITIONS: Transitions[ExpenseState, ExpenseAction] = Transitions(
    {
        (_XS.SUBMITTED, _XA.ACCEPT): _XS.APPROVED,
        (_XS.SUBMITTED, _XA.RETURN): _XS.RETURNED,
        (_XS.SUBMITTED, _XA.REFUSE): _XS.REFUSED,
        (_XS.RETURNED, _XA.RESUBMIT): _XS.SUBMITTED,
    }
)
