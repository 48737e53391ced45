"""What can be done with laboratories and everything in them."""

from portal.laboratories.services.laboratories import (
    LaboratoryChangedError,
    LaboratoryContent,
    PhaseContent,
    PhaseGuardedError,
    advance_phase,
    archive_laboratory,
    change_laboratory,
    create_laboratory,
    default_phases,
    go_back,
    set_phases,
)
from portal.laboratories.services.news import (
    add_document,
    mail_new_news,
    publish_news,
    remove_document,
)
from portal.laboratories.services.people import join_laboratory, stop_following
from portal.laboratories.services.proposals import (
    ChangedMeanwhileError,
    ProposalContent,
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
    "PhaseContent",
    "PhaseGuardedError",
    "ProposalContent",
    "WritingClosedError",
    "add_document",
    "advance_phase",
    "apply_decision",
    "archive_laboratory",
    "change_laboratory",
    "create_laboratory",
    "default_phases",
    "go_back",
    "join_laboratory",
    "mail_new_news",
    "publish_news",
    "reassign_proposals",
    "remove_document",
    "save_draft",
    "set_phases",
    "start_proposal",
    "stop_following",
    "submit_proposal",
    "withdraw_proposal",
]
