"""What stands in the way of a laboratory's next phase, read from its meetings and papers."""

from sqlalchemy import func, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.laboratories.models import Agreement, Meeting, Proposal, ProposalAnswer
from portal.laboratories.policies import PhaseGuard, ProgressFacts, find_phase_guards
from portal.laboratories.states import (
    UNDECIDED_STATES,
    MeetingKind,
    MeetingState,
    Phase,
    ProposalState,
)


def list_phase_guards(laboratory_id: int, phase: Phase) -> tuple[PhaseGuard, ...]:
    """Return what is missing before the laboratory can leave `phase`."""
    return find_phase_guards(phase, _load_facts(laboratory_id))


def _load_facts(laboratory_id: int) -> ProgressFacts:
    held = select(func.count(), func.count().filter(Meeting.kind == MeetingKind.SHARING)).where(
        Meeting.laboratory_id == laboratory_id,
        Meeting.state == MeetingState.PLANNED,
        Meeting.ends_at <= utc_now(),
    )
    meetings, sharing = session().execute(held.select_from(Meeting)).one()
    answered = select(ProposalAnswer.proposal_id).where(ProposalAnswer.replaced_at.is_(None))
    to_read, to_answer = (
        session()
        .execute(
            select(
                func.count().filter(Proposal.state.in_(UNDECIDED_STATES)),
                func.count().filter(
                    Proposal.state == ProposalState.PUBLISHED, Proposal.id.not_in(answered)
                ),
            ).where(Proposal.laboratory_id == laboratory_id)
        )
        .one()
    )
    newest = (
        select(Agreement.state)
        .where(Agreement.laboratory_id == laboratory_id)
        .order_by(Agreement.id.desc())
        .limit(1)
    )
    return ProgressFacts(
        meetings_held=meetings,
        sharing_meetings_held=sharing,
        proposals_to_read=to_read,
        proposals_to_answer=to_answer,
        agreement=session().scalar(newest),
    )
