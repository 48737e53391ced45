"""Following commitments: what parties report, what is confirmed, kept, dropped, late."""

from dataclasses import dataclass
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today, utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.files import PICTURES, store_upload
from portal.core.history import record_step, take_step
from portal.laboratories.emails import commitments as emails
from portal.laboratories.models import Agreement, Commitment, CommitmentProgress
from portal.laboratories.policies import REMIND_DAYS_BEFORE, is_followed
from portal.laboratories.queries.parties import find_leader, list_party_people
from portal.laboratories.states import (
    COMMITMENT_TRANSITIONS,
    OPEN_COMMITMENTS,
    AgreementState,
    CommitmentAction,
    CommitmentState,
    ProgressState,
)


class CommitmentChangedError(ForbiddenStepError):
    """Somebody changed the commitment since the page was opened."""

    sentence = _l("Somebody has changed this commitment in the meantime. Look at it again.")


@dataclass(frozen=True)
class ProgressContent:
    """What a party reports."""

    text: str
    says_done: bool = False
    """The commitment is kept."""
    photo: FileStorage | None = None
    alt_text: str | None = None
    """What the picture shows, for who cannot see it."""


def report_progress(
    *,
    actor: Actor,
    commitment_id: int,
    form_key: str,
    content: ProgressContent,
    is_confirmed: bool = False,
) -> CommitmentProgress:
    """Keep what a party reports of its commitment, to be confirmed by who leads the laboratory.

    `is_confirmed`: who reports is who would confirm. The same form sent twice is one report. The
    picture loses where and when it was taken. Raises `ForbiddenStepError` once the agreement has
    ended or the commitment was dropped, `FileRefusedError` for what is no picture.
    """
    known = session().scalar(
        select(CommitmentProgress).where(
            CommitmentProgress.author_id == actor.account_id,
            CommitmentProgress.form_key == form_key,
        )
    )
    if known is not None:
        return known
    commitment = _lock(commitment_id)
    if commitment.state is CommitmentState.DROPPED:
        raise ForbiddenStepError
    photo = store_upload(upload=content.photo, allowed=PICTURES) if content.photo else None
    progress = CommitmentProgress(
        commitment_id=commitment.id,
        text=content.text,
        says_done=content.says_done,
        photo_id=photo.id if photo else None,
        alt_text=content.alt_text if photo else None,
        author_id=actor.account_id,
        form_key=form_key,
        state=ProgressState.REPORTED,
    )
    session().add(progress)
    session().flush()
    if is_confirmed:
        _confirm(actor, commitment, progress)
    else:
        leader = find_leader(commitment.agreement_id)
        if leader is not None and leader.id != actor.id:
            emails.mail_reported(reader=leader, commitment=commitment, progress=progress)
    return progress


def confirm_progress(*, actor: Actor, progress_id: int) -> CommitmentProgress:
    """Confirm what a party reported; the second of two people finds it confirmed.

    A report that says so keeps the commitment, any other one says that it is on its way.
    Raises `ForbiddenStepError` once it was refused.
    """
    progress, commitment = _lock_progress(progress_id)
    if progress.state is ProgressState.CONFIRMED:
        return progress
    if progress.state is not ProgressState.REPORTED:
        raise ForbiddenStepError
    _confirm(actor, commitment, progress)
    if actor.id != progress.author_id:
        emails.mail_confirmed(reader=_author(progress), commitment=commitment, progress=progress)
    return progress


def refuse_progress(*, actor: Actor, progress_id: int, reason: str) -> CommitmentProgress:
    """Say why a report is not confirmed; it stays with who wrote it and the office."""
    progress, commitment = _lock_progress(progress_id)
    if progress.state is not ProgressState.REPORTED:
        raise ForbiddenStepError
    progress.state, progress.reason = ProgressState.REFUSED, reason
    progress.decided_at, progress.decided_by_id = utc_now(), actor.id
    session().flush()
    _record(actor, commitment, "refuse_report", reason)
    if actor.id != progress.author_id:
        emails.mail_unconfirmed(reader=_author(progress), commitment=commitment, progress=progress)
    return progress


