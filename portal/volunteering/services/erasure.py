"""What becomes of the volunteering of a person who erases their account."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import aliased

from portal.accounts.erasure import Hindrance, HindranceKind, Leaver
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.files import delete_stored_files
from portal.core.history import forget_words_about
from portal.core.jobs import defer
from portal.core.mail import forget_mails_about
from portal.core.person_names import NO_NAME
from portal.moderation.services.erasure import withdraw_if_open
from portal.moderation.states import CaseKind
from portal.volunteering.models import (
    Certificate,
    Enrolment,
    Expense,
    GuardianAuthorisation,
    HoursEntry,
    InterviewBooking,
    InterviewSlot,
    MessageRecipient,
    ProjectApplication,
    ProjectCheck,
    ProjectTutor,
    SavedSearch,
    SharedThanks,
    Shift,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.policies import LIVE_APPLICATIONS
from portal.volunteering.queries.sign_ups import list_held_shift_ids
from portal.volunteering.services.applications import leave_project
from portal.volunteering.services.enrolment_drafts import lock_enrolment_of
from portal.volunteering.services.interviews import cancel_slot, withdraw_interview
from portal.volunteering.services.membership import leave_enrolment
from portal.volunteering.states import EnrolmentState, ExpenseState, ShiftState, SlotState

FORGOTTEN = frozenset(
    {
        "certificate.user_id",
        "enrolment.user_id",
        "message_recipient.user_id",
        "project_application.user_id",
        "project_check.user_id",
        "project_tutor.user_id",
        "saved_search.user_id",
        "shared_thanks.user_id",
    }
)
_OFFICE = "an act of office, or of a tutor"
KEPT: Mapping[str, str] = {
    "register_entry.user_id": "the register is kept with the name (D.M. 6 October 2021, art. 3)",
    "register_entry.recorded_by_id": "the register takes only new lines",
    "insurance_period.user_id": "cover that an accident may still ask about",
    "sign_up.user_id": "that a place was taken; those to come are given back",
    "hours_entry.user_id": "hours are counted for the project; what was said of them goes",
    "expense.user_id": "money paid is accounted for; what was not approved goes",
    "volunteering_project.proposed_by_id": "the project is the association's",
    "volunteer_message.sender_id": _OFFICE,
    "interview_slot.interviewer_id": "times to come are taken back; those held are acts of office",
    "interview_booking.recorded_by_id": _OFFICE,
    "guardian_authorisation.recorded_by_id": _OFFICE,
    "enrolment.recorded_by_id": _OFFICE,
    "enrolment.permit_seen_by_id": _OFFICE,
    "enrolment.fitness_seen_by_id": _OFFICE,
    "expense.recorded_by_id": _OFFICE,
    "certificate.revoked_by_id": _OFFICE,
    "hours_entry.verified_by_id": _OFFICE,
    "project_application.answered_by_id": _OFFICE,
    "project_check.seen_by_id": _OFFICE,
    "shift_series.created_by_id": _OFFICE,
    "sign_up.recorded_by_id": _OFFICE,
    "sign_up.presence_by_id": _OFFICE,
    "walk_in.recorded_by_id": _OFFICE,
}


def list_only_tutored(user_id: int) -> Sequence[Hindrance]:
    """Return the projects with shifts to come that nobody else tutors."""
    other = aliased(ProjectTutor)
    has_other = exists().where(
        other.project_id == ProjectTutor.project_id, other.user_id != user_id
    )
    has_shifts = exists().where(
        Shift.project_id == ProjectTutor.project_id,
        Shift.state == ShiftState.OPEN,
        Shift.ends_at > utc_now(),
    )
    titles = session().scalars(
        select(VolunteeringProject.title)
        .join(ProjectTutor, ProjectTutor.project_id == VolunteeringProject.id)
        .where(ProjectTutor.user_id == user_id, has_shifts, ~has_other)
        .order_by(VolunteeringProject.title, VolunteeringProject.id)
    )
    return [
        Hindrance(HindranceKind.TUTORS_SHIFTS, "volunteering.show_tutor_desk", {}, title)
        for title in titles
    ]


def forget_volunteer(leaver: Leaver) -> None:
    """Give places back, leave the register and projects, drop what only concerns the person."""
    # One shift a transaction: locking two could wait in a circle with somebody else.
    for shift_id in list_held_shift_ids(leaver.id):
        defer("give_back_place", user_id=leaver.id, shift_id=shift_id)
    _forget_enrolment(leaver)
    _forget_projects(leaver)
    _forget_expenses(leaver)
    _forget_certificates(leaver)
    for model in (SavedSearch, SharedThanks, MessageRecipient, ProjectCheck):
        session().execute(delete(model).where(model.user_id == leaver.id))
    session().execute(update(HoursEntry).where(HoursEntry.user_id == leaver.id).values(note=None))
    session().execute(
        update(SignUp)
        .where(SignUp.user_id == leaver.id, SignUp.group_name.is_not(None))
        .values(group_name=NO_NAME, group_members=None)
    )
    _take_back_slots(leaver)


def _forget_enrolment(leaver: Leaver) -> None:
    """Drop the request with its talks and the details of parents; the register says who left."""
    # The case first, as who decides it does.
    of_person = select(Enrolment.id).where(Enrolment.user_id == leaver.id)
    for enrolment_id in session().scalars(of_person).all():
        withdraw_if_open(leaver, CaseKind.ENROLMENT, enrolment_id)
    enrolment = lock_enrolment_of(leaver.id)
    if enrolment is None:
        return
    if enrolment.state is EnrolmentState.ACCEPTED:
        leave_enrolment(actor=leaver.actor, user_id=leaver.id)
    withdraw_interview(actor=leaver.actor, enrolment_id=enrolment.id)
    session().flush()
    guardians = _drop(GuardianAuthorisation, GuardianAuthorisation.enrolment_id == enrolment.id)
    bookings = _drop(InterviewBooking, InterviewBooking.enrolment_id == enrolment.id)
    forget_words_about(subject_kind="guardian_authorisation", subject_ids=guardians)
    forget_words_about(subject_kind="interview_booking", subject_ids=bookings)
    forget_words_about(subject_kind="enrolment", subject_ids=[enrolment.id])
    # They name the minor, and are kept under the address of the parent.
    forget_mails_about(event_keys=[f"guardian_authorisation:{number}:" for number in guardians])
    session().delete(enrolment)
    session().flush()


def _forget_projects(leaver: Leaver) -> None:
    asked = ProjectApplication.user_id == leaver.id
    live = select(ProjectApplication.project_id).where(
        asked, ProjectApplication.state.in_(LIVE_APPLICATIONS)
    )
    for project_id in session().scalars(live.order_by(ProjectApplication.project_id)).all():
        leave_project(actor=leaver.actor, project_id=project_id)
    session().flush()
    applications = _drop(ProjectApplication, asked)
    # They hold what the person wrote of themselves.
    forget_mails_about(event_keys=[f"project_application:{n}:arrived:" for n in applications])
    forget_words_about(subject_kind="project_application", subject_ids=applications)
    tutored = select(ProjectTutor.project_id).where(ProjectTutor.user_id == leaver.id)
    session().execute(
        update(VolunteeringProject)
        .where(VolunteeringProject.id.in_(tutored), VolunteeringProject.tutor_name == leaver.name)
        .values(tutor_name=NO_NAME)
    )
    session().execute(delete(ProjectTutor).where(ProjectTutor.user_id == leaver.id))


def _forget_expenses(leaver: Leaver) -> None:
    """Drop what was not approved, with the receipts; what was paid is accounted for ten years."""
    not_approved = (Expense.user_id == leaver.id, Expense.state != ExpenseState.APPROVED)
    ids = session().scalars(select(Expense.id).where(*not_approved).order_by(Expense.id)).all()
    for expense_id in ids:
        withdraw_if_open(leaver, CaseKind.EXPENSE, expense_id)
    session().flush()
    # Asked anew: one may have been approved while we waited for its case.
    gone = session().execute(
        delete(Expense).where(*not_approved).returning(Expense.id, Expense.file_id)
    )
    rows = gone.all()
    forget_words_about(subject_kind="expense", subject_ids=[row.id for row in rows])
    delete_stored_files(row.file_id for row in rows if row.file_id is not None)


def _forget_certificates(leaver: Leaver) -> None:
    files = session().scalars(
        delete(Certificate).where(Certificate.user_id == leaver.id).returning(Certificate.file_id)
    )
    delete_stored_files(files.all())


def _take_back_slots(leaver: Leaver) -> None:
    to_come = (
        select(InterviewSlot.id)
        .where(
            InterviewSlot.interviewer_id == leaver.id,
            InterviewSlot.state == SlotState.OPEN,
            InterviewSlot.starts_at > utc_now(),
        )
        .order_by(InterviewSlot.id)
    )
    for slot_id in session().scalars(to_come).all():
        cancel_slot(actor=leaver.actor, slot_id=slot_id)


def _drop(
    model: type[GuardianAuthorisation | InterviewBooking | ProjectApplication],
    condition: ColumnElement[bool],
) -> list[int]:
    """Delete rows and return their ids."""
    return list(session().scalars(delete(model).where(condition).returning(model.id)))
