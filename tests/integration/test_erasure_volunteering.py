"""What becomes of places, the register, hours and expenses when an account is erased."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from portal.accounts.erasure import HindranceKind, list_hindrances
from portal.accounts.services import StillNeededError, erase_account
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile
from portal.core.mail import MailMessage
from portal.core.person_names import NO_NAME
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.moderation.models import Case
from portal.moderation.queries import find_case_of
from portal.moderation.services import decide_case
from portal.moderation.states import CaseAction, CaseKind, CaseState
from portal.permissions import Role
from portal.volunteering.emails.enrolments import GUARDIAN_LINK
from portal.volunteering.models import (
    Certificate,
    Enrolment,
    Expense,
    GuardianAuthorisation,
    HoursEntry,
    InsurancePeriod,
    InterviewBooking,
    InterviewSlot,
    ProjectApplication,
    ProjectTutor,
    RegisterEntry,
    SignUp,
    VolunteeringProject,
)
from portal.volunteering.queries.messages import (
    list_reachable_of_project,
    list_reachable_of_shift,
)
from portal.volunteering.services import (
    ExpenseContent,
    Guardian,
    apply_to_project,
    book_interview,
    claim_expense,
    make_certificate,
    take_place,
)
from portal.volunteering.states import ExpenseKind, RegisterKind, SlotState, TimeKind
from tests.factories.erasure import FORMER, erase, where_is
from tests.factories.files import upload
from tests.factories.hours import make_hours
from tests.factories.office import decide_enrolment, hand_in_enrolment, make_policy, make_slots
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up, make_tutor

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SIXTEEN = date(2010, 3, 1)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def take(user, shift, **more):
    take_place(actor=actor_of(user), shift_id=shift.id, **more)
    db.session.commit()


def states(shift):
    db.session.expire_all()
    rows = select(SignUp.state).where(SignUp.shift_id == shift.id).order_by(SignUp.id)
    return list(db.session.scalars(rows))


def keys_to(email):
    return list(
        db.session.scalars(select(MailMessage.event_key).where(MailMessage.recipient == email))
    )


def beside_mails(words):
    """Return where `words` stand, but for the mail that confirms it all."""
    return [found for found in where_is(words) if not found.startswith("mail_message.")]


# --- places


def test_place_in_a_full_shift_is_offered_to_the_next_in_line(database):
    shift = make_shift(in_hours=72, capacity=1)
    holder, first, second = make_user(), make_user(), make_user()
    for user in (holder, first, second):
        take(user, shift)
    assert erase(holder)
    assert states(shift) == [SignUpState.LEFT, SignUpState.OFFERED, SignUpState.WAITING]
    assert any(key.endswith(":offered") or "offer" in key for key in keys_to(first.email))


def test_who_waits_or_was_offered_a_place_leaves_the_line(database):
    shift = make_shift(in_hours=72, capacity=1)
    holder, first, second = make_user(), make_user(), make_user()
    for user in (holder, first, second):
        take(user, shift)
    assert erase(first)
    assert erase(holder)
    assert states(shift) == [SignUpState.LEFT, SignUpState.LEFT, SignUpState.OFFERED]
    assert erase(second)
    assert states(shift) == [SignUpState.LEFT] * 3


def test_late_place_is_told_to_the_tutor_without_a_name(database):
    project = make_project(leave_until_hours=24)
    tutor, user = make_tutor(project), make_user(name="Anna Prova")
    take(user, make_shift(project=project, in_hours=5))
    assert erase(user)
    told = db.session.scalars(
        select(MailMessage.text_body).where(MailMessage.recipient == tutor.email)
    ).one()
    assert FORMER in told
    assert "Anna" not in told


def test_group_of_a_shift_that_was_keeps_its_number_and_no_name(database):
    user = make_user()
    make_sign_up(
        make_shift(in_hours=-48), user, people=3, group_name="Famiglia Prova",
        group_members="Ugo Prova\nIda Prova",
    )  # fmt: skip
    assert erase(user)
    kept = db.session.scalars(select(SignUp)).one()
    assert (kept.people, kept.group_name, kept.group_members) == (3, NO_NAME, None)
    assert kept.state is SignUpState.CONFIRMED


def test_nobody_takes_a_place_for_who_has_just_erased_the_account(database):
    user, shift = make_user(), make_shift()
    actor = actor_of(user)
    erase_account(actor=actor, proof=user.email)
    db.session.commit()
    with pytest.raises(NotFoundError):
        take_place(actor=actor, shift_id=shift.id)
    db.session.rollback()
    assert states(shift) == []


# --- the register, talks, guardians


def test_register_says_that_they_left_and_keeps_its_lines(database):
    clerk, user = make_user(roles=(Role.STAFF,)), make_user(name="Anna Prova")
    make_policy(clerk, first=date(2026, 1, 1), last=date(2027, 12, 31))
    decide_enrolment(hand_in_enrolment(user), clerk)
    assert db.session.scalars(select(InsurancePeriod.ends_on)).one() == date(2027, 12, 31)
    assert erase(user)
    lines = db.session.scalars(select(RegisterEntry).order_by(RegisterEntry.id)).all()
    assert [line.kind for line in lines] == [RegisterKind.ENTRY, RegisterKind.EXIT]
    assert {line.full_name for line in lines} == {"Anna Prova"}
    # The cover ends with today, and of it only the days are kept.
    assert db.session.scalars(select(InsurancePeriod.ends_on)).one() == date(2026, 11, 30)
    assert db.session.scalars(select(Enrolment)).all() == []
    assert where_is("via delle Prove 1") == ["register_entry.address"]
    assert where_is("0522 000000") == []


def test_request_that_waits_is_withdrawn_and_its_talk_is_free_for_others(database):
    user = make_user(name="Anna Prova")
    (slot_id,) = make_slots()
    case = find_case_of(CaseKind.ENROLMENT, hand_in_enrolment(user).id)
    book_interview(actor=actor_of(user), slot_id=slot_id)
    db.session.commit()
    assert erase(user)
    assert db.session.get_one(Case, case.id).state is CaseState.WITHDRAWN
    assert db.session.scalars(select(InterviewBooking)).all() == []
    other = make_user()
    hand_in_enrolment(other)
    book_interview(actor=actor_of(other), slot_id=slot_id)
    db.session.commit()
    assert beside_mails("Anna Prova") == []


def test_talks_of_who_held_them_are_taken_back_and_people_are_told(database):
    clerk, user = make_user(roles=(Role.STAFF,)), make_user()
    (slot_id,) = make_slots(clerk)
    hand_in_enrolment(user)
    book_interview(actor=actor_of(user), slot_id=slot_id)
    db.session.commit()
    assert erase(clerk)
    assert db.session.get_one(InterviewSlot, slot_id).state is SlotState.CANCELLED
    assert any("cancelled" in key for key in keys_to(user.email))


def test_details_of_a_minors_parent_go_too(client, database):
    make_project(requires_enrolment=True, youngest_age=15, requires_guardian=True)
    minor = make_user(name="Ilaria Prova")
    mother = Guardian("Marta Inventata", "marta@example.org", "0522 111111")
    enrolment = hand_in_enrolment(minor, born_on=SIXTEEN, guardian=mother)
    asked = db.session.scalars(
        select(GuardianAuthorisation).where(GuardianAuthorisation.enrolment_id == enrolment.id)
    ).one()
    link = f"/volontariato/autorizzazione/{sign(GUARDIAN_LINK, [asked.id])}"
    assert client.get(link).status_code == 200
    assert keys_to("marta@example.org")
    assert erase(minor)
    for words in ("Marta Inventata", "marta@example.org", "0522 111111"):
        assert where_is(words) == [], words
    assert beside_mails("Ilaria Prova") == []
    assert client.get(link).status_code == 404


# --- projects


def test_projects_are_left_and_their_tutor_is_told(database):
    project = make_project(time_kind=TimeKind.OPEN_ENDED)
    tutor, user = make_tutor(project), make_user(name="Anna Prova")
    apply_to_project(actor=actor_of(user), project_id=project.id, message="So cucire.")
    db.session.commit()
    assert erase(user)
    assert db.session.scalars(select(ProjectApplication)).all() == []
    assert any(":left" in key or "application_left" in key for key in keys_to(tutor.email))
    assert where_is("So cucire.") == []


def test_only_tutor_of_shifts_to_come_is_kept_until_there_is_another(database):
    project = make_project(title="Orto", tutor_name="Tea Tutora")
    tutor = make_tutor(project, name="Tea Tutora")
    assert list_hindrances(tutor.id) == []
    make_shift(project=project)
    (hindrance,) = list_hindrances(tutor.id)
    assert (hindrance.kind, hindrance.words) == (HindranceKind.TUTORS_SHIFTS, "Orto")
    with pytest.raises(StillNeededError):
        erase(tutor)
    db.session.rollback()
    make_tutor(project)
    assert erase(tutor)
    kept = db.session.get_one(VolunteeringProject, project.id)
    assert kept.tutor_name == FORMER
    tutors = select(ProjectTutor.user_id).where(ProjectTutor.project_id == project.id)
    assert tutor.id not in set(db.session.scalars(tutors))


# --- what was given and spent


def test_hours_count_on_without_what_was_said_of_them(database):
    user = make_user(name="Anna Prova")
    project = make_project()
    make_hours(user, project, on=date(2026, 11, 2), minutes=90, note="Con mia zia Ida")
    assert erase(user)
    kept = db.session.scalars(select(HoursEntry)).one()
    assert (kept.minutes, kept.note) == (90, None)


def test_certificates_go_with_their_files(database):
    world_owner = make_user(name="Anna Prova")
    project = make_project()
    make_hours(world_owner, project, on=date(2026, 3, 2))
    made = make_certificate(
        actor=actor_of(world_owner), from_on=date(2026, 1, 1), until_on=date(2026, 6, 30)
    )
    db.session.commit()
    assert made.id
    assert erase(world_owner)
    assert db.session.scalars(select(Certificate)).all() == []
    assert db.session.scalars(select(StoredFile.id)).all() == []


def claim(user, project, cents):
    made = claim_expense(
        actor=actor_of(user),
        content=ExpenseContent(
            project_id=project.id, spent_on=date(2026, 11, 28), kind=ExpenseKind.DOCUMENTED,
            amount_cents=cents, description="Biglietti",
        ),
        receipt=upload(b"%PDF-1.7\nricevuta\n%%EOF", "ricevuta.pdf"),
    )  # fmt: skip
    db.session.commit()
    return made.id


def test_expense_that_was_paid_is_accounted_for_and_the_others_go(database):
    user, clerk = make_user(name="Anna Prova"), make_user(roles=(Role.STAFF,))
    project = make_project()
    make_sign_up(make_shift(project=project, in_hours=-48), user)
    paid, waiting = claim(user, project, 12_00), claim(user, project, 5_00)
    case = find_case_of(CaseKind.EXPENSE, paid)
    decide_case(
        actor=actor_of(clerk), case_id=case.id, version=case.version, action=CaseAction.ACCEPT,
        reason="Sì.",
    )  # fmt: skip
    db.session.commit()
    waits = find_case_of(CaseKind.EXPENSE, waiting)
    assert erase(user)
    kept = db.session.scalars(select(Expense)).one()
    assert (kept.id, kept.amount_cents) == (paid, 12_00)
    # Its receipt is part of the accounts, the other one is not.
    assert list(db.session.scalars(select(StoredFile.id))) == [kept.file_id]
    assert db.session.get_one(Case, waits.id).state is CaseState.WITHDRAWN
    assert beside_mails("Anna Prova") == []


def test_pages_of_staff_and_tutors_read_words_instead_of_the_name(client):
    project = make_project()
    tutor, user = make_tutor(project), make_user(name="Anna Prova")
    shift = make_shift(project=project, in_hours=1)
    make_sign_up(shift, user)
    make_hours(user, project, on=date(2026, 11, 2))
    erase_account(actor=actor_of(user), proof=user.email)
    db.session.commit()
    client.sign_in(tutor)
    page = client.get(f"/volontariato/tutor/turni/{shift.id}")
    assert page.status_code == 200
    assert FORMER in page.text
    assert "Anna" not in page.text


def test_nobody_writes_to_a_shell(database):
    project = make_project()
    shift, user = make_shift(project=project, in_hours=-48), make_user()
    make_sign_up(shift, user)
    assert [row.user_id for row in list_reachable_of_shift(shift.id)] == [user.id]
    assert erase(user)
    assert list_reachable_of_shift(shift.id) == []
    assert list_reachable_of_project(project.id) == []
