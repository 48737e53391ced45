"""Writing a proposal, handing it in, taking it back; what a decision does to it."""

from collections.abc import Callable
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, select, update

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import DomainError, ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.laboratories.emails import proposals as emails
from portal.laboratories.models import Laboratory, Proposal
from portal.laboratories.queries.windows import find_window_of
from portal.laboratories.services.answers import release_merged
from portal.laboratories.services.proposal_content import (
    ProposalContent,
    check_represents,
    write_content,
)
from portal.laboratories.services.versions import write_version
from portal.laboratories.states import (
    EDITABLE_STATES,
    PROPOSAL_TRANSITIONS,
    Ability,
    ProposalAction,
    ProposalState,
    Window,
)
from portal.moderation.models import Case
from portal.moderation.services import open_case, resubmit_case, withdraw_case
from portal.moderation.states import CaseAction, CaseKind

HISTORY = "proposal"

DECIDED = {
    CaseAction.ACCEPT: (ProposalAction.PUBLISH, emails.mail_published),
    CaseAction.RETURN: (ProposalAction.RETURN, emails.mail_returned),
    CaseAction.REFUSE: (ProposalAction.REFUSE, emails.mail_refused),
}
"""What each decision on the case does to the proposal, and the mail that says so."""


class WritingClosedError(DomainError):
    """No proposal can be written in this laboratory today; `window` says why."""

    sentence = _l("Proposals cannot be written here today. What you wrote before is still yours.")

    def __init__(self, window: Window) -> None:
        """Keep the named reason and its day."""
        super().__init__()
        self.window = window


class ChangedMeanwhileError(DomainError):
    """The proposal was saved elsewhere since this page was opened; `version` is the saved one."""

    sentence = _l("This proposal was changed in another window in the meantime. Read it again.")

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


def start_proposal(
    *, actor: Actor, laboratory_id: int, form_key: str, content: ProposalContent
) -> Proposal:
    """Save a new draft. The same form (`form_key`) sent again gives the draft it made before.

    Raises `WritingClosedError` outside the days of listening, `RuleBrokenError` for an
    association the author does not represent.
    """
    known = session().scalar(
        select(Proposal).where(
            Proposal.author_id == actor.account_id, Proposal.form_key == form_key
        )
    )
    if known is not None:
        return known
    laboratory = session().get(Laboratory, laboratory_id)
    if laboratory is None:
        raise NotFoundError
    check_writing(laboratory)
    proposal = Proposal(
        laboratory=laboratory,
        author_id=actor.account_id,
        form_key=form_key,
        state=ProposalState.DRAFT,
        state_at=utc_now(),
    )
    _write(actor, proposal, content)
    session().add(proposal)
    session().flush()
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=proposal.id,
        action="start",
        to_state=proposal.state,
        on_behalf_of=proposal.association_name,
    )
    return proposal


def save_draft(
    *, actor: Actor, proposal_id: int, version: int, content: ProposalContent
) -> Proposal:
    """Save what the author changed in a draft or in a returned proposal.

    `version` is the one the author saw: raises `ChangedMeanwhileError` when another window saved
    since, `ForbiddenStepError` once it was handed in, `WritingClosedError` when it is too late.
    """
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    _check_editable(proposal, version)
    _write(actor, proposal, content)
    session().flush()
    return proposal


def submit_proposal(*, actor: Actor, proposal_id: int, version: int) -> Proposal:
    """Hand a draft in, or a returned proposal again; the second of two taps changes nothing.

    Opens a case in the queue (or gives the returned one a new term) and mails a receipt. Raises
    as `save_draft` does, and `RuleBrokenError` without a text.
    """
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state is ProposalState.SUBMITTED:
        return proposal
    _check_editable(proposal, version)
    check_represents(actor=actor, association_id=proposal.association_id)
    if not proposal.text.strip():
        raise RuleBrokenError(_l("Tell your idea in a few lines before you send it."), "text")
    is_mended = proposal.state is ProposalState.RETURNED
    proposal.submitted_at = utc_now()
    proposal.reason = None
    _step(actor, proposal, ProposalAction.RESUBMIT if is_mended else ProposalAction.SUBMIT)
    session().flush()
    case = (
        _resubmit_case(actor, proposal)
        if is_mended
        else open_proposal_case(actor=actor, proposal=proposal)
    )
    emails.mail_receipt(
        author=get_author(proposal),
        proposal=proposal,
        number=case.case_number,
        due_day=case.due_on,
    )
    return proposal


def withdraw_proposal(*, actor: Actor, proposal_id: int) -> Proposal:
    """Take one's proposal back; what was published leaves its title and the date."""
    state = session().scalar(_own(actor, proposal_id).with_only_columns(Proposal.state))
    # A decider locks the case first and the proposal second: so does this.
    if state is ProposalState.SUBMITTED:
        _withdraw_case(actor, proposal_id)
    proposal = lock_own(actor=actor, proposal_id=proposal_id)
    if proposal.state is ProposalState.RETURNED:
        _withdraw_case(actor, proposal_id)
    _step(actor, proposal, ProposalAction.WITHDRAW)
    session().flush()
    release_merged(actor=actor, proposal_id=proposal.id)
    return proposal


