"""What laboratories and proposals are asked."""

from portal.laboratories.queries.coauthors import AuthorRow, list_authors
from portal.laboratories.queries.laboratories import (
    LaboratoryDetail,
    LaboratoryRow,
    count_open_laboratories,
    get_laboratory,
    list_laboratories,
    list_open_laboratories,
    search_laboratories,
)
from portal.laboratories.queries.listed_projects import ListedProjectRow, find_listed_project
from portal.laboratories.queries.proposal_lists import (
    MyProposalRow,
    ProposalOrder,
    ProposalRow,
    ProposalStanding,
    ProposalVoice,
    list_proposals_of,
    list_published_proposals,
    list_recent_published,
    search_proposals,
)
from portal.laboratories.queries.proposals import ProposalDetail, get_proposal, get_proposal_of_case
from portal.laboratories.queries.renewals import list_renewable_agreements
from portal.laboratories.queries.similar import find_similar_proposals
from portal.laboratories.queries.talk_cases import get_comment_case, get_report_case
from portal.laboratories.queries.ties import (
    count_agreements_of,
    count_proposals_of,
    list_agreement_links,
    list_proposal_links,
)

__all__ = [
    "AuthorRow",
    "LaboratoryDetail",
    "LaboratoryRow",
    "ListedProjectRow",
    "MyProposalRow",
    "ProposalDetail",
    "ProposalOrder",
    "ProposalRow",
    "ProposalStanding",
    "ProposalVoice",
    "count_agreements_of",
    "count_open_laboratories",
    "count_proposals_of",
    "find_listed_project",
    "find_similar_proposals",
    "get_comment_case",
    "get_laboratory",
    "get_proposal",
    "get_proposal_of_case",
    "get_report_case",
    "list_agreement_links",
    "list_authors",
    "list_laboratories",
    "list_open_laboratories",
    "list_proposal_links",
    "list_proposals_of",
    "list_published_proposals",
    "list_recent_published",
    "list_renewable_agreements",
    "search_laboratories",
    "search_proposals",
]
