"""Mails about the municipality's answer to a proposal, and about what offices are asked."""

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import FeasibilityReview, Proposal, ProposalAnswer


def mail_answered(
    *, reader: User, proposal: Proposal, answer: ProposalAnswer, is_author: bool
) -> None:
    """Tell an author or a supporter what the municipality answers."""
    queue_mail(
        event_key=f"proposal_answer:{answer.id}:published:{reader.id}",
        to=reader.email,
        phone_id=reader.id if is_author else None,
        locale=reader.locale,
        template="laboratories/proposal_answered",
        name=reader.display_name,
        title=proposal.title,
        outcome=answer.outcome,
        headline=answer.headline,
        reasons=answer.reasons,
        is_author=is_author,
        proposal_address=_address(proposal),
    )


def mail_asked_again(*, reader: User, proposal: Proposal, answer: ProposalAnswer) -> None:
    """Tell who leads the laboratory that an author asks to look at an answer once more."""
    queue_mail(
        event_key=f"proposal_answer:{answer.id}:asked_again:{reader.id}",
        to=reader.email,
        locale=reader.locale,
        template="laboratories/answer_asked_again",
        name=reader.display_name,
        title=proposal.title,
        reason=answer.asked_again_why,
        desk_address=_desk_address(proposal),
    )


def mail_review_asked(*, review: FeasibilityReview, proposal: Proposal) -> None:
    """Tell an office that its opinion is asked for, and by when."""
    queue_mail(
        event_key=f"feasibility_review:{review.id}:asked",
        to=review.office.email,
        template="laboratories/review_asked",
        name=review.office.name,
        title=proposal.title,
        question=review.question,
        due_on=review.due_on,
        proposal_address=_address(proposal),
        desk_address=_desk_address(proposal),
    )


def _address(proposal: Proposal) -> str:
    return absolute_url(
        "laboratories.show_proposal", slug=proposal.laboratory.slug, proposal_id=proposal.id
    )


def _desk_address(proposal: Proposal) -> str:
    return absolute_url(
        "laboratories.show_proposal_desk", slug=proposal.laboratory.slug, proposal_id=proposal.id
    )
