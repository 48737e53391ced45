"""Kinds of case, their states and what follows what."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class CaseKind(StrEnum):
    """What may wait in the queue; what each is stands in `case_table.py`."""

    ENROLMENT = "enrolment"
    PROPOSAL = "proposal"
    REGISTRY_REQUEST = "registry_request"
    CLAIM = "claim"
    PROFILE_EDIT = "profile_edit"
    VOLUNTEERING_PROJECT = "volunteering_project"
    EXPENSE = "expense"
    COMMENT = "comment"
    CONTENT_REPORT = "content_report"


class CaseState(StrEnum):
    """Where a case is."""

    WAITING = "waiting"
    IN_CHARGE = "in_charge"
    SUSPENDED = "suspended"
    """The applicant was asked to complete it: the term stands still (Law 241/1990, art. 2)."""
    NOTICED = "noticed"
    """The applicant knows why it may be refused, and may observe (Law 241/1990, art. 10-bis)."""
    ACCEPTED = "accepted"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    ARCHIVED = "archived"
    """Closed without a yes or a no: what was asked never came, or it stood there twice."""


class CaseAction(StrEnum):
    """What can be done with a case."""

    TAKE = "take"
    RELEASE = "release"
    ACCEPT = "accept"
    RETURN = "return"
    REFUSE = "refuse"
    RESUBMIT = "resubmit"
    WITHDRAW = "withdraw"
    ASK_INTEGRATION = "ask_integration"
    """Ask for what is missing: the term stands still, once."""
    SUPPLY = "supply"
    """The applicant sent what was missing."""
    GIVE_NOTICE = "give_notice"
    """Say why it may be refused, before it is (preavviso di rigetto)."""
    OBSERVE = "observe"
    """The applicant answered the notice (osservazioni)."""
    RESUME = "resume"
    """The days to answer are over: the term runs again."""
    ARCHIVE = "archive"
    ASSIGN = "assign"
    """Give it to a colleague."""


DECISIONS = frozenset({CaseAction.ACCEPT, CaseAction.RETURN, CaseAction.REFUSE, CaseAction.ARCHIVE})
"""What ends a case or sends it back, with a reason."""

STEPS_WITH_REASON = DECISIONS | {CaseAction.ASK_INTEGRATION, CaseAction.GIVE_NOTICE}
"""Actions of staff that need a reason; which of them a kind knows stands in `case_table.py`."""

OPEN_STATES = (CaseState.WAITING, CaseState.IN_CHARGE)
"""What waits for the administration."""
STILL_STATES = (CaseState.SUSPENDED, CaseState.NOTICED)
"""What waits for the applicant, its term standing still."""
UNDER_WAY_STATES = (*OPEN_STATES, *STILL_STATES)
"""What the administration has not answered yet."""

_S, _A = CaseState, CaseAction
CASE_TRANSITIONS: Transitions[CaseState, CaseAction] = Transitions(
    {
        (_S.WAITING, _A.TAKE): _S.IN_CHARGE,
        (_S.WAITING, _A.ACCEPT): _S.ACCEPTED,
        (_S.WAITING, _A.RETURN): _S.RETURNED,
        (_S.WAITING, _A.REFUSE): _S.REFUSED,
        (_S.WAITING, _A.WITHDRAW): _S.WITHDRAWN,
        # Back to nobody: holidays, or a matter for another office.
        (_S.IN_CHARGE, _A.RELEASE): _S.WAITING,
        (_S.IN_CHARGE, _A.ACCEPT): _S.ACCEPTED,
        (_S.IN_CHARGE, _A.RETURN): _S.RETURNED,
        (_S.IN_CHARGE, _A.REFUSE): _S.REFUSED,
        (_S.IN_CHARGE, _A.WITHDRAW): _S.WITHDRAWN,
        # Returned: the applicant mends it and hands it in again, or lets it be.
        (_S.RETURNED, _A.RESUBMIT): _S.WAITING,
        (_S.RETURNED, _A.WITHDRAW): _S.WITHDRAWN,
        # The term stands still: something is missing (once), or the reasons for a refusal are told.
        (_S.WAITING, _A.ASK_INTEGRATION): _S.SUSPENDED,
        (_S.IN_CHARGE, _A.ASK_INTEGRATION): _S.SUSPENDED,
        (_S.SUSPENDED, _A.SUPPLY): _S.IN_CHARGE,
        (_S.SUSPENDED, _A.RESUME): _S.IN_CHARGE,
        (_S.SUSPENDED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.WAITING, _A.GIVE_NOTICE): _S.NOTICED,
        (_S.IN_CHARGE, _A.GIVE_NOTICE): _S.NOTICED,
        (_S.NOTICED, _A.OBSERVE): _S.IN_CHARGE,
        (_S.NOTICED, _A.RESUME): _S.IN_CHARGE,
        (_S.NOTICED, _A.ACCEPT): _S.ACCEPTED,
        (_S.NOTICED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.WAITING, _A.ARCHIVE): _S.ARCHIVED,
        (_S.IN_CHARGE, _A.ARCHIVE): _S.ARCHIVED,
        (_S.SUSPENDED, _A.ARCHIVE): _S.ARCHIVED,
        (_S.WAITING, _A.ASSIGN): _S.IN_CHARGE,
        (_S.IN_CHARGE, _A.ASSIGN): _S.IN_CHARGE,
        (_S.SUSPENDED, _A.ASSIGN): _S.SUSPENDED,
        (_S.NOTICED, _A.ASSIGN): _S.NOTICED,
    }
)


class StepRefusal(StrEnum):
    """Why a step of a procedure is not possible now."""

    ALREADY_ASKED = "already_asked"
    ALREADY_NOTICED = "already_noticed"
    NOTICE_FIRST = "notice_first"
    """A refusal follows a notice."""
    WINDOW_RUNS = "window_runs"
    """The applicant still has days to answer."""
    WINDOW_OVER = "window_over"
    """The applicant's days to answer have passed."""
    ANSWER_MISSING = "answer_missing"
    """The refusal says nothing to the observations."""
    NOT_NOW = "not_now"


