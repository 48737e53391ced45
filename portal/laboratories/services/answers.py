"""The municipality answers proposals, and the author may ask once more (behaviour 21)."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today, to_local, utc_now
from portal.core.database import session
from portal.core.errors import DomainError, ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.core.jobs import defer
from portal.laboratories.emails import answers as emails
from portal.laboratories.models import (
    Laboratory,
    Proposal,
    ProposalAnswer,
    ProposalCoauthor,
    ProposalSupport,
)
from portal.laboratories.policies import (
    AnswerFacts,
    find_answer_refusal,
    may_ask_again,
)
from portal.laboratories.states import (
    AnswerOutcome,
    AnswerRefusal,
    CoauthorState,
    ProposalState,
)

HISTORY = "proposal"

REFUSED = {
    AnswerRefusal.NOT_PUBLISHED: _l("Only a proposal that everybody reads is answered."),
    AnswerRefusal.TARGET_NOT_PUBLIC: _l("Choose a proposal that everybody reads."),
    AnswerRefusal.TARGET_IS_ITSELF: _l(
        "A proposal cannot be merged into itself: choose another one."
    ),
    AnswerRefusal.TARGET_ELSEWHERE: _l("Choose a proposal of the same laboratory."),
    AnswerRefusal.TARGET_IS_MERGED: _l(
        "That one is merged into another itself: choose the one it is part of."
    ),
}
"""What each refusal says beside the field."""


class AnswerChangedError(DomainError):
    """A colleague has answered since the page was opened; `answer_id` is what stands now."""

    sentence = _l("Somebody has answered this proposal in the meantime: read it again.")

    def __init__(self, answer_id: int) -> None:
        """Keep which answer stands now."""
        super().__init__()
        self.answer_id = answer_id


@dataclass(frozen=True)
class AnswerContent:
    """What the municipality answers."""

    outcome: AnswerOutcome
    reasons: str
    office_id: int
    headline: str | None = None
    cost_cents: int | None = None
    cost_words: str | None = None
    times: str | None = None
    merged_into_id: int | None = None
    contact_name: str | None = None


def publish_answer(
    *, actor: Actor, proposal_id: int, seen_answer_id: int, content: AnswerContent
) -> ProposalAnswer:
    """Answer a proposal in public; another answer takes the place of the one before.

    `seen_answer_id` is the answer that was on the page, 0 for none: raises `AnswerChangedError`
    when a colleague was faster, `RuleBrokenError` for what cannot be answered so. A job tells
    authors and supporters.
    """
    proposal = _lock(proposal_id)
    standing = _standing(proposal_id)
    if (standing.id if standing else 0) != seen_answer_id:
        raise AnswerChangedError(standing.id if standing else 0)
    _check(proposal, content)
    if standing is not None:
        standing.replaced_at = utc_now()
        session().flush()
    is_merged = content.outcome is AnswerOutcome.MERGED
    is_accepted = content.outcome is AnswerOutcome.ACCEPTED
    answer = ProposalAnswer(
        proposal_id=proposal.id,
        outcome=content.outcome,
        headline=content.headline or None,
        reasons=content.reasons,
        cost_cents=content.cost_cents if is_accepted else None,
        cost_words=(content.cost_words or None) if is_accepted else None,
        times=(content.times or None) if is_accepted else None,
        merged_into_id=content.merged_into_id if is_merged else None,
        office_id=content.office_id,
        contact_name=content.contact_name or None,
        published_at=utc_now(),
        due_on=proposal.answer_due_on,
        answered_by_id=actor.account_id,
    )
    proposal.merged_into_id = answer.merged_into_id
    session().add(answer)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=proposal.id,
        action=f"answer_{content.outcome}",
        note=content.reasons,
    )
    defer("mail_proposal_answer", answer_id=answer.id)
    return answer


def ask_again(*, actor: Actor, proposal_id: int, reason: str) -> ProposalAnswer:
    """Ask, as the author, to look at an answer once more; the second of two taps changes nothing.

    Raises `ForbiddenStepError` without an answer, for others than the author, and after thirty
    days.
    """
    proposal = _lock(proposal_id)
    answer = _standing(proposal_id)
    if answer is None or proposal.author_id != actor.account_id:
        raise ForbiddenStepError
    if answer.asked_again_at is not None:
        return answer
    answered_on = to_local(answer.published_at).date()
    if not may_ask_again(answered_on=answered_on, has_asked=False, today=local_today()):
        raise ForbiddenStepError(_l("An answer can be asked again within thirty days."))
    answer.asked_again_at, answer.asked_again_why = utc_now(), reason
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=proposal.id, action="ask_again", note=reason
    )
    leader_id = session().get_one(Laboratory, proposal.laboratory_id).architect_id
    if leader_id is not None and leader_id != actor.id:
        emails.mail_asked_again(
            reader=session().get_one(User, leader_id), proposal=proposal, answer=answer
        )
    return answer


def release_merged(*, actor: Actor, proposal_id: int) -> int:
    """Let proposals merged into one that was taken back wait for an answer again.

    Returns how many. What was answered stays in their history.
    """
    merged = (
        session()
        .scalars(select(Proposal).where(Proposal.merged_into_id == proposal_id).with_for_update())
        .all()
    )
    for proposal in merged:
        standing = _standing(proposal.id)
        if standing is not None:
            standing.replaced_at = utc_now()
        proposal.merged_into_id = None
        record_step(
            actor=actor, subject_kind=HISTORY, subject_id=proposal.id, action="answer_ended"
        )
    session().flush()
    return len(merged)


def mail_answer(*, answer_id: int) -> int:
    """Tell authors and supporters of an answer; return to how many.

    For the job: safe to run twice, each is told once. Who answered is not told.
    """
    answer = session().get(ProposalAnswer, answer_id)
    if answer is None:
        return 0
    proposal = session().get_one(Proposal, answer.proposal_id)
    authors = {proposal.author_id} | set(
        session().scalars(
            select(ProposalCoauthor.user_id).where(
                ProposalCoauthor.proposal_id == proposal.id,
                ProposalCoauthor.state == CoauthorState.ACCEPTED,
            )
        )
    )
    supporters = set(
        session().scalars(
            select(ProposalSupport.user_id).where(ProposalSupport.proposal_id == proposal.id)
        )
    )
    told = (authors | supporters) - {None, answer.answered_by_id}
    readers = session().scalars(select(User).where(User.id.in_(told)).order_by(User.id)).all()
    for reader in readers:
        emails.mail_answered(
            reader=reader, proposal=proposal, answer=answer, is_author=reader.id in authors
        )
    return len(readers)


def _check(proposal: Proposal, content: AnswerContent) -> None:
    target = session().get(Proposal, content.merged_into_id) if content.merged_into_id else None
    refusal = find_answer_refusal(
        _facts(proposal), content.outcome, _facts(target) if target else None
    )
    if refusal is not None:
        raise RuleBrokenError(REFUSED[refusal], "merged_into_id")


def _facts(proposal: Proposal) -> AnswerFacts:
    return AnswerFacts(proposal.id, proposal.laboratory_id, proposal.state, proposal.merged_into_id)


def _standing(proposal_id: int) -> ProposalAnswer | None:
    return session().scalar(
        select(ProposalAnswer).where(
            ProposalAnswer.proposal_id == proposal_id, ProposalAnswer.replaced_at.is_(None)
        )
    )


def _lock(proposal_id: int) -> Proposal:
    proposal = session().scalar(
        select(Proposal)
        .where(Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None or proposal.state not in (
        ProposalState.PUBLISHED,
        ProposalState.WITHDRAWN,
    ):
        raise NotFoundError
    return proposal
