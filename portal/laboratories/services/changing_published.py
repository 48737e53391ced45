"""Changing what everybody reads already, and telling who supports it."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.history import record_step
from portal.core.jobs import defer
from portal.core.text import short_name
from portal.laboratories.emails import proposals as emails
from portal.laboratories.models import Proposal, ProposalSupport, ProposalVersion
from portal.laboratories.services.proposal_content import (
    ProposalContent,
    check_neighbourhood,
    write_words,
)
from portal.laboratories.services.proposals import (
    HISTORY,
    ChangedMeanwhileError,
    check_writing,
    lock_own,
)
from portal.laboratories.services.versions import write_version
from portal.laboratories.states import ProposalState

FIELDS = (
    "title",
    "text",
    "needs",
    "what_i_offer",
    "place_words",
    "category",
    "neighbourhood_id",
    "map_x",
    "map_y",
)


def change_published(
    *, actor: Actor, proposal_id: int, version: int, content: ProposalContent
) -> ProposalVersion | None:
    """Change a published proposal while proposals are open; return its new version, if any.

    What everybody could read before stays as a version. Who supports it is told when the title or
    the text changed. Raises `ChangedMeanwhileError` when another window saved since,
    `WritingClosedError` when it is too late, `ForbiddenStepError` unless it is published and not
    merged into another, `RuleBrokenError` without a text.
    """
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state is not ProposalState.PUBLISHED or proposal.merged_into_id is not None:
        raise ForbiddenStepError
    check_writing(proposal.laboratory)
    if proposal.version != version:
        raise ChangedMeanwhileError(proposal.version)
    if not content.text.strip():
        raise RuleBrokenError(_l("Tell your idea in a few lines."), "text")
    check_neighbourhood(proposal, content.neighbourhood_id)
    before = {name: getattr(proposal, name) for name in FIELDS}
    write_words(proposal, content)
    changed = {name for name in FIELDS if getattr(proposal, name) != before[name]}
    if not changed:
        return None
    session().flush()
    saved = write_version(proposal, saved_by_id=actor.account_id)
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=proposal.id,
        action="change",
        on_behalf_of=proposal.association_name,
    )
    if changed & {"title", "text"}:
        defer("tell_supporters", proposal_id=proposal.id)
    return saved


def tell_supporters(*, proposal_id: int) -> None:
    """Tell who supports a proposal that its text changed; run twice, each is told once."""
    proposal = session().get(Proposal, proposal_id)
    if proposal is None or proposal.state is not ProposalState.PUBLISHED:
        return
    author = session().get(User, proposal.author_id) if proposal.author_id else None
    name = proposal.association_name or short_name(
        author.display_name if author else proposal.author_name or ""
    )
    readers = session().scalars(
        select(User)
        .join(ProposalSupport, ProposalSupport.user_id == User.id)
        .where(
            ProposalSupport.proposal_id == proposal_id,
            User.id.is_distinct_from(proposal.author_id),
            User.email.is_not(None),
        )
        .order_by(User.id)
    )
    for reader in readers.all():
        emails.mail_changed(reader=reader, proposal=proposal, author=name)
