"""What everybody reads of a proposal's way: published, changed, answered, joined by others."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy import and_, func, or_, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.text import short_name
from portal.laboratories.models import Proposal, ProposalAnswer
from portal.laboratories.queries.answers import is_standing
from portal.laboratories.queries.versions import VersionRow, list_versions
from portal.laboratories.states import AnswerOutcome, ProposalState


@dataclass(frozen=True)
class AnswerStep:
    """The municipality answered; another answer may have replaced it since."""

    kind: ClassVar[str] = "answer"
    at: datetime
    outcome: AnswerOutcome


@dataclass(frozen=True)
class MergedStep:
    """Another proposal became part of this one."""

    kind: ClassVar[str] = "merged"
    at: datetime
    proposal_id: int
    title: str
    author: str
    """As the public reads it."""


StoryStep = VersionRow | AnswerStep | MergedStep


def list_story(proposal_id: int) -> list[StoryStep]:
    """Return the steps of a public proposal, the newest first; two statements."""
    steps: list[StoryStep] = [*list_versions(proposal_id), *_list_answers(proposal_id)]
    return sorted(steps, key=lambda step: step.at, reverse=True)


def _list_answers(proposal_id: int) -> list[StoryStep]:
    has_joined = and_(
        ProposalAnswer.merged_into_id == proposal_id,
        is_standing(),
        Proposal.state == ProposalState.PUBLISHED,
    )
    rows = session().execute(
        select(
            ProposalAnswer.published_at,
            ProposalAnswer.outcome,
            Proposal.id,
            Proposal.title,
            func.coalesce(User.display_name, Proposal.author_name).label("author"),
            Proposal.association_name,
        )
        .join(Proposal, Proposal.id == ProposalAnswer.proposal_id)
        .outerjoin(User, User.id == Proposal.author_id)
        .where(or_(ProposalAnswer.proposal_id == proposal_id, has_joined))
    )
    return [
        AnswerStep(row.published_at, row.outcome)
        if row.id == proposal_id
        else MergedStep(
            row.published_at, row.id, row.title, row.association_name or short_name(row.author)
        )
        for row in rows
    ]
