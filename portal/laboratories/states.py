"""Phases of a laboratory, states of a proposal, and whether one may be written today."""

from datetime import date
from enum import StrEnum
from itertools import pairwise

from portal.core.state_machine import Transitions


class Phase(StrEnum):
    """The official seven phases, in their order."""

    LISTENING = "listening"
    FEASIBILITY = "feasibility"
    SHARING = "sharing"
    APPROVAL = "approval"
    SIGNATURE = "signature"
    IMPLEMENTATION = "implementation"
    EVALUATION = "evaluation"


class LaboratoryAction(StrEnum):
    """What is written in the history of a laboratory."""

    OPEN = "open"
    ADVANCE = "advance"
    ARCHIVE = "archive"


PHASES = tuple(Phase)
PHASE_TRANSITIONS: Transitions[Phase, LaboratoryAction] = Transitions(
    {(phase, LaboratoryAction.ADVANCE): following for phase, following in pairwise(PHASES)}
)


class ProposalState(StrEnum):
    """Where a proposal is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ProposalAction(StrEnum):
    """What can be done with a proposal."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"


EDITABLE_STATES = frozenset({ProposalState.DRAFT, ProposalState.RETURNED})
"""What its author may still rewrite."""

UNDECIDED_STATES = frozenset({ProposalState.SUBMITTED, ProposalState.RETURNED})
"""What has an open case in the queue."""

_S, _A = ProposalState, ProposalAction
PROPOSAL_TRANSITIONS: Transitions[ProposalState, ProposalAction] = Transitions(
    {
        (_S.DRAFT, _A.SUBMIT): _S.SUBMITTED,
        (_S.DRAFT, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.SUBMITTED, _A.PUBLISH): _S.PUBLISHED,
        (_S.SUBMITTED, _A.RETURN): _S.RETURNED,
        (_S.SUBMITTED, _A.REFUSE): _S.REFUSED,
        (_S.SUBMITTED, _A.WITHDRAW): _S.WITHDRAWN,
        (_S.RETURNED, _A.RESUBMIT): _S.SUBMITTED,
        (_S.RETURNED, _A.WITHDRAW): _S.WITHDRAWN,
        # A published proposal that is taken back leaves its title and a date as a trace.
        (_S.PUBLISHED, _A.WITHDRAW): _S.WITHDRAWN,
    }
)


class ProposalRefusal(StrEnum):
    """Why no proposal can be written in a laboratory today."""

    LABORATORY_CLOSED = "laboratory_closed"
    LISTENING_OVER = "listening_over"
    DATES_NOT_SET = "dates_not_set"
    NOT_OPEN_YET = "not_open_yet"
    WINDOW_CLOSED = "window_closed"


def decide_writing(
    *,
    phase: Phase,
    is_archived: bool,
    open_from: date | None,
    open_until: date | None,
    today: date,
    is_mending: bool = False,
) -> ProposalRefusal | None:
    """Return why no proposal can be written today, or None when it can.

    Both days count. Who mends a returned proposal (`is_mending`) may do so while the laboratory
    listens, also past the last day: the time the office took is not the author's.
    """
    if is_archived:
        return ProposalRefusal.LABORATORY_CLOSED
    if phase is not Phase.LISTENING:
        return ProposalRefusal.LISTENING_OVER
    if is_mending:
        return None
    if open_from is None or open_until is None:
        return ProposalRefusal.DATES_NOT_SET
    if today < open_from:
        return ProposalRefusal.NOT_OPEN_YET
    return ProposalRefusal.WINDOW_CLOSED if today > open_until else None
