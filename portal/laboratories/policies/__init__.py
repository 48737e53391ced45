"""Rules of laboratories: predicates and decisions on loaded facts."""

from portal.laboratories.policies.answers import (
    ASK_AGAIN_DAYS,
    AnswerFacts,
    days_of_delay,
    find_answer_refusal,
    may_ask_again,
)
from portal.laboratories.policies.commitments import (
    REMIND_DAYS_BEFORE,
    CommitmentFacts,
    commitment_is_of_actor,
    commitment_is_of_led_laboratory,
    days_late,
    is_followed,
    is_late,
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
from portal.laboratories.policies.sheet_merge import (
    SHEET_TEXTS,
    Clash,
    Merge,
    merge_choices,
    merge_texts,
)
from portal.laboratories.policies.sheets import (
    SheetFacts,
    actor_edits_sheet,
    sheet_is_of_led_laboratory,
    sheet_is_public,
)

__all__ = [
    "ASK_AGAIN_DAYS",
    "REMIND_DAYS_BEFORE",
    "SHEET_TEXTS",
    "AnswerFacts",
    "Clash",
    "CommitmentFacts",
    "LaboratoryFacts",
    "Merge",
    "PhaseGuard",
    "ProgressFacts",
    "ProposalFacts",
    "SheetFacts",
    "actor_edits_sheet",
    "commitment_is_of_actor",
    "commitment_is_of_led_laboratory",
    "days_late",
    "days_of_delay",
    "find_answer_refusal",
    "find_phase_guards",
    "is_followed",
    "is_late",
    "is_office",
    "laboratory_is_of_own_district",
    "may_ask_again",
    "merge_choices",
    "merge_texts",
    "proposal_is_of_own_district",
    "proposal_is_own",
    "proposal_is_public",
    "proposal_was_handed_in",
    "sheet_is_of_led_laboratory",
    "sheet_is_public",
]