def drop_commitment(*, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Let a commitment go, for a reason everybody reads; its party is told.

    Raises `CommitmentChangedError` when somebody changed it since, `ForbiddenStepError` where
    its state does not allow it.
    """
    commitment = _lock(commitment_id, version)
    commitment.dropped_reason = reason
    _step(actor, commitment, CommitmentAction.DROP, reason)
    for person in list_party_people(commitment):
        if person.id != actor.id:
            emails.mail_dropped(reader=person, commitment=commitment)
    return commitment


def take_up_again(*, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Open a commitment again that was kept or dropped by mistake; raises as above."""
    commitment = _lock(commitment_id, version)
    commitment.done_on = commitment.dropped_reason = None
    _step(actor, commitment, CommitmentAction.TAKE_UP_AGAIN, reason)
    return commitment


def explain_delay(*, actor: Actor, commitment_id: int, version: int, reason: str) -> Commitment:
    """Say in public why a commitment is late; an empty reason takes it back. Raises as above."""
    commitment = _lock(commitment_id, version)
    commitment.late_reason = reason or None
    session().flush()
    _record(actor, commitment, "explain_delay", reason)
    return commitment


def remind_of_commitments() -> int:
    """Remind parties of what is due within fourteen days and still open, once; return how many.

    For the job: safe to run twice.
    """
    today = local_today()
    due = (
        session()
        .scalars(
            select(Commitment)
            .join(Agreement)
            .where(
                Agreement.state == AgreementState.IN_FORCE,
                Commitment.state.in_(OPEN_COMMITMENTS),
                Commitment.reminded_at.is_(None),
                Commitment.due_on.between(today, today + timedelta(days=REMIND_DAYS_BEFORE)),
            )
            .order_by(Commitment.id)
            .with_for_update(of=Commitment, skip_locked=True)
        )
        .all()
    )
    for commitment in due:
        for person in list_party_people(commitment):
            emails.mail_due(reader=person, commitment=commitment)
        commitment.reminded_at = utc_now()
    session().flush()
    return len(due)


def _confirm(actor: Actor, commitment: Commitment, progress: CommitmentProgress) -> None:
    progress.state = ProgressState.CONFIRMED
    progress.decided_at, progress.decided_by_id = utc_now(), actor.id
    if progress.says_done and commitment.state in OPEN_COMMITMENTS:
        commitment.done_on = local_today()
        _step(actor, commitment, CommitmentAction.FINISH)
    elif commitment.state is CommitmentState.TO_DO:
        _step(actor, commitment, CommitmentAction.START)
    session().flush()


def _step(
    actor: Actor, commitment: Commitment, action: CommitmentAction, note: str | None = None
) -> None:
    take_step(
        actor=actor,
        subject=commitment,
        transitions=COMMITMENT_TRANSITIONS,
        action=action,
        note=note,
    )
    session().flush()


def _author(progress: CommitmentProgress) -> User:
    return session().get_one(User, progress.author_id)


def _record(actor: Actor, commitment: Commitment, action: str, note: str) -> None:
    record_step(
        actor=actor,
        subject_kind=Commitment.__tablename__,
        subject_id=commitment.id,
        action=action,
        note=note or None,
    )


def _lock(commitment_id: int, version: int | None = None) -> Commitment:
    commitment = session().scalar(
        select(Commitment)
        .where(Commitment.id == commitment_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if commitment is None:
        raise NotFoundError
    if not is_followed(commitment.agreement.state):
        raise ForbiddenStepError(_l("This agreement is not in force: nothing is reported now."))
    if version is not None and commitment.version != version:
        raise CommitmentChangedError
    return commitment


def _lock_progress(progress_id: int) -> tuple[CommitmentProgress, Commitment]:
    commitment_id = session().scalar(
        select(CommitmentProgress.commitment_id).where(CommitmentProgress.id == progress_id)
    )
    if commitment_id is None:
        raise NotFoundError
    # The commitment first, then what is said of it: the same order everywhere.
    commitment = _lock(commitment_id)
    progress = session().get_one(CommitmentProgress, progress_id, populate_existing=True)
    return progress, commitment
