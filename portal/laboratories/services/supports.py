"""Supporting a proposal, and taking the support back."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import DomainError, NotFoundError
from portal.laboratories.models import Proposal, ProposalSupport
from portal.laboratories.policies import SupportFacts, SupportRefusal, find_support_refusal
from portal.laboratories.queries.windows import find_window_of
from portal.laboratories.states import Ability, ProposalState

SENTENCES = {
    SupportRefusal.NOT_PUBLIC: _l("This proposal is not public: it cannot be supported."),
    SupportRefusal.OWN: _l("It is your own proposal: the support of others counts."),
    SupportRefusal.CLOSED: _l("Proposals of this laboratory cannot be supported today."),
}


class SupportRefusedError(DomainError):
    """The proposal cannot be supported by this person today; `refusal` says why."""

    def __init__(self, refusal: SupportRefusal) -> None:
        """Keep the named reason."""
        super().__init__(SENTENCES[refusal])
        self.refusal = refusal


def support_proposal(*, actor: Actor, proposal_id: int) -> None:
    """Support a proposal; the second of two taps changes nothing.

    Raises `SupportRefusedError`.
    """
    _check(actor, proposal_id)
    session().execute(
        insert(ProposalSupport)
        .values(proposal_id=proposal_id, user_id=actor.account_id, supported_at=utc_now())
        .on_conflict_do_nothing()
    )


def withdraw_support(*, actor: Actor, proposal_id: int) -> None:
    """Take one's support back, as long as supporting is open; raises `SupportRefusedError`."""
    _check(actor, proposal_id)
    session().execute(
        delete(ProposalSupport).where(
            ProposalSupport.proposal_id == proposal_id,
            ProposalSupport.user_id == actor.account_id,
        )
    )


def _check(actor: Actor, proposal_id: int) -> None:
    proposal = session().get(Proposal, proposal_id)
    if proposal is None:
        raise NotFoundError
    facts = SupportFacts(
        is_public=proposal.state is ProposalState.PUBLISHED,
        is_open=find_window_of(proposal.laboratory, Ability.SUPPORT).is_open,
        author_id=proposal.author_id,
    )
    refusal = find_support_refusal(actor, facts)
    if refusal is not None:
        raise SupportRefusedError(refusal)