class QueueView(StrEnum):
    """Saved views of the queue; the values stand in addresses."""

    ALL = ""
    """Whatever has no answer yet."""
    MINE = "mie"
    UNASSIGNED = "di-nessuno"
    LATE = "in-ritardo"
    DUE_SOON = "in-scadenza"
    STILL = "ferme"
    """The term stands still: the applicant was asked something."""
    DECIDED = "decise"
    """Decided lately, by anybody."""


class QueueOrder(StrEnum):
    """How the queue may be sorted; the values stand in addresses."""

    TIME_LEFT = ""
    RECEIVED = "arrivo"
    TITLE = "titolo"


class SuspensionReason(StrEnum):
    """Why a term stands still; each at most once a case."""

    INTEGRATION = "integration"
    """Something is missing (Law 241/1990, art. 2, paragraph 7: once, at most thirty days)."""
    REFUSAL_NOTICE = "refusal_notice"
    """The reasons for a refusal were told (art. 10-bis: ten days to observe)."""


MOST_INTEGRATION_DAYS = 30
"""Law 241/1990, art. 2, paragraph 7."""
LEAST_OBSERVATION_DAYS = 10
"""Law 241/1990, art. 10-bis."""


class DayCount(StrEnum):
    """Which days a term counts."""

    CALENDAR = "calendar"
    """All of them; a term that ends on a holiday ends on the next working day."""
    WORKING = "working"
    """Neither Saturdays, Sundays nor holidays."""


class LetterKind(StrEnum):
    """Letters that a procedure sends, each from its template."""

    RECEIPT = "receipt"
    INTEGRATION_REQUEST = "integration_request"
    REFUSAL_NOTICE = "refusal_notice"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    ARCHIVING = "archiving"
