"""What can be done with laboratories and everything in them."""

from portal.laboratories.services.attachments import add_attachment, remove_attachment
from portal.laboratories.services.changing_published import change_published, tell_supporters
from portal.laboratories.services.coauthors import (
    accept_coauthorship,
    decline_coauthorship,
    invite_association,
    invite_person,
    is_asked,
    take_back_invitation,
)
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
from portal.laboratories.services.listed_projects import list_project, withdraw_listed_project
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
from portal.laboratories.services.recorded import (
    RecordedPerson,
    claim_code_of,
    claim_proposal,
    mend_recorded,
    record_proposal,
)

__all__ = [
    "ChangedMeanwhileError",
    "LaboratoryChangedError",
    "LaboratoryContent",
    "PhaseGuardedError",
    "PhasePlan",
    "ProposalContent",
    "RecordedPerson",
    "WritingClosedError",
    "accept_coauthorship",
    "add_attachment",
    "advance_phase",
    "apply_decision",
    "archive_laboratory",
    "change_laboratory",
    "change_published",
    "claim_code_of",
    "claim_proposal",
    "create_laboratory",
    "decline_coauthorship",
    "default_phases",
    "go_back",
    "invite_association",
    "invite_person",
    "is_asked",
    "list_project",
    "mend_recorded",
    "reassign_proposals",
    "record_proposal",
    "remove_attachment",
    "save_draft",
    "set_phases",
    "start_proposal",
    "submit_proposal",
    "take_back_invitation",
    "tell_supporters",
    "withdraw_listed_project",
    "withdraw_proposal",
]
