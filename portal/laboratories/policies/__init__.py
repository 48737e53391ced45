"""Rules of laboratories: predicates and decisions on loaded facts."""

from portal.laboratories.policies.laboratories import (
    LaboratoryFacts,
    PhaseGuard,
    ProgressFacts,
    find_phase_guards,
    laboratory_is_of_own_district,
)
from portal.laboratories.policies.proposals import (
    ProposalFacts,
    is_office,
    proposal_is_of_own_district,
    proposal_is_own,
    proposal_is_public,
    proposal_was_handed_in,
)
from portal.laboratories.policies.talk import (
    MOST_WAITING_COMMENTS,
    CommentRefusal,
    SupportFacts,
    SupportRefusal,
    find_comment_refusal,
    find_support_refusal,
    speaks_for_office,
)

__all__ = [
    "MOST_WAITING_COMMENTS",
    "CommentRefusal",
    "LaboratoryFacts",
    "PhaseGuard",
    "ProgressFacts",
    "ProposalFacts",
    "SupportFacts",
    "SupportRefusal",
    "find_comment_refusal",
    "find_phase_guards",
    "find_support_refusal",
    "is_office",
    "laboratory_is_of_own_district",
    "proposal_is_of_own_district",
    "proposal_is_own",
    "proposal_is_public",
    "proposal_was_handed_in",
    "speaks_for_office",
]
