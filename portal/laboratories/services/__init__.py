"""What can be done with laboratories and everything in them."""

from portal.laboratories.services.changing_published import change_published, tell_supporters
from portal.laboratories.services.laboratories import (
    LaboratoryChangedError,
    LaboratoryContent,
    PhaseGuardedError,
    PhasePlan,
    advance_phase,
    archive_laboratory,
    change_laboratory,
    create_laboratory,
    default_phases,
    go_back,
    set_phases,
)
from portal.laboratories.services.proposal_content import ProposalContent
from portal.laboratories.services.proposals import (
    ChangedMeanwhileError,
    WritingClosedError,
    apply_decision,
    reassign_proposals,
    save_draft,
    start_proposal,
    submit_proposal,
    withdraw_proposal,
)

__all__ = [
    "ChangedMeanwhileError",
    "LaboratoryChangedError",
    "LaboratoryContent",
    "PhaseGuardedError",
    "PhasePlan",
    "ProposalContent",
    "WritingClosedError",
    "advance_phase",
    "apply_decision",
    "archive_laboratory",
    "change_laboratory",
    "change_published",
    "create_laboratory",
    "default_phases",
    "go_back",
    "reassign_proposals",
    "save_draft",
    "set_phases",
    "start_proposal",
    "submit_proposal",
    "tell_supporters",
    "withdraw_proposal",
]
