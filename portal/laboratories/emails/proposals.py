"""Mails about a proposal. The event key holds the version, so that each step is told once."""

from datetime import date
from typing import Any

from portal.accounts.models import User
from portal.core.mail import absolute_url, queue_mail
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.states import ProposalAction


def mail_receipt(*, author: User, proposal: Proposal, number: str, due_day: date) -> None:
    """Confirm that a proposal arrived, with its number and the day by which it is answered."""
    _mail("submitted", author, proposal, number=number, due_day=due_day)


def mail_published(*, author: User, proposal: Proposal) -> None:
    """Tell the author that everybody can read the proposal now."""
    _mail("published", author, proposal)


def mail_returned(*, author: User, proposal: Proposal) -> None:
    """Tell the author what to mend, and where."""
    _mail("returned", author, proposal)


def mail_refused(*, author: User, proposal: Proposal) -> None:
    """Tell the author why the proposal is not published."""
    _mail("refused", author, proposal)


def mail_recorder(*, recorder: User, proposal: Proposal, step: ProposalAction) -> None:
    """Tell who wrote a proposal down what became of it: its author is reached by them alone."""
    _mail("decided", recorder, proposal, step=step, author_name=proposal.author_name)


def mail_changed(*, reader: User, proposal: Proposal, author: str) -> None:
    """Tell somebody who supports a proposal that its text is another one, once a version."""
    _mail("changed", reader, proposal, person=author)


def mail_claimed(*, recorder: User, proposal: Proposal, author: str) -> None:
    """Tell who wrote a proposal down that its author has found it."""
    _mail("claimed", recorder, proposal, person=author)


def _mail(event: str, author: User, proposal: Proposal, **context: Any) -> None:  # noqa: ANN401 - what the template asks for
    laboratory: Laboratory = proposal.laboratory
    address = {"slug": laboratory.slug, "proposal_id": proposal.id}
    page = "laboratories.show_proposal"
    queue_mail(
        event_key=f"proposal:{proposal.id}:{event}:{proposal.version}:{author.id}",
        to=author.email,
        locale=author.locale,
        phone_id=author.id,
        template=f"laboratories/proposal_{event}",
        name=author.display_name,
        title=proposal.title,
        laboratory_title=laboratory.title,
        reason=proposal.reason,
        proposal_address=absolute_url(page, **address),
        edit_address=absolute_url("laboratories.show_edit_form", **address),
        laboratory_address=absolute_url("laboratories.show_laboratory", slug=laboratory.slug),
        **context,
    )
