""" "Ci sei?" two days before, and calls for help when people are missing."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.permissions import Role
from portal.volunteering.emails.places import ATTENDANCE_LINK, CALLS_LINK
from portal.volunteering.jobs import ask_attendance, call_people
from portal.volunteering.models import Enrolment, SignUp
from portal.volunteering.policies import ShiftTimes
from portal.volunteering.queries import list_shifts_to_ask, list_shifts_to_call_for
from portal.volunteering.services import (
    ShiftContent,
    change_shift,
    confirm_own_attendance,
    take_place,
)
from portal.volunteering.states import Answer, EnrolmentState, ShiftState
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_project,
    make_shift,
    make_sign_up,
    make_tutor,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=9)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def mails(event):
    db.session.expire_all()
    rows = db.session.scalars(
        select(MailMessage)
        .where(MailMessage.event_key.contains(f":{event}"))
        .order_by(MailMessage.id)
    )
    return list(rows)


def fresh(sign_up):
    db.session.expire_all()
    return db.session.get(SignUp, sign_up.id)


def path_of(sign_up):
    return f"/volontariato/ci-sei/{sign(ATTENDANCE_LINK, [sign_up.id])}"


def test_people_are_asked_once_two_days_before(database):
    shift = make_shift(in_hours=48)
    ada = make_user(name="Ada Prova")
    make_sign_up(shift, ada, created_at=LONG_AGO)
    make_sign_up(shift, state=SignUpState.WAITING, created_at=LONG_AGO)
    assert list_shifts_to_ask() == [shift.id]
    ask_attendance(shift_id=shift.id)
    # The worker restarts and takes the job up again.
    ask_attendance(shift_id=shift.id)
    assert list_shifts_to_ask() == []
    (mail,) = mails("attendance")
    assert mail.recipient == ada.email
    assert mail.subject.startswith("Ci sei? Cura del verde")
    assert "Quando: mercoledì 2 dicembre, ore 10:00, fino alle 12:00" in mail.text_body
    assert "/volontariato/ci-sei/" in mail.text_body


def test_people_asked_before_are_asked_anew_of_a_shift_at_another_hour(database):
    shift = make_shift(in_hours=48)
    ada, clerk = make_user(name="Ada Prova"), make_user(name="Carla Prova", roles=(Role.STAFF,))
    sign_up = make_sign_up(shift, ada, created_at=LONG_AGO)
    ask_attendance(shift_id=shift.id)
    confirm_own_attendance(actor=actor_of(ada), shift_id=shift.id)
    later = ShiftTimes(
        shift.starts_at + timedelta(hours=1), shift.ends_at + timedelta(hours=1),
        shift.opens_at, shift.closes_at,
    )  # fmt: skip
    content = ShiftContent(times=later, capacity=shift.capacity)
    change_shift(
        actor=actor_of(clerk), project_id=shift.project_id, shift_id=shift.id,
        seen_version=shift.version, content=content,
    )  # fmt: skip
    db.session.commit()
    assert (fresh(sign_up).answer, fresh(sign_up).asked_at) == (None, None)
    with frozen(NOW + timedelta(hours=2)):
        ask_attendance(shift_id=shift.id)
    first, second = mails("attendance")
    assert "ore 10:00" in first.text_body
    assert "ore 11:00" in second.text_body


@pytest.mark.parametrize(
    ("hours", "is_cancelled", "signed_up"),
    [
        (49, False, LONG_AGO),
        (0.5, True, LONG_AGO),
        (40, True, LONG_AGO),
        # Took the place an hour ago: they know.
        (40, False, NOW - timedelta(hours=1)),
    ],
)
def test_who_need_not_be_asked_is_not(database, hours, is_cancelled, signed_up):
    shift = make_shift(in_hours=hours)
    make_sign_up(shift, created_at=signed_up)
    if is_cancelled:
        shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
        db.session.commit()
    assert list_shifts_to_ask() == []
    ask_attendance(shift_id=shift.id)
    assert mails("attendance") == []


def test_yes_by_the_link_is_noted_without_signing_in(client):
    sign_up = make_sign_up(make_shift(in_hours=40), created_at=LONG_AGO)
    path = path_of(sign_up)
    client.get(path)
    assert fresh(sign_up).answer is None
    assert client.submit(path, {"answer": "yes"}).status_code == 303
    assert fresh(sign_up).answer is Answer.YES
    assert "Ci vediamo lì!" in client.get(path).get_data(as_text=True)
    assert client.submit(path, {"answer": "no"}).status_code == 409
    assert fresh(sign_up).state is SignUpState.CONFIRMED


def test_no_by_the_link_gives_the_place_back_in_time(client):
    shift = make_shift(in_hours=40, capacity=1)
    sign_up = make_sign_up(shift, created_at=LONG_AGO)
    next_in_line = make_sign_up(shift, state=SignUpState.WAITING)
    path = path_of(sign_up)
    assert client.submit(path, {"answer": "no"}).status_code == 303
    assert (fresh(sign_up).state, sign_up.answer) == (SignUpState.LEFT, Answer.NO)
    assert fresh(next_in_line).state is SignUpState.OFFERED
    assert "Hai lasciato il posto" in client.get(path).get_data(as_text=True)


def test_no_at_the_last_moment_is_told_to_the_tutor(client):
    project = make_project()
    tutor = make_tutor(project)
    sign_up = make_sign_up(make_shift(project=project, in_hours=5), created_at=LONG_AGO)
    client.submit(path_of(sign_up), {"answer": "no"})
    assert fresh(sign_up).has_left_late
    (mail,) = mails("left_late")
    assert mail.recipient == tutor.email


def test_a_link_answers_nothing_once_the_shift_has_started(client):
    sign_up = make_sign_up(make_shift(in_hours=2), created_at=LONG_AGO)
    path = path_of(sign_up)
    with frozen(NOW + timedelta(hours=2)):
        page = client.get(path)
        assert "Non c’è più nulla a cui rispondere" in page.get_data(as_text=True)
        assert client.submit(path, {"answer": "yes"}).status_code == 409
    assert fresh(sign_up).answer is None


# NOW is a Monday, ten o'clock in the city: a shift in 48 hours is on Wednesday morning.


def make_volunteer(*, skills=(), availability=("wed-mattina",), **columns):
    person = make_user()
    enrolment = make_enrolment(person, EnrolmentState.ACCEPTED)
    enrolment.availability, enrolment.skills = list(availability), list(skills)
    for name, value in columns.items():
        setattr(enrolment, name, value)
    db.session.commit()
    return person


def called():
    return [mail.recipient for mail in mails("people_missing")]


def test_suitable_people_are_called_once_for_a_shift_that_lacks_people(database):
    shift = make_shift(
        project=make_project(skills=["gardening"]), in_hours=48, capacity=1, waiting_capacity=0
    )
    able = make_volunteer()
    skilled = make_volunteer(skills=["gardening", "cooking"])
    make_volunteer(availability=["wed-sera"])
    make_volunteer(wants_calls=False)
    make_enrolment(make_user(), EnrolmentState.SUBMITTED)
    busy = make_volunteer()
    take_place(actor=actor_of(busy), shift_id=make_shift(in_hours=49).id)
    db.session.commit()
    assert shift.id in list_shifts_to_call_for()
    call_people(shift_id=shift.id)
    call_people(shift_id=shift.id)
    assert called() == [skilled.email, able.email]
    assert shift.id not in list_shifts_to_call_for()


def test_nobody_is_called_twice_a_day(database):
    person = make_volunteer()
    call_people(shift_id=make_shift(in_hours=47).id)
    # Mails are dated by the database, whose clock no test holds.
    db.session.execute(db.update(MailMessage).values(created_at=NOW))
    db.session.commit()
    call_people(shift_id=make_shift(in_hours=48).id)
    assert called() == [person.email]
    with frozen(NOW + timedelta(hours=25)):
        call_people(shift_id=make_shift(in_hours=23.5).id)
    assert called() == [person.email, person.email]


def test_only_five_people_are_called_for_each_place(database):
    for _ in range(7):
        make_volunteer()
    call_people(shift_id=make_shift(in_hours=48, capacity=1).id)
    assert len(called()) == 5


@pytest.mark.parametrize("hours", [5, 73])
def test_nobody_is_called_too_early_or_too_late(database, hours):
    slots = [f"{d}-{p}" for d in ("mon", "thu") for p in ("mattina", "pomeriggio", "sera")]
    make_volunteer(availability=slots)
    shift = make_shift(in_hours=hours)
    call_people(shift_id=shift.id)
    assert called() == []
    assert shift.id not in list_shifts_to_call_for()


def test_a_full_shift_calls_nobody(database):
    make_volunteer()
    shift = make_shift(in_hours=48, capacity=1)
    make_sign_up(shift)
    call_people(shift_id=shift.id)
    assert called() == []


def test_one_tap_ends_calls_also_by_the_mail_program_itself(client):
    person = make_volunteer()
    call_people(shift_id=make_shift(in_hours=48).id)
    (mail,) = mails("people_missing")
    path = f"/volontariato/chiamate/{sign(CALLS_LINK, person.id)}"
    assert mail.unsubscribe_url.endswith(path)
    client.get(path)
    assert db.session.scalar(select(Enrolment.wants_calls))
    assert client.post(path).status_code == 422
    # As RFC 8058 has it: no cookie, no token of ours.
    answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    db.session.expire_all()
    assert not db.session.scalar(select(Enrolment.wants_calls))
    assert "Non te lo chiediamo più" in client.get(path).get_data(as_text=True)
    forged = client.post("/volontariato/chiamate/x", data={"List-Unsubscribe": "One-Click"})
    assert forged.status_code == 404


def test_the_personal_area_asks_what_the_mails_ask(client):
    person = make_user()
    client.sign_in(person)
    asked = make_sign_up(make_shift(in_hours=40), person, created_at=LONG_AGO, asked_at=NOW)
    offered = make_sign_up(
        make_shift(in_hours=90),
        person,
        SignUpState.OFFERED,
        offer_until_at=NOW + timedelta(hours=9),
    )
    page = client.get("/area-personale/").get_data(as_text=True)
    assert "2 cose aspettano una tua risposta" in page
    assert "Si è liberato un posto per te" in page
    client.submit(f"/volontariato/turni/{asked.shift_id}/ci-sono")
    client.submit(f"/volontariato/turni/{offered.shift_id}/partecipo")
    assert (fresh(asked).answer, fresh(offered).state) == (Answer.YES, SignUpState.CONFIRMED)
    assert "aspettano una tua risposta" not in client.get("/area-personale/").get_data(True)
