"""What parties report of their commitments, and what they still owe."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile, get_stored_file
from portal.laboratories.models import Agreement, Commitment, CommitmentProgress
from portal.laboratories.queries.commitments import (
    CommitmentRow,
    as_commitment_rows,
    commitment_rows,
)
from portal.laboratories.states import AgreementState, CommitmentState, ProgressState


@dataclass(frozen=True)
class ReportRow:
    """A report that waits for a yes, on the desk."""

    id: int
    commitment_id: int
    agreement_slug: str
    title: str
    party_name: str
    text: str
    says_done: bool
    photo_id: int | None
    alt_text: str | None
    reported_at: datetime
    author: str


def get_progress_photo(slug: str, commitment_id: int, progress_id: int) -> StoredFile:
    """Return the picture of a confirmed report; raises `NotFoundError`."""
    photo_id = session().scalar(
        select(CommitmentProgress.photo_id)
        .join(Commitment, Commitment.id == CommitmentProgress.commitment_id)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .where(
            Agreement.slug == slug,
            Commitment.id == commitment_id,
            CommitmentProgress.id == progress_id,
            CommitmentProgress.state == ProgressState.CONFIRMED,
        )
    )
    if photo_id is None:
        raise NotFoundError
    return get_stored_file(photo_id)


def get_reported_photo(laboratory_id: int, progress_id: int) -> StoredFile:
    """Return the picture of any report in a laboratory, for who leads it; `NotFoundError`."""
    photo_id = session().scalar(
        select(CommitmentProgress.photo_id)
        .join(Commitment, Commitment.id == CommitmentProgress.commitment_id)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .where(Agreement.laboratory_id == laboratory_id, CommitmentProgress.id == progress_id)
    )
    if photo_id is None:
        raise NotFoundError
    return get_stored_file(photo_id)


def list_reports(laboratory_id: int) -> list[ReportRow]:
    """Return the reports of a laboratory that wait for a yes, oldest first."""
    rows = session().execute(
        select(
            CommitmentProgress.id,
            Commitment.id,
            Agreement.slug,
            Commitment.title,
            Commitment.party_name,
            CommitmentProgress.text,
            CommitmentProgress.says_done,
            CommitmentProgress.photo_id,
            CommitmentProgress.alt_text,
            CommitmentProgress.created_at,
            User.display_name,
        )
        .join_from(CommitmentProgress, Commitment)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .join(User, User.id == CommitmentProgress.author_id)
        .where(
            Agreement.laboratory_id == laboratory_id,
            CommitmentProgress.state == ProgressState.REPORTED,
        )
        .order_by(CommitmentProgress.id)
    )
    return [ReportRow(*row) for row in rows]


def report_is_of_laboratory(laboratory_id: int, progress_id: int) -> bool:
    """Say whether a report is about a commitment of this laboratory."""
    statement = (
        select(CommitmentProgress.id)
        .join(Commitment, Commitment.id == CommitmentProgress.commitment_id)
        .join(Agreement, Agreement.id == Commitment.agreement_id)
        .where(Agreement.laboratory_id == laboratory_id, CommitmentProgress.id == progress_id)
    )
    return session().scalar(statement) is not None


def list_own_commitments(actor: Actor) -> list[tuple[CommitmentRow, str, str]]:
    """Return what the actor, or an association of theirs, has taken on and not kept yet.

    Each with the slug and the title of its agreement; the most urgent first.
    """
    if not actor.is_signed_in:
        return []
    statement = (
        commitment_rows()
        .add_columns(Agreement.slug, Agreement.title.label("agreement_title"))
        .where(
            Agreement.state == AgreementState.IN_FORCE,
            Commitment.state.in_((CommitmentState.TO_DO, CommitmentState.IN_PROGRESS)),
            (Commitment.user_id == actor.account_id)
            | Commitment.association_id.in_(actor.association_ids),
        )
        .order_by(Commitment.due_on, Commitment.id)
    )
    found = session().execute(statement).all()
    return [
        (shown, row.slug, row.agreement_title)
        for shown, row in zip(as_commitment_rows(found), found, strict=True)
    ]
