"""What becomes of what a person did in laboratories when they erase their account."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, delete, func, or_, select, update

from portal.accounts.erasure import Hindrance, HindranceKind, Leaver
from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError
from portal.core.files import delete_stored_files
from portal.core.history import forget_words_about
from portal.core.jobs import defer
from portal.core.person_names import NO_NAME
from portal.core.sign_ups import HELD_STATES
from portal.laboratories.models import (
    AmendedCommitment,
    Comment,
    CommentUseful,
    Commitment,
    CommitmentProgress,
    ContentReport,
    Evaluation,
    ExpectedSignature,
    Laboratory,
    LaboratoryPerson,
    Meeting,
    MeetingAttendee,
    MeetingSignUp,
    Proposal,
    ProposalCoauthor,
    ProposalFile,
    ProposalSupport,
    ProposalVersion,
    SheetEditor,
    SheetParty,
)
from portal.laboratories.services.registrations import leave_meeting
from portal.laboratories.services.signing import forget_signer
from portal.laboratories.states import CommentState, MeetingState, PartyKind, ProposalState
from portal.moderation.services.erasure import withdraw_if_open
from portal.moderation.states import CaseKind

FORGOTTEN = frozenset(
    {
        "agreement_signature.user_id",
        "amended_commitment.user_id",
        "comment_useful.user_id",
        "commitment.user_id",
        "content_report.reporter_id",
        "evaluation.user_id",
        "expected_signature.user_id",
        "laboratory.architect_id",
        "laboratory_person.user_id",
        "proposal_support.user_id",
        "sheet_editor.user_id",
    }
)
_OFFICE = "an act of office"
_PUBLIC = "published, and answered by others; without name"
KEPT: Mapping[str, str] = {
    "proposal.author_id": _PUBLIC,
    "proposal_version.saved_by_id": _PUBLIC,
    "proposal_coauthor.user_id": "for an association that stands beside; persons go",
    "proposal_coauthor.invited_by_id": "others were asked and have answered",
    "laboratory_comment.author_id": _PUBLIC,
    "commitment_progress.author_id": "public account of an agreement; without name and picture",
    "meeting_sign_up.user_id": "that a place was taken; those to come are given back",
    "meeting_attendee.user_id": "how many came; without name",
    "agreement_signature.recorded_by_id": _OFFICE,
    "agreement_version.frozen_by_id": _OFFICE,
    "agreement_amendment.created_by_id": _OFFICE,
    "commitment.created_by_id": _OFFICE,
    "commitment_progress.decided_by_id": _OFFICE,
    "evaluation.recorded_by_id": _OFFICE,
    "feasibility_review.asked_by_id": _OFFICE,
    "feasibility_review.given_by_id": _OFFICE,
    "laboratory_document.added_by_id": _OFFICE,
    "laboratory_meeting.created_by_id": _OFFICE,
    "laboratory_news.author_id": _OFFICE,
    "listed_project.created_by_id": _OFFICE,
    "meeting_attendee.recorded_by_id": _OFFICE,
    "meeting_photo.added_by_id": _OFFICE,
    "meeting_sign_up.recorded_by_id": _OFFICE,
    "project_sheet.created_by_id": _OFFICE,
    "proposal.recorded_by_id": _OFFICE,
    "proposal_answer.answered_by_id": _OFFICE,
    "sheet_editor.added_by_id": _OFFICE,
    "sheet_version.saved_by_id": "a text of an agreement that many wrote together",
}


def list_led(user_id: int) -> Sequence[Hindrance]:
    """Return the laboratories that a person leads by name."""
    rows = session().execute(
        select(Laboratory.slug, Laboratory.title)
        .where(Laboratory.architect_id == user_id, Laboratory.archived_at.is_(None))
        .order_by(Laboratory.title, Laboratory.id)
    )
    return [
        Hindrance(
            HindranceKind.LEADS_LABORATORY, "laboratories.edit_laboratory", {"slug": slug}, title
        )
        for slug, title in rows
    ]


def forget_in_laboratories(leaver: Leaver) -> None:
    """Give places back, drop what was not public, and part what stays from the person."""
    _forget_meetings(leaver)
    _forget_proposals(leaver)
    _forget_comments(leaver)
    _forget_agreements(leaver)
    for model in (LaboratoryPerson, ProposalSupport, CommentUseful, SheetEditor, Evaluation):
        session().execute(delete(model).where(model.user_id == leaver.id))
    session().execute(
        update(ContentReport).where(ContentReport.reporter_id == leaver.id).values(reporter_id=None)
    )
    session().execute(
        update(Laboratory)
        .where(Laboratory.architect_id == leaver.id, Laboratory.archived_at.is_not(None))
        .values(architect_id=None)
    )


def give_back_meeting_place(*, user_id: int, meeting_id: int) -> None:
    """Give back a place in a meeting for who erased their account; safe to run twice."""
    try:
        leave_meeting(actor=PORTAL, meeting_id=meeting_id, user_id=user_id)
    except ForbiddenStepError:
        # It has begun: who was there was there.
        return


def _forget_meetings(leaver: Leaver) -> None:
    # One meeting a transaction: locking two could wait in a circle with somebody else.
    to_come = (
        select(Meeting.id)
        .join(MeetingSignUp, MeetingSignUp.meeting_id == Meeting.id)
        .where(
            MeetingSignUp.user_id == leaver.id,
            MeetingSignUp.state.in_(HELD_STATES),
            Meeting.state == MeetingState.PLANNED,
            Meeting.starts_at > utc_now(),
        )
        .order_by(Meeting.id)
    )
    for meeting_id in session().scalars(to_come).all():
        defer("give_back_meeting_place", user_id=leaver.id, meeting_id=meeting_id)
    session().execute(
        update(MeetingAttendee)
        .where(MeetingAttendee.user_id == leaver.id)
        .values(shows_name=False, on_behalf_of=None)
    )


def _forget_proposals(leaver: Leaver) -> None:
    own = Proposal.author_id == leaver.id
    waiting = select(Proposal.id).where(
        own, Proposal.state.in_([ProposalState.SUBMITTED, ProposalState.RETURNED])
    )
    for proposal_id in session().scalars(waiting.order_by(Proposal.id)).all():
        withdraw_if_open(leaver, CaseKind.PROPOSAL, proposal_id)
    # Asked anew: one may have been published while we waited for its case.
    rows = session().execute(
        select(Proposal.id, Proposal.state, Proposal.published_at).where(own).with_for_update()
    )
    found = rows.all()
    unseen = [row.id for row in found if row.published_at is None]
    taken_back = [
        row.id
        for row in found
        if row.published_at is not None and row.state is ProposalState.WITHDRAWN
    ]
    _drop_files(select(Proposal.id).where(own))
    _drop_versions([*unseen, *taken_back])
    session().execute(delete(ProposalCoauthor).where(ProposalCoauthor.proposal_id.in_(unseen)))
    session().execute(delete(Proposal).where(Proposal.id.in_(unseen)))
    forget_words_about(subject_kind=Proposal.__tablename__, subject_ids=unseen)
    # What was taken back keeps its title and its day, as its page says.
    session().execute(
        update(Proposal)
        .where(Proposal.id.in_(taken_back))
        .values(text="", needs=None, what_i_offer=None, version=Proposal.version + 1)
    )
    session().execute(
        update(Proposal)
        .where(own)
        .values(author_name=None, author_contact=None, version=Proposal.version + 1)
    )
    is_asked = ProposalCoauthor.user_id == leaver.id
    if leaver.email is not None:
        is_asked = or_(is_asked, func.lower(ProposalCoauthor.email) == leaver.email.lower())
    session().execute(
        delete(ProposalCoauthor).where(is_asked, ProposalCoauthor.association_id.is_(None))
    )


def _drop_files(proposals: Select[int]) -> None:
    files = session().scalars(
        delete(ProposalFile)
        .where(ProposalFile.proposal_id.in_(proposals))
        .returning(ProposalFile.file_id)
    )
    delete_stored_files(files.all())


def _drop_versions(proposal_ids: Iterable[int]) -> None:
    session().execute(
        delete(ProposalVersion).where(ProposalVersion.proposal_id.in_(list(proposal_ids)))
    )


def _forget_comments(leaver: Leaver) -> None:
    own = Comment.author_id == leaver.id
    waiting = select(Comment.id).where(own, Comment.state == CommentState.WAITING)
    for comment_id in session().scalars(waiting.order_by(Comment.id)).all():
        withdraw_if_open(leaver, CaseKind.COMMENT, comment_id)
    session().execute(delete(Comment).where(own, Comment.published_at.is_(None)))
    # It leaves its place in the talk, and nothing in it.
    session().execute(
        update(Comment).where(own, Comment.state == CommentState.WITHDRAWN).values(text=NO_NAME)
    )


def _forget_agreements(leaver: Leaver) -> None:
    """Part signatures, commitments and reports from the person; the agreement stays in force."""
    forget_signer(user_id=leaver.id)
    is_theirs = ExpectedSignature.user_id == leaver.id
    session().execute(
        delete(ExpectedSignature).where(is_theirs, ExpectedSignature.kind == PartyKind.PERSON)
    )
    session().execute(update(ExpectedSignature).where(is_theirs).values(user_id=None))
    taken_on = Commitment.user_id == leaver.id
    session().execute(
        update(Commitment)
        .where(taken_on, Commitment.party_kind == PartyKind.PERSON)
        .values(party_name=NO_NAME, version=Commitment.version + 1)
    )
    session().execute(update(Commitment).where(taken_on).values(user_id=None))
    # Of a change that is still being written, or that was given up.
    amended = AmendedCommitment.user_id == leaver.id
    session().execute(
        update(AmendedCommitment)
        .where(amended, AmendedCommitment.party_kind == PartyKind.PERSON)
        .values(party_name=NO_NAME)
    )
    session().execute(update(AmendedCommitment).where(amended).values(user_id=None))
    session().execute(
        update(SheetParty)
        .where(SheetParty.kind == PartyKind.PERSON, SheetParty.name == leaver.name)
        .values(name=NO_NAME)
    )
    reported = CommitmentProgress.author_id == leaver.id
    photos = session().scalars(
        select(CommitmentProgress.photo_id).where(
            reported, CommitmentProgress.photo_id.is_not(None)
        )
    )
    files = [photo_id for photo_id in photos if photo_id is not None]
    session().execute(
        update(CommitmentProgress).where(reported).values(photo_id=None, alt_text=None)
    )
    delete_stored_files(files)
