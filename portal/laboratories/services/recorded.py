"""Proposals from phone, mail or paper: written down by staff, claimed later by their author.

Behaviour 29: what somebody says at the counter counts as what somebody types.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select
from werkzeug.datastructures import FileStorage

from portal.accounts.credentials import normalise_email
from portal.accounts.models import User
from portal.accounts.queries import find_user_by_email
from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.core.signed_links import read_short_code, short_code
from portal.core.text import short_name
from portal.laboratories.emails import proposals as emails
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.services.attachments import attach
from portal.laboratories.services.proposal_content import ProposalContent, write_content
from portal.laboratories.services.proposals import (
    HISTORY,
    check_writing,
    open_proposal_case,
)
from portal.laboratories.states import (
    PROPOSAL_TRANSITIONS,
    Origin,
    ProposalAction,
    ProposalState,
)
from portal.moderation.services import change_applicant, resubmit_case
from portal.moderation.states import CaseKind

CLAIM_CODE = "proposal-claim"
"""What the codes on receipts are for."""


@dataclass(frozen=True)
class RecordedPerson:
    """Who said or wrote it, as the clerk heard or read it."""

    origin: Origin
    name: str
    contact: str | None = None
    """For the office alone."""
    account_email: str | None = None
    """Of an account the author has already."""


def record_proposal(
    *,
    actor: Actor,
    laboratory_id: int,
    form_key: str,
    author: RecordedPerson,
    content: ProposalContent,
    scans: Sequence[FileStorage] = (),
) -> Proposal:
    """Write down a proposal of somebody else and hand it in at once.

    The same form (`form_key`) sent again gives the proposal it made before. As long as the phase
    lasts in which proposals are open: a letter takes its days. Raises `WritingClosedError`,
    `RuleBrokenError` for an account that does not exist, `FileRefusedError`.
    """
    known = session().scalar(
        select(Proposal).where(
            Proposal.recorded_by_id == actor.account_id, Proposal.form_key == form_key
        )
    )
    if known is not None:
        return known
    laboratory = session().get(Laboratory, laboratory_id)
    if laboratory is None:
        raise NotFoundError
    check_writing(laboratory, is_mending=True)
    account = _find_account(author.account_email)
    if account is not None and account.id == actor.id:
        raise RuleBrokenError(
            _l("This is your own account: write your own proposals as everybody does."), "account"
        )
    proposal = Proposal(
        laboratory=laboratory,
        form_key=form_key,
        origin=author.origin,
        recorded_by_id=actor.account_id,
        state=ProposalState.DRAFT,
        state_at=utc_now(),
    )
    _store(actor, proposal, author, account, content)
    for scan in scans:
        attach(proposal, title=_("Scan of the proposal"), upload=scan)
    proposal.submitted_at = utc_now()
    _step(actor, proposal, ProposalAction.SUBMIT)
    case = open_proposal_case(actor=actor, proposal=proposal)
    if account is not None:
        emails.mail_receipt(
            author=account, proposal=proposal, number=case.case_number, due_day=case.due_on
        )
    return proposal


def mend_recorded(*, actor: Actor, proposal_id: int, content: ProposalContent) -> Proposal:
    """Write down what the author mended and hand it in again; a second tap changes nothing.

    Only what has no account of its author yet: others mend theirs themselves. Raises
    `ForbiddenStepError` unless the office had sent it back.
    """
    proposal = _lock(Proposal.id == proposal_id)
    if proposal.state is ProposalState.SUBMITTED:
        return proposal
    if proposal.author_id is not None or proposal.state is not ProposalState.RETURNED:
        raise ForbiddenStepError
    check_writing(proposal.laboratory, is_mending=True)
    write_content(proposal, content)
    proposal.submitted_at = proposal.state_at = utc_now()
    proposal.reason = None
    _step(actor, proposal, ProposalAction.RESUBMIT)
    resubmit_case(actor=actor, kind=CaseKind.PROPOSAL, subject_id=proposal.id, title=proposal.title)
    return proposal


def claim_proposal(*, actor: Actor, code: str) -> Proposal:
    """Become the author of a recorded proposal by the code on its receipt, which then is used.

    Raises `RuleBrokenError` for a code that opens nothing (any more), or for who wrote it down.
    """
    proposal = session().scalar(
        select(Proposal)
        .where(Proposal.claim_key == key_of(read_short_code(code)))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None:
        raise RuleBrokenError(
            _l("No proposal waits for this code. Look at the receipt again: each code works once."),
            "code",
        )
    if proposal.recorded_by_id == actor.id:
        raise RuleBrokenError(
            _l("You wrote this proposal down for somebody else: the code is theirs."), "code"
        )
    proposal.author_id = actor.account_id
    proposal.claim_key = proposal.author_contact = None
    session().flush()
    change_applicant(kind=CaseKind.PROPOSAL, subject_id=proposal.id, applicant_id=actor.account_id)
    record_step(actor=actor, subject_kind=HISTORY, subject_id=proposal.id, action="claim")
    recorder = session().get_one(User, proposal.recorded_by_id)
    emails.mail_claimed(recorder=recorder, proposal=proposal, author=short_name(actor.name))
    return proposal


def claim_code_of(proposal_id: int) -> str:
    """Return the code on the receipt of a recorded proposal."""
    return short_code(CLAIM_CODE, proposal_id)


def key_of(code: str) -> str:
    """Return what is kept of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def _store(
    actor: Actor,
    proposal: Proposal,
    author: RecordedPerson,
    account: User | None,
    content: ProposalContent,
) -> None:
    proposal.author_id = account.id if account else None
    proposal.author_name = author.name
    proposal.author_contact = None if account else author.contact or None
    write_content(proposal, content)
    session().add(proposal)
    session().flush()
    if account is None:
        proposal.claim_key = key_of(claim_code_of(proposal.id))
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=proposal.id,
        action="record",
        to_state=proposal.state,
        note=author.name,
    )


def _step(actor: Actor, proposal: Proposal, action: ProposalAction) -> None:
    take_step(
        actor=actor,
        subject=proposal,
        transitions=PROPOSAL_TRANSITIONS,
        action=action,
        on_behalf_of=proposal.author_name,
    )
    session().flush()


def _find_account(email: str | None) -> User | None:
    if not email:
        return None
    try:
        found = find_user_by_email(normalise_email(email))
    except ValueError:
        found = None
    if found is None:
        raise RuleBrokenError(
            _l("There is no account with this address: leave it empty, or correct it."), "account"
        )
    return found


def _lock(condition: ColumnElement[bool]) -> Proposal:
    proposal = session().scalar(
        select(Proposal)
        .where(condition)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None:
        raise NotFoundError
    return proposal
