"""Rules of laboratories: predicates and decisions on loaded facts."""

from portal.laboratories.policies.agreements import (
    AgreementFacts,
    agreement_is_of_own_district,
    agreement_is_public,
)
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

__all__ = [
    "AgreementFacts",
    "LaboratoryFacts",
    "PhaseGuard",
    "ProgressFacts",
    "ProposalFacts",
    "agreement_is_of_own_district",
    "agreement_is_public",
    "find_phase_guards",
    "is_office",
    "laboratory_is_of_own_district",
    "proposal_is_of_own_district",
    "proposal_is_own",
    "proposal_is_public",
    "proposal_was_handed_in",
]
