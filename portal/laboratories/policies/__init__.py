"""Rules of laboratories: predicates and decisions on loaded facts."""

from portal.laboratories.policies.agreements import (
    AgreementFacts,
    agreement_is_of_own_district,
    agreement_is_public,
)
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
    proposal_is_shared,
    proposal_was_handed_in,
)
from portal.laboratories.policies.sheet_merge import (
    SHEET_PARTS,
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
    "ASK_AGAIN_DAYS",
    "MOST_WAITING_COMMENTS",
    "REMIND_DAYS_BEFORE",
    "SHEET_PARTS",
    "SHEET_TEXTS",
    "AgreementFacts",
    "AnswerFacts",
    "Clash",
    "CommentRefusal",
    "CommitmentFacts",
    "LaboratoryFacts",
    "Merge",
    "PhaseGuard",
    "ProgressFacts",
    "ProposalFacts",
    "SheetFacts",
    "SupportFacts",
    "SupportRefusal",
    "actor_edits_sheet",
    "agreement_is_of_own_district",
    "agreement_is_public",
    "commitment_is_of_actor",
    "commitment_is_of_led_laboratory",
    "days_late",
    "days_of_delay",
    "find_answer_refusal",
    "find_comment_refusal",
    "find_phase_guards",
    "find_support_refusal",
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
    "proposal_is_shared",
    "proposal_was_handed_in",
    "sheet_is_of_led_laboratory",
    "sheet_is_public",
    "speaks_for_office",
]
