"""States of a proposal, where it came from, who wrote it."""

from enum import StrEnum

from portal.core.state_machine import Transitions


class ProposalState(StrEnum):
    """Where a proposal is."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    RETURNED = "returned"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ProposalCategory(StrEnum):
    """What a proposal is about, first of all."""

    GREEN = "green"
    STREETS = "streets"
    SPACES = "spaces"
    MEETING = "meeting"
    CULTURE = "culture"
    SCHOOL = "school"
    CARE = "care"
    SPORT = "sport"
    DIGITAL = "digital"


class Origin(StrEnum):
    """How something reached the office (behaviour 29)."""

    ONLINE = "online"
    PHONE = "phone"
    MAIL = "mail"
    PAPER = "paper"


class CoauthorState(StrEnum):
    """Whether somebody wants to stand beside the author."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ProposalAction(StrEnum):
    """What can be done with a proposal."""

    SUBMIT = "submit"
    RESUBMIT = "resubmit"
    PUBLISH = "publish"
    RETURN = "return"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    HIDE = "hide"
    """Take down what was public, after a report."""


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
        (_S.PUBLISHED, _A.HIDE): _S.REFUSED,
    }
)
