"""Co-authors: asked by the author, standing beside once they accept."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from portal.accounts.credentials import normalise_email
from portal.accounts.models import User
from portal.accounts.queries import get_person, recipients_of
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.laboratories.emails import coauthors as emails
from portal.laboratories.models import Proposal, ProposalCoauthor
from portal.laboratories.services.proposals import HISTORY, lock_own
from portal.laboratories.states import CoauthorState, ProposalState
from portal.registry.queries import get_association, list_representatives

MOST_COAUTHORS = 20
CLOSED = frozenset({ProposalState.WITHDRAWN, ProposalState.REFUSED})
"""Nobody can be asked to stand beside these any more."""


def invite_person(*, actor: Actor, proposal_id: int, email: str) -> ProposalCoauthor:
    """Ask somebody by e-mail to stand beside the author; whether there is an account is no matter.

    Raises `RuleBrokenError` for one's own address, one asked already, or too many asked;
    `ForbiddenStepError` for a proposal that was taken back or refused.
    """
    proposal = _lock_open(actor, proposal_id)
    address = _address(email)
    if address == (actor.email or "").lower():
        raise RuleBrokenError(_l("This is your own address: you are the author already."), "email")
    is_known = session().scalar(
        select(ProposalCoauthor.id).where(
            ProposalCoauthor.proposal_id == proposal_id,
            func.lower(ProposalCoauthor.email) == address,
        )
    )
    if is_known is not None:
        raise RuleBrokenError(_l("This person has been asked already."), "email")
    asked = _ask(actor, proposal, ProposalCoauthor(email=address, name=address))
    emails.mail_asked_person(coauthor=asked, proposal=proposal, inviter=actor)
    return asked


def invite_association(*, actor: Actor, proposal_id: int, association_id: int) -> ProposalCoauthor:
    """Ask an association to stand beside the author: whoever represents it may accept.

    Raises as `invite_person`, and `RuleBrokenError` for one that nobody represents here.
    """
    proposal = _lock_open(actor, proposal_id)
    if association_id == proposal.association_id:
        raise RuleBrokenError(_l("The proposal is this association’s own."), "association")
    is_known = session().scalar(
        select(ProposalCoauthor.id).where(
            ProposalCoauthor.proposal_id == proposal_id,
            ProposalCoauthor.association_id == association_id,
        )
    )
    if is_known is not None:
        raise RuleBrokenError(_l("This association has been asked already."), "association")
    representatives = list_representatives(association_id)
    if not representatives:
        raise RuleBrokenError(
            _l("Nobody looks after this association here yet: ask a person of it by e-mail."),
            "association",
        )
    asked = _ask(
        actor,
        proposal,
        ProposalCoauthor(association_id=association_id, name=get_association(association_id).name),
    )
    for reader_id, reader in recipients_of([r.user_id for r in representatives]).items():
        if reader_id != actor.id:
            emails.mail_asked_association(
                coauthor=asked, proposal=proposal, inviter=actor, reader_id=reader_id, reader=reader
            )
    return asked


def take_back_invitation(*, actor: Actor, proposal_id: int, coauthor_id: int) -> None:
    """Take back what was asked, before an answer; a second tap changes nothing.

    Raises `ForbiddenStepError` once they accepted: only they step back themselves.
    """
    lock_own(actor=actor, proposal_id=proposal_id)
    asked = session().get(ProposalCoauthor, coauthor_id)
    if asked is None:
        return
    if asked.proposal_id != proposal_id:
        raise NotFoundError
    if asked.state is CoauthorState.ACCEPTED:
        raise ForbiddenStepError
    session().delete(asked)
    session().flush()


def accept_coauthorship(*, actor: Actor, coauthor_id: int) -> ProposalCoauthor:
    """Stand beside the author, for oneself or for the association one represents.

    A second tap changes nothing. Raises `NotFoundError` for whom it is not meant,
    `ForbiddenStepError` where the proposal was taken back or refused.
    """
    asked, proposal = _hold_mine(actor, coauthor_id)
    if asked.state is CoauthorState.ACCEPTED:
        return asked
    if proposal.state in CLOSED:
        raise ForbiddenStepError
    if asked.association_id is None:
        asked.name = actor.name
    _answer(actor, asked, proposal, CoauthorState.ACCEPTED)
    return asked


def decline_coauthorship(*, actor: Actor, coauthor_id: int) -> ProposalCoauthor:
    """Say no, or step back after a yes; raises `NotFoundError` for whom it is not meant."""
    asked, proposal = _hold_mine(actor, coauthor_id)
    if asked.state is not CoauthorState.DECLINED:
        _answer(actor, asked, proposal, CoauthorState.DECLINED)
    return asked


def is_asked(*, actor: Actor, email: str | None, association_id: int | None) -> bool:
    """Say whether an invitation is for the actor: their confirmed address, or their association."""
    if not actor.is_signed_in:
        return False
    if association_id is not None:
        return association_id in actor.association_ids
    if email is None or email.lower() != (actor.email or "").lower():
        return False
    return get_person(actor.account_id).is_confirmed


def _ask(actor: Actor, proposal: Proposal, asked: ProposalCoauthor) -> ProposalCoauthor:
    statement = select(func.count()).where(ProposalCoauthor.proposal_id == proposal.id)
    if (session().scalar(statement) or 0) >= MOST_COAUTHORS:
        raise RuleBrokenError(
            _l("At most %(most)s people and associations can be asked.", most=MOST_COAUTHORS)
        )
    asked.proposal_id = proposal.id
    asked.invited_by_id = actor.account_id
    asked.state = CoauthorState.INVITED
    session().add(asked)
    session().flush()
    return asked


def _answer(
    actor: Actor, asked: ProposalCoauthor, proposal: Proposal, state: CoauthorState
) -> None:
    asked.state, asked.answered_at, asked.user_id = state, utc_now(), actor.account_id
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=proposal.id,
        action="join" if state is CoauthorState.ACCEPTED else "not_join",
        on_behalf_of=asked.name if asked.association_id else None,
    )
    author = session().get(User, proposal.author_id) if proposal.author_id else None
    if author is not None and author.id != actor.id:
        emails.mail_answered(coauthor=asked, proposal=proposal, author=author, person=actor.name)


def _lock_open(actor: Actor, proposal_id: int) -> Proposal:
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state in CLOSED:
        raise ForbiddenStepError
    return proposal


def _hold_mine(actor: Actor, coauthor_id: int) -> tuple[ProposalCoauthor, Proposal]:
    asked = session().scalar(
        select(ProposalCoauthor)
        .where(ProposalCoauthor.id == coauthor_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if asked is None or not is_asked(
        actor=actor, email=asked.email, association_id=asked.association_id
    ):
        raise NotFoundError
    return asked, session().get_one(Proposal, asked.proposal_id)


def _address(email: str) -> str:
    try:
        return normalise_email(email)
    except ValueError as error:
        raise RuleBrokenError(
            _l("Write an e-mail address like name@example.org."), "email"
        ) from error
