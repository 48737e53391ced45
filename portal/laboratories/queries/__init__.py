"""What laboratories and proposals are asked."""

from portal.laboratories.queries.laboratories import (
    LaboratoryDetail,
    LaboratoryRow,
    count_open_laboratories,
    get_laboratory,
    list_laboratories,
    list_open_laboratories,
    search_laboratories,
)
from portal.laboratories.queries.proposal_lists import (
    MyProposalRow,
    ProposalOrder,
    ProposalRow,
    ProposalVoice,
    list_proposals_of,
    list_published_proposals,
    list_recent_published,
    search_proposals,
)
from portal.laboratories.queries.proposals import (
    ProposalDetail,
    get_proposal,
    get_proposal_of_case,
)
from portal.laboratories.queries.talk import get_comment_case, get_report_case
from portal.laboratories.queries.ties import count_proposals_of, list_proposal_links

__all__ = [
    "LaboratoryDetail",
    "LaboratoryRow",
    "MyProposalRow",
    "ProposalDetail",
    "ProposalOrder",
    "ProposalRow",
    "ProposalVoice",
    "count_open_laboratories",
    "count_proposals_of",
    "get_comment_case",
    "get_laboratory",
    "get_proposal",
    "get_proposal_of_case",
    "get_report_case",
    "list_laboratories",
    "list_open_laboratories",
    "list_proposal_links",
    "list_proposals_of",
    "list_published_proposals",
    "list_recent_published",
    "search_laboratories",
    "search_proposals",
]
