"""What a proposal says and said: each text that everybody could read is kept."""

from sqlalchemy import func, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.laboratories.models import Proposal, ProposalVersion


def write_version(proposal: Proposal, *, saved_by_id: int | None) -> ProposalVersion:
    """Keep what a proposal says now; the first version is what was published."""
    newest = session().scalar(
        select(func.max(ProposalVersion.number)).where(ProposalVersion.proposal_id == proposal.id)
    )
    version = ProposalVersion(
        proposal_id=proposal.id,
        number=(newest or 0) + 1,
        title=proposal.title,
        text=proposal.text,
        needs=proposal.needs,
        what_i_offer=proposal.what_i_offer,
        place_words=proposal.place_words,
        saved_by_id=saved_by_id,
        saved_at=utc_now(),
    )
    session().add(version)
    session().flush()
    return version
