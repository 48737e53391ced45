"""What the database itself refuses of R+, whoever writes."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.errors import constraint_name, explain_constraint
from portal.core.files import store_made
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import (
    Certificate,
    Expense,
    GuardianAuthorisation,
    HoursEntry,
    InsurancePeriod,
    InsurancePolicy,
    InterviewBooking,
    InterviewSlot,
    MessageRecipient,
    Programme,
    ProjectApplication,
    ProjectCheck,
    RegisterEntry,
    SavedSearch,
    SharedThanks,
    ShiftSeries,
    VolunteerMessage,
    WalkIn,
)
from portal.volunteering.states import (
    Answer,
    ApplicationState,
    BookingState,
    EnrolmentState,
    ExpenseKind,
    ExpenseState,
    GuardianState,
    HoursSource,
    HoursState,
    InterviewOutcome,
    Presence,
    PresenceSource,
    ProjectCheckKind,
    ProjectState,
    RegisterKind,
    RegisterSection,
    TimeKind,
)
from tests.factories.files import PDF
from tests.factories.people import make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_programme,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)

NOON = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)


def refused_by(write: Callable[[], object]) -> IntegrityError:
    def write_and_commit():
        write()
        db.session.commit()

    with pytest.raises(IntegrityError) as caught:
        write_and_commit()
    db.session.rollback()
    return caught.value


def store(row: Any) -> Any:
    db.session.add(row)
    db.session.commit()
    return row


def stored_pdf() -> int:
    stored = store_made(name="ricevuta.pdf", content=PDF)
    db.session.flush()
    return stored.id


def application(**columns: Any) -> ProjectApplication:
    return ProjectApplication(
        **{"project_id": make_project().id, "user_id": make_user().id, **columns}
    )


def check(**columns: Any) -> ProjectCheck:
    person = make_user().id
    values = {
        "project_id": make_project().id, "user_id": person, "seen_by_id": person,
        "kind": ProjectCheckKind.TRAINING, "seen_on": DAY,
    }  # fmt: skip
    return ProjectCheck(**{**values, **columns})


def series(**columns: Any) -> ShiftSeries:
    values = {
        "project_id": make_project().id, "weekdays": ["mon"], "starts_time": time(15),
        "ends_time": time(17), "from_on": DAY, "until_on": DAY + timedelta(days=30),
        "capacity": 3, "waiting_capacity": 2,
    }  # fmt: skip
    return ShiftSeries(**{**values, **columns})


def walk_in(**columns: Any) -> WalkIn:
    values = {
        "shift_id": make_shift().id, "full_name": "Rosa Prova", "recorded_by_id": make_user().id,
    }  # fmt: skip
    return WalkIn(**{**values, **columns})


def guardian(**columns: Any) -> GuardianAuthorisation:
    values = {
        "enrolment_id": make_enrolment(make_user()).id, "full_name": "Madre Prova",
        "email": "madre@example.org",
    }  # fmt: skip
    return GuardianAuthorisation(**{**values, **columns})


def slot(**columns: Any) -> InterviewSlot:
    values = {
        "interviewer_id": make_user().id, "starts_at": NOON,
        "ends_at": NOON + timedelta(minutes=20), "place_name": "Sportello",
    }  # fmt: skip
    return InterviewSlot(**{**values, **columns})


def booking(**columns: Any) -> InterviewBooking:
    values = {
        "slot_id": store(slot()).id, "enrolment_id": make_enrolment(make_user()).id,
    }  # fmt: skip
    return InterviewBooking(**{**values, **columns})


def line(**columns: Any) -> RegisterEntry:
    values = {
        "section": RegisterSection.REGULAR, "number": 1, "kind": RegisterKind.ENTRY,
        "full_name": "Ada Prova", "born_on": date(1990, 5, 17), "birth_place": "Reggio Emilia",
        "starts_on": DAY, "recorded_by_name": "Carla Prova",
    }  # fmt: skip
    return RegisterEntry(**{**values, **columns})


def policy(**columns: Any) -> InsurancePolicy:
    values = {
        "insurer": "Mutua Inventata", "number": "P-1", "starts_on": DAY,
        "ends_on": DAY + timedelta(days=30),
    }  # fmt: skip
    return InsurancePolicy(**{**values, **columns})


def period(**columns: Any) -> InsurancePeriod:
    values = {"starts_on": DAY, "ends_on": DAY + timedelta(days=30)}
    if "user_id" not in columns:
        columns["user_id"] = make_user().id
    if "policy_id" not in columns:
        columns["policy_id"] = store(policy()).id
    return InsurancePeriod(**{**values, **columns})


def hours(**columns: Any) -> HoursEntry:
    values = {
        "user_id": make_user().id, "project_id": make_project().id, "worked_on": DAY,
        "minutes": 120, "source": HoursSource.DECLARED, "state": HoursState.TO_VERIFY,
    }  # fmt: skip
    return HoursEntry(**{**values, **columns})


def certificate(**columns: Any) -> Certificate:
    values = {
        "code": "7K4M-92QX", "user_id": make_user().id, "full_name": "Ada Prova", "from_on": DAY,
        "until_on": DAY, "minutes": 60, "lines": [], "file_id": stored_pdf(),
    }  # fmt: skip
    return Certificate(**{**values, **columns})


def expense(**columns: Any) -> Expense:
    values = {
        "user_id": make_user().id, "project_id": make_project().id, "spent_on": DAY,
        "kind": ExpenseKind.SELF_CERTIFIED, "amount_cents": 500, "description": "Biglietti",
    }  # fmt: skip
    return Expense(**{**values, **columns})


def thanks(**columns: Any) -> SharedThanks:
    return SharedThanks(**{"user_id": make_user().id, "key": "a" * 43, "year": 2026, **columns})


def message(**columns: Any) -> VolunteerMessage:
    values = {
        "project_id": make_project().id, "sender_id": make_user().id, "subject": "Domani",
        "body": "Portate i guanti.",
    }  # fmt: skip
    return VolunteerMessage(**{**values, **columns})


MAKERS: tuple[Callable[..., Any], ...] = (
    application, check, series, walk_in, guardian, slot, booking, line, policy, period, hours,
    certificate, expense, thanks, message,
)  # fmt: skip


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_what_is_possible_is_taken(database, make):
    assert store(make()).id is not None


@pytest.mark.parametrize(
    ("make", "columns", "constraint"),
    [
        (application, {"state": ApplicationState.ACCEPTED}, "answered_has_time"),
        (application, {"state": ApplicationState.REFUSED, "answered_at": NOON}, "refused_says_why"),
        (series, {"until_on": DAY - timedelta(days=1)}, "ends_after_start"),
        (series, {"until_on": DAY + timedelta(days=400)}, "is_a_year_at_most"),
        (series, {"ends_time": time(15)}, "takes_time"),
        (series, {"capacity": 0}, "has_places"),
        (series, {"waiting_capacity": -1}, "waiting_capacity_not_negative"),
        (series, {"opens_days_before": 0}, "opens_before"),
        (series, {"closes_hours_before": -1}, "closes_before_start"),
        (series, {"weekdays": []}, "weekdays_are_known"),
        (series, {"weekdays": ["lun"]}, "weekdays_are_known"),
        (walk_in, {"full_name": "  "}, "has_name"),
        (walk_in, {"tax_code": "abc"}, "tax_code_has_shape"),
        (walk_in, {"minutes": 0}, "minutes_are_of_a_day"),
        (guardian, {"state": GuardianState.GIVEN}, "answered_has_time"),
        (guardian, {"email": None}, "can_be_reached"),
        (slot, {"ends_at": NOON}, "ends_after_start"),
        (slot, {"place_name": " "}, "has_place"),
        (booking, {"state": BookingState.HELD}, "held_has_outcome"),
        (booking, {"outcome": InterviewOutcome.POSITIVE}, "held_has_outcome"),
        (line, {"full_name": " "}, "has_name"),
        (line, {"birth_place": None}, "says_who"),
        (line, {"ends_on": DAY - timedelta(days=1)}, "ends_after_start"),
        (line, {"kind": RegisterKind.EXIT, "reason": "Lascia"}, "exit_has_day"),
        (line, {"section": RegisterSection.OCCASIONAL}, "occasional_has_end"),
        (line, {"kind": RegisterKind.CORRECTION, "reason": " "}, "change_says_why"),
        (line, {"number": 0}, "number_is_positive"),
        (policy, {"ends_on": DAY - timedelta(days=1)}, "ends_after_start"),
        (policy, {"insurer": " "}, "has_insurer"),
        (period, {"ends_on": DAY - timedelta(days=1)}, "ends_after_start"),
        (hours, {"minutes": 0}, "minutes_are_of_a_day"),
        (hours, {"minutes": 1441}, "minutes_are_of_a_day"),
        (hours, {"state": HoursState.VERIFIED}, "verified_says_by_whom"),
        (hours, {"state": HoursState.REFUSED}, "change_says_why"),
        (hours, {"source": HoursSource.PRESENCE}, "presence_is_of_a_shift"),
        (certificate, {"until_on": DAY - timedelta(days=1)}, "ends_after_start"),
        (certificate, {"minutes": 0}, "has_hours"),
        (certificate, {"revoked_at": NOON}, "revoked_says_why"),
        (expense, {"amount_cents": 0}, "amount_is_plausible"),
        (expense, {"amount_cents": 10_01}, "day_cap_is_kept"),
        (expense, {"kind": ExpenseKind.DOCUMENTED}, "documented_has_receipt"),
        (expense, {"description": " "}, "says_what_for"),
        (thanks, {"shows_name": True}, "name_is_written"),
        (thanks, {"shown_name": "Ada"}, "name_is_written"),
        (thanks, {"shows_name": True, "shown_name": " "}, "name_is_written"),
        (expense, {"state": ExpenseState.REFUSED}, "reason_is_said"),
        (message, {"subject": " "}, "has_subject"),
        (message, {"body": " "}, "has_body"),
    ],
)
def test_impossible_row_is_refused_by_name(database, make, columns, constraint):
    row = make(**columns)
    error = refused_by(lambda: db.session.add(row))
    assert constraint_name(error) == f"ck_{row.__tablename__}_{constraint}"


CHANGES: tuple[tuple[Callable[[], Any], Mapping[str, Any], str], ...] = (
    (make_programme, {"name": " "}, "has_name"),
    (make_programme, {"youngest_age": 121}, "youngest_age_is_plausible"),
    (make_programme, {"youngest_age": 18, "oldest_age": 17}, "oldest_is_not_younger"),
    (make_programme, {"fitness_from_age": 0}, "fitness_age_is_positive"),
    (make_programme, {"points_per_hour": -1}, "points_not_negative"),
    (make_programme, {"offer_hours": 0}, "offer_hours_are_plausible"),
    (make_project, {"title": " "}, "has_title"),
    (make_project, {"starts_on": DAY, "ends_on": date(2026, 1, 1)}, "ends_after_start"),
    (make_project, {"time_kind": TimeKind.FLEXIBLE}, "flexible_has_period"),
    (make_project, {"youngest_age": -1}, "youngest_age_is_plausible"),
    (make_project, {"people_wanted": 0}, "wants_people"),
    (make_project, {"group_cap": 1}, "group_cap_is_plausible"),
    (make_project, {"leave_until_hours": -1}, "leave_until_is_plausible"),
    (make_project, {"skills": ["volare"]}, "skills_are_known"),
    (make_project, {"state": ProjectState.CLOSED}, "closed_says_why"),
    (make_shift, {"cancelled_reason": "Piove."}, "cancelled_says_why"),
    (make_shift, {"occurs_on": DAY}, "series_says_which_day"),
    (lambda: make_sign_up(make_shift()), {"offer_until_at": NOON}, "offer_has_an_end"),
    (lambda: make_sign_up(make_shift()), {"people": 2}, "group_has_name"),
    (lambda: make_sign_up(make_shift()), {"answer": Answer.YES}, "answer_has_time"),
    (lambda: make_sign_up(make_shift()), {"presence": Presence.PRESENT}, "presence_has_time"),
    (
        lambda: make_sign_up(make_shift(), state=SignUpState.WAITING),
        {
            "presence": Presence.PRESENT,
            "presence_at": NOON,
            "presence_source": PresenceSource.TUTOR,
        },
        "presence_is_of_confirmed",
    ),
    (
        lambda: make_sign_up(
            make_shift(),
            presence=Presence.PRESENT,
            presence_at=NOON,
            presence_source=PresenceSource.TUTOR,
        ),
        {"present_people": 2},
        "present_people_are_of_group",
    ),
    (lambda: make_enrolment(make_user()), {"tax_code": "x"}, "tax_code_has_shape"),
    (lambda: make_enrolment(make_user()), {"left_on": DAY}, "left_has_day"),
    (lambda: make_enrolment(make_user()), {"fitness_until": DAY}, "fitness_was_seen"),
    (lambda: make_enrolment(make_user()), {"permit_until": DAY}, "permit_was_seen"),
    (lambda: make_enrolment(make_user()), {"skills": ["volare"]}, "skills_are_known"),
    (
        lambda: make_enrolment(make_user()),
        {"state": EnrolmentState.LEFT, "left_on": None},
        "left_has_day",
    ),
)


@pytest.mark.parametrize(("make", "columns", "constraint"), CHANGES)
def test_impossible_change_is_refused_by_name(database, make, columns, constraint):
    row = make()

    def change():
        for name, value in columns.items():
            setattr(row, name, value)

    error = refused_by(change)
    assert constraint_name(error) == f"ck_{row.__tablename__}_{constraint}"


def test_a_shift_lasts_a_day_at_most(database):
    shift = make_shift()

    def stretch():
        shift.ends_at = shift.starts_at + timedelta(hours=24, seconds=1)

    error = refused_by(stretch)
    assert constraint_name(error) == "ck_shift_ends_within_a_day"
    assert explain_constraint(error).field == "ends_at"


@pytest.mark.parametrize(
    ("make", "again", "constraint"),
    [
        (application, ("project_id", "user_id"), "uq_project_application_live_project_user"),
        (check, ("project_id", "user_id"), "uq_project_check_project_id_user_id_kind"),
        (walk_in, ("shift_id",), "uq_walk_in_shift_name_contact"),
        (guardian, ("enrolment_id",), "uq_guardian_authorisation_current"),
        (slot, ("interviewer_id",), "ex_interview_slot_interviewer_once"),
        (booking, ("slot_id",), "uq_interview_booking_slot"),
        (booking, ("enrolment_id",), "uq_interview_booking_enrolment"),
        (line, (), "uq_register_entry_section_number"),
        (policy, (), "uq_insurance_policy_number"),
        (period, ("user_id", "policy_id"), "ex_insurance_period_person_once"),
        (certificate, (), "uq_certificate_code"),
        (thanks, ("user_id",), "uq_shared_thanks_user_id"),
        (thanks, (), "uq_shared_thanks_key"),
    ],
)
def test_what_may_stand_once_stands_once(database, make, again, constraint):
    first = store(make())
    same = {name: getattr(first, name) for name in again}
    if constraint == "uq_shared_thanks_user_id":
        same["key"] = "b" * 43
    if make is booking and again == ("enrolment_id",):
        same["slot_id"] = store(slot(starts_at=NOON, ends_at=NOON + timedelta(hours=1))).id
    second = make(**same)
    error = refused_by(lambda: db.session.add(second))
    assert constraint_name(error) == constraint


def test_the_rest_of_what_stands_once(database):
    project, person = make_project(), make_user()
    make_tutor(project, person)
    error = refused_by(lambda: make_tutor(project, person))
    assert constraint_name(error) == "uq_project_tutor_project_id_user_id"
    search = {"user_id": person.id, "filters": "settore=green"}
    store(SavedSearch(**search))
    error = refused_by(lambda: db.session.add(SavedSearch(**search)))
    assert constraint_name(error) == "uq_saved_search_user_id_filters"
    sent = store(message())
    to = {"message_id": sent.id, "user_id": person.id}
    store(MessageRecipient(**to, event_key="message:1:1"))
    error = refused_by(lambda: db.session.add(MessageRecipient(**to)))
    assert constraint_name(error) == "uq_message_recipient_message_id_user_id"
    other = {"message_id": sent.id, "user_id": make_user().id, "event_key": "message:1:1"}
    error = refused_by(lambda: db.session.add(MessageRecipient(**other)))
    assert constraint_name(error) == "uq_message_recipient_event_key"


def test_a_series_makes_one_shift_a_day(database):
    weekly = store(series())

    def make_same_day():
        shift = make_shift()
        shift.series_id, shift.occurs_on = weekly.id, DAY
        db.session.commit()

    make_same_day()
    assert constraint_name(refused_by(make_same_day)) == "uq_shift_series_occurs_on"


def test_programmes_with_one_address_are_refused(database):
    slug = make_programme().slug
    twin = Programme(slug=slug, name="Un altro", requires_enrolment=False)
    assert constraint_name(refused_by(lambda: db.session.add(twin))) == "uq_programme_slug"


def test_nobody_verifies_their_own_hours(database):
    person = make_user()
    own = hours(
        user_id=person.id, state=HoursState.VERIFIED, verified_at=NOON, verified_by_id=person.id
    )
    error = refused_by(lambda: db.session.add(own))
    assert constraint_name(error) == "ck_hours_entry_nobody_verifies_their_own"


def test_a_presence_counts_once(database):
    sign_up = make_sign_up(make_shift())
    of_shift = {"sign_up_id": sign_up.id, "source": HoursSource.PRESENCE}
    store(hours(**of_shift))
    twin = hours(**of_shift)
    error = refused_by(lambda: db.session.add(twin))
    assert constraint_name(error) == "uq_hours_entry_live_sign_up"
    store(hours(**of_shift, state=HoursState.REFUSED, reason="Doppio"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE register_entry SET full_name = 'Altra'",
        "DELETE FROM register_entry",
        "TRUNCATE register_entry",
    ],
)
def test_a_line_of_the_register_is_never_changed(database, statement):
    store(line())
    error = refused_by(lambda: db.session.execute(text(statement)))
    assert constraint_name(error) == "register_entry_is_kept"
    # The index of numbers is not what refused it: a correction carries the same one.
    store(line(kind=RegisterKind.CORRECTION, reason="Nome sbagliato", full_name="Anna Prova"))


def test_caps_on_what_is_only_declared_hold_over_the_day_and_the_month(database):
    person = make_user().id
    store(expense(user_id=person, amount_cents=6_00))
    late = expense(user_id=person, amount_cents=4_01)
    assert constraint_name(refused_by(lambda: db.session.add(late))) == "expense_day_cap"
    store(expense(user_id=person, amount_cents=4_00))
    for day in range(2, 16):
        store(expense(user_id=person, amount_cents=10_00, spent_on=DAY.replace(day=day)))
    over = expense(user_id=person, amount_cents=1, spent_on=DAY.replace(day=30))
    error = refused_by(lambda: db.session.add(over))
    assert constraint_name(error) == "expense_month_cap"
    assert explain_constraint(error).field == "amount"
    # What was refused does not count, what has a receipt neither, nor another month or person.
    store(expense(user_id=person, amount_cents=1, spent_on=date(2027, 1, 1)))
    store(expense(amount_cents=10_00))
    receipt = {"kind": ExpenseKind.DOCUMENTED, "amount_cents": 90_00, "file_id": stored_pdf()}
    store(expense(user_id=person, **receipt))
    refused = {"state": ExpenseState.REFUSED, "reason": "Doppio"}
    store(expense(user_id=person, amount_cents=10_00, **refused))


def test_who_has_no_address_has_no_password(database):
    person = make_user()

    def forget_address():
        person.email, person.password = None, "segreto"

    assert constraint_name(refused_by(forget_address)) == "ck_user_account_sign_in_has_email"
