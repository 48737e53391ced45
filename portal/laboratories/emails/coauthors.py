"""Mails about who stands beside the author of a proposal."""

from typing import Any

from portal.accounts.models import User
from portal.accounts.queries import Recipient
from portal.core.access import Actor
from portal.core.mail import absolute_url, queue_mail
from portal.core.signed_links import sign
from portal.core.text import short_name
from portal.laboratories.models import Proposal, ProposalCoauthor
from portal.laboratories.states import CoauthorState

COAUTHOR_LINK = "proposal-coauthor"
"""Purpose of the links that invitations carry."""


def mail_asked_person(*, coauthor: ProposalCoauthor, proposal: Proposal, inviter: Actor) -> None:
    """Ask somebody, known to the portal or not: the words are the same for both."""
    queue_mail(
        event_key=_key(coauthor, "asked"),
        to=coauthor.email,
        template="laboratories/coauthor_asked",
        **_context(coauthor, proposal, inviter),
    )


def mail_asked_association(
    *,
    coauthor: ProposalCoauthor,
    proposal: Proposal,
    inviter: Actor,
    reader_id: int,
    reader: Recipient,
) -> None:
    """Ask who represents an association: one of them answers for it."""
    queue_mail(
        event_key=_key(coauthor, f"asked:{reader_id}"),
        to=reader.email,
        template="laboratories/coauthor_asked",
        locale=reader.locale,
        phone_id=reader_id,
        **_context(coauthor, proposal, inviter),
    )


def mail_answered(
    *, coauthor: ProposalCoauthor, proposal: Proposal, author: User, person: str
) -> None:
    """Tell the author who stands beside them now, or does not."""
    queue_mail(
        event_key=_key(coauthor, f"{coauthor.state}:{author.id}"),
        to=author.email,
        template="laboratories/coauthor_answered",
        locale=author.locale,
        phone_id=author.id,
        name=author.display_name,
        person=person,
        association=coauthor.name if coauthor.association_id else None,
        has_accepted=coauthor.state is CoauthorState.ACCEPTED,
        title=proposal.title,
        address=absolute_url(
            "laboratories.show_proposal",
            slug=proposal.laboratory.slug,
            proposal_id=proposal.id,
        ),
    )


def _key(coauthor: ProposalCoauthor, event: str) -> str:
    return f"proposal_coauthor:{coauthor.id}:{event}"


def _context(coauthor: ProposalCoauthor, proposal: Proposal, inviter: Actor) -> dict[str, Any]:
    return {
        "inviter": short_name(inviter.name),
        "association": coauthor.name if coauthor.association_id else None,
        "title": proposal.title,
        "laboratory_title": proposal.laboratory.title,
        "address": absolute_url(
            "laboratories.show_coauthor_invitation", token=sign(COAUTHOR_LINK, coauthor.id)
        ),
    }