def apply_decision(*, actor: Actor, case: Case, action: CaseAction, reason: str) -> None:
    """Publish, return or refuse the proposal of a decided case, and tell its author why."""
    proposal = session().scalar(
        select(Proposal)
        .where(Proposal.id == case.subject_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if proposal is None:
        raise NotFoundError
    step, mail = DECIDED[action]
    proposal.reason = reason
    if step is ProposalAction.PUBLISH:
        days = proposal.laboratory.answer_days
        proposal.published_at = utc_now()
        proposal.answer_due_on = local_today() + timedelta(days=days)
    _step(actor, proposal, step, note=reason)
    session().flush()
    if step is ProposalAction.PUBLISH:
        write_version(proposal, saved_by_id=proposal.author_id)
    _tell(actor, proposal, step, mail)


# --- steps


def _step(
    actor: Actor, proposal: Proposal, action: ProposalAction, note: str | None = None
) -> None:
    take_step(
        actor=actor,
        subject=proposal,
        transitions=PROPOSAL_TRANSITIONS,
        action=action,
        note=note,
        on_behalf_of=proposal.association_name if actor.id == proposal.author_id else None,
    )
    proposal.state_at = utc_now()


def _tell(
    actor: Actor, proposal: Proposal, step: ProposalAction, mail: Callable[..., None]
) -> None:
    """Tell the author of a decision; who has no account is told by the clerk who wrote it down."""
    if proposal.author_id is not None:
        if actor.id != proposal.author_id:
            mail(author=get_author(proposal), proposal=proposal)
    elif actor.id != proposal.recorded_by_id:
        recorder = session().get_one(User, proposal.recorded_by_id)
        emails.mail_recorder(recorder=recorder, proposal=proposal, step=step)


def _write(actor: Actor, proposal: Proposal, content: ProposalContent) -> None:
    check_represents(actor=actor, association_id=content.association_id)
    write_content(proposal, content)


def open_proposal_case(*, actor: Actor, proposal: Proposal) -> Case:
    """Put a proposal into the queue, in its author's name where the author has an account."""
    districts = proposal.laboratory.districts
    return open_case(
        actor=actor,
        kind=CaseKind.PROPOSAL,
        subject_id=proposal.id,
        title=proposal.title,
        on_behalf_of=proposal.association_name
        or (proposal.author_name if proposal.author_id is None else None),
        applicant_id=proposal.author_id,
        district_id=districts[0].id if len(districts) == 1 else None,
    )


def _resubmit_case(actor: Actor, proposal: Proposal) -> Case:
    return resubmit_case(
        actor=actor, kind=CaseKind.PROPOSAL, subject_id=proposal.id, title=proposal.title
    )


def _withdraw_case(actor: Actor, proposal_id: int) -> None:
    try:
        withdraw_case(actor=actor, kind=CaseKind.PROPOSAL, subject_id=proposal_id)
    except NotFoundError as error:
        # Decided in this very moment: there is nothing left to take back.
        raise ForbiddenStepError from error


# --- checks


def check_writing(laboratory: Laboratory, *, is_mending: bool = False) -> None:
    """Raise `WritingClosedError` unless proposals can be written here today."""
    window = find_window_of(laboratory, Ability.PROPOSE, is_mending=is_mending)
    if not window.is_open:
        raise WritingClosedError(window)


def _check_editable(proposal: Proposal, version: int) -> None:
    if proposal.state not in EDITABLE_STATES:
        raise ForbiddenStepError
    check_writing(proposal.laboratory, is_mending=proposal.state is ProposalState.RETURNED)
    if proposal.version != version:
        raise ChangedMeanwhileError(proposal.version)


# --- loading


def _own(actor: Actor, proposal_id: int) -> Select[Proposal]:
    return select(Proposal).where(
        Proposal.id == proposal_id, Proposal.author_id == actor.account_id
    )


def lock_own(*, actor: Actor, proposal_id: int) -> Proposal:
    """Return a proposal of the actor, its row held; raises `NotFoundError`."""
    statement = _own(actor, proposal_id).with_for_update()
    proposal = session().scalar(statement.execution_options(populate_existing=True))
    if proposal is None:
        raise NotFoundError
    return proposal


def get_author(proposal: Proposal) -> User:
    """Return the account of the author, who has one."""
    return session().get_one(User, proposal.author_id)


def reassign_proposals(*, from_id: int, to_id: int) -> None:
    """Give the proposals of one association to another: it is the same body.

    The name stays as it was when they were written.
    """
    session().execute(
        update(Proposal).where(Proposal.association_id == from_id).values(association_id=to_id)
    )
