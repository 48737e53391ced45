"""Meetings by the services: places, waiting list, offers, changes, reminders, and their mails."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from portal.accounts.commitments import CommitmentKind
from portal.core.clock import frozen
from portal.core.database import db
from portal.core.errors import ForbiddenStepError, RuleBrokenError
from portal.core.history import list_history
from portal.core.mail import MailMessage, PhoneMessage
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.laboratories.emails.meetings import OFFER_LINK
from portal.laboratories.jobs.meetings import (
    find_due_meetings,
    lapse_meeting_offers,
    remind_of_meeting,
)
from portal.laboratories.models import Meeting, MeetingSignUp
from portal.laboratories.queries.meetings import (
    find_next,
    list_meetings,
    list_meetings_to_remind,
    list_meetings_with_lapsed_offers,
)
from portal.laboratories.services import (
    MeetingChangedError,
    cancel_meeting,
    change_meeting,
    leave_meeting,
    plan_meeting,
    register,
    register_person,
)
from portal.laboratories.states import MeetingRefusal, MeetingState
from portal.volunteering.services import take_place
from portal.volunteering.states import SignUpRefusal
from tests.factories.laboratories import make_laboratory
from tests.factories.meetings import content, plan, register_user, states
from tests.factories.people import actor_of, make_user
from tests.factories.places import make_place
from tests.factories.volunteering import make_shift, make_sign_up

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
CONFIRMED, WAITING, OFFERED = SignUpState.CONFIRMED, SignUpState.WAITING, SignUpState.OFFERED


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def take(user, meeting, people=1):
    decision = register(actor=actor_of(user), meeting_id=meeting.id, people=people)
    db.session.commit()
    return decision


def leave(user, meeting):
    had = leave_meeting(actor=actor_of(user), meeting_id=meeting.id)
    db.session.commit()
    return had


def events_of(user):
    rows = db.session.scalars(
        db.select(MailMessage.event_key)
        .where(MailMessage.recipient == user.email)
        .order_by(MailMessage.id)
    )
    return [key.split(":")[2] for key in rows]


def mail_of(user):
    return db.session.scalars(
        db.select(MailMessage)
        .where(MailMessage.recipient == user.email)
        .order_by(MailMessage.id.desc())
        .limit(1)
    ).one()


def change(meeting, actor=None, version=None, **given):
    facts = {
        "title": meeting.title,
        "ends_at": meeting.ends_at,
        "place_name": meeting.place_name,
        "address": meeting.address,
        "capacity": meeting.capacity,
        "waiting_capacity": meeting.waiting_capacity,
        **given,
    }
    told = change_meeting(
        actor=actor or actor_of(make_user()),
        laboratory_id=meeting.laboratory_id,
        meeting_id=meeting.id,
        version=meeting.version if version is None else version,
        content=content(facts.pop("starts_at", meeting.starts_at), **facts),
    )
    db.session.commit()
    db.session.refresh(meeting)
    return told


def cancel(meeting, actor=None, reason="La sala non è agibile."):
    told = cancel_meeting(
        actor=actor or actor_of(make_user()),
        laboratory_id=meeting.laboratory_id,
        meeting_id=meeting.id,
        version=meeting.version,
        reason=reason,
    )
    db.session.commit()
    return told


# --- places


def test_places_then_the_list_then_nothing(database):
    meeting = plan(capacity=2, waiting_capacity=1)
    users = [make_user() for _ in range(4)]
    decisions = [take(user, meeting) for user in users]
    assert states(meeting) == [CONFIRMED, CONFIRMED, WAITING]
    assert decisions[2].position == 1
    assert decisions[3].refusal is MeetingRefusal.FULL_WAITING_LIST_FULL
    assert [events_of(user) for user in users] == [["confirmed"], ["confirmed"], ["waiting"], []]


def test_same_tap_twice_is_one_place_and_one_mail(database):
    meeting, user = plan(), make_user()
    take(user, meeting)
    assert take(user, meeting).refusal is MeetingRefusal.ALREADY_SIGNED_UP
    assert states(meeting) == [CONFIRMED]
    assert events_of(user) == ["confirmed"]


def test_ten_people_take_ten_places(database):
    meeting, user = plan(capacity=12), make_user()
    take(user, meeting, people=10)
    db.session.refresh(meeting)
    assert meeting.confirmed_count == 10
    assert take(make_user(), meeting, people=3).outcome is None
    assert "10 posti" in mail_of(user).text_body


def test_the_office_registers_who_telephoned_and_it_is_marked(database):
    meeting, clerk, person = plan(), make_user(), make_user()
    register_person(actor=actor_of(clerk), user_id=person.id, meeting_id=meeting.id, people=2)
    db.session.commit()
    sign_up = db.session.scalars(db.select(MeetingSignUp)).one()
    assert (sign_up.user_id, sign_up.recorded_by_id, sign_up.people) == (person.id, clerk.id, 2)
    assert events_of(person) == ["confirmed"]
    assert events_of(clerk) == []


def test_two_at_the_last_place_get_one_place_and_the_list(app, database):
    meeting = plan(capacity=1, waiting_capacity=1)
    users = [actor_of(make_user()), actor_of(make_user())]
    meeting_id, starting = meeting.id, threading.Barrier(2)
    db.session.commit()
    problems = []

    def tap(actor):
        try:
            with app.app_context(), app.test_request_context():
                starting.wait()
                register(actor=actor, meeting_id=meeting_id)
                db.session.commit()
        except Exception as error:  # noqa: BLE001 - told by the test
            problems.append(error)

    threads = [threading.Thread(target=tap, args=(actor,)) for actor in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(states(meeting)) == [CONFIRMED, WAITING]


# --- what one has promised elsewhere


def test_meeting_and_shift_at_the_same_hour_refuse_each_other(database):
    user = make_user()
    shift = make_shift(in_hours=72)
    make_sign_up(shift, user)
    meeting = plan(in_hours=73)
    decision = take(user, meeting)
    assert decision.refusal is MeetingRefusal.OVERLAPS
    assert decision.overlap.is_of(CommitmentKind.SHIFT, shift.id)

    other = plan(in_hours=96)
    take(user, other)
    clash = make_shift(in_hours=97)
    found = take_place(actor=actor_of(user), shift_id=clash.id)
    assert found.refusal is SignUpRefusal.OVERLAPS
    assert found.overlap.is_of(CommitmentKind.MEETING, other.id)
    near = make_shift(in_hours=98)
    found = take_place(actor=actor_of(user), shift_id=near.id)
    assert found.is_allowed
    assert found.travel.is_of(CommitmentKind.MEETING, other.id)


def test_waiting_and_cancelled_meetings_take_no_time(database):
    user = make_user()
    cancelled, full = plan(in_hours=72), plan(in_hours=72, capacity=1)
    take(user, cancelled)
    cancel(cancelled)
    take(make_user(), full)
    take(user, full)
    assert take(user, plan(in_hours=72)).is_allowed


# --- offers


def test_freed_place_is_offered_and_taken_by_the_link(client, database):
    meeting = plan(capacity=1)
    holder, first, second = make_user(), make_user(name="Franca Prova"), make_user()
    for user in (holder, first, second):
        take(user, meeting)
    assert leave(holder, meeting) is CONFIRMED
    assert states(meeting) == [SignUpState.LEFT, OFFERED, WAITING]
    assert events_of(first) == ["waiting", "offered"]
    sign_up = db.session.scalars(
        db.select(MeetingSignUp).where(MeetingSignUp.user_id == first.id)
    ).one()
    assert sign_up.offer_until_at == NOW + timedelta(hours=24)
    assert "entro martedì 1 dicembre, ore 10:00" in mail_of(first).text_body

    address = f"/incontri/offerta/{sign(OFFER_LINK, [sign_up.id])}"
    assert "Franca Prova, qualcuno ha" in client.get(address).text
    assert states(meeting)[1] is OFFERED
    assert client.submit(address).status_code == 422
    assert client.submit(address, {"answer": "yes"}).status_code == 303
    assert states(meeting)[1] is CONFIRMED
    assert events_of(first) == ["waiting", "offered", "confirmed"]
    # A link is good once.
    assert client.submit(address, {"answer": "no"}).status_code == 409
    assert states(meeting)[1] is CONFIRMED


def test_declined_offer_goes_to_the_next(client, database):
    meeting = plan(capacity=1)
    users = [make_user() for _ in range(3)]
    for user in users:
        take(user, meeting)
    leave(users[0], meeting)
    sign_up = db.session.scalars(
        db.select(MeetingSignUp).where(MeetingSignUp.state == OFFERED)
    ).one()
    client.submit(f"/incontri/offerta/{sign(OFFER_LINK, [sign_up.id])}", {"answer": "no"})
    assert states(meeting) == [SignUpState.LEFT, SignUpState.LEFT, OFFERED]


def test_unanswered_offer_lapses_once_and_goes_on(database):
    meeting = plan(capacity=1)
    users = [make_user() for _ in range(3)]
    for user in users:
        take(user, meeting)
    leave(users[0], meeting)
    assert list_meetings_with_lapsed_offers() == []
    with frozen(NOW + timedelta(hours=24)):
        assert list_meetings_with_lapsed_offers() == [meeting.id]
        find_due_meetings(0)
        for _ in range(2):
            lapse_meeting_offers(meeting_id=meeting.id)
    assert states(meeting) == [SignUpState.LEFT, SignUpState.LAPSED, OFFERED]
    assert events_of(users[1]) == ["waiting", "offered", "lapsed"]
    assert events_of(users[2]) == ["waiting", "offered"]


def test_who_is_elsewhere_or_too_many_is_passed_over(database):
    meeting = plan(capacity=2, waiting_capacity=9)
    holder, busy, family, free = (make_user() for _ in range(4))
    take(holder, meeting)
    take(make_user(), meeting)
    take(busy, meeting)
    take(family, meeting, people=2)
    take(free, meeting)
    make_sign_up(make_shift(in_hours=73), busy)
    leave(holder, meeting)
    assert states(meeting) == [SignUpState.LEFT, CONFIRMED, WAITING, WAITING, OFFERED]


def test_no_place_is_given_back_once_it_has_begun(database):
    meeting, user = plan(in_hours=1), make_user()
    take(user, meeting)
    with frozen(NOW + timedelta(hours=1)), pytest.raises(ForbiddenStepError):
        leave_meeting(actor=actor_of(user), meeting_id=meeting.id)


def test_who_has_no_email_is_to_be_called(database):
    meeting, person = plan(), make_user(has_email=False)
    clerk = actor_of(make_user())
    register_person(actor=clerk, user_id=person.id, meeting_id=meeting.id)
    db.session.commit()
    change(meeting, starts_at=meeting.starts_at + timedelta(hours=1), ends_at=meeting.ends_at)
    cancel(meeting)
    calls = db.session.scalars(db.select(PhoneMessage.event_key).order_by(PhoneMessage.id)).all()
    assert [key.split(":")[2] for key in calls] == ["moved", "cancelled"]


# --- planning, changing, cancelling


def test_same_form_twice_is_one_meeting(database):
    laboratory, clerk = make_laboratory(), actor_of(make_user())
    made = {
        plan_meeting(
            actor=clerk,
            laboratory_id=laboratory.id,
            form_key="a" * 32,
            content=content(NOW + timedelta(days=3)),
        ).id
        for _ in range(2)
    }
    assert len(made) == 1
    [step] = list_history(subject_kind="laboratory_meeting", subject_id=made.pop())
    assert step.action == "plan"


def test_place_of_the_list_gives_name_and_address(database):
    place = make_place(name="Casa inventata")
    meeting = plan(place_id=place.id, place_name="", address=None)
    assert (meeting.place_name, meeting.address) == (place.name, place.address)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"ends_at": NOW + timedelta(hours=1)}, "ends_time"),
        ({"opens_at": NOW + timedelta(days=30)}, "opens_on"),
    ],
)
def test_times_that_cannot_be_are_refused(database, given, field):
    with pytest.raises(RuleBrokenError) as caught:
        plan(in_hours=72, **given)
    assert caught.value.field == field


def test_only_time_and_place_are_told(database):
    meeting, user = plan(), make_user()
    take(user, meeting)
    assert change(meeting, title="Un altro titolo", agenda="Saluti") == 0
    assert change(meeting, title="Un altro titolo", place_name="Palestra", address="via Nuova 2")
    assert events_of(user) == ["confirmed", "moved"]
    mail = mail_of(user)
    assert mail.subject == "Cambia: Un altro titolo, gio 3 dic"
    assert "Era: giovedì 3 dicembre, ore 10:00, fino alle 12:00, Sala inventata" in mail.text_body
    assert "Palestra, via Nuova 2" in mail.text_body
    assert "LOCATION:Palestra" in (mail.calendar or "")


def test_who_changes_it_is_not_told_and_who_waits_is(database):
    meeting = plan(capacity=1)
    mover, waiter = make_user(), make_user()
    take(mover, meeting)
    take(waiter, meeting)
    later = meeting.starts_at + timedelta(hours=2)
    told = change(meeting, actor_of(mover), starts_at=later, ends_at=later + timedelta(hours=1))
    assert told == 1
    assert events_of(mover) == ["confirmed"]
    assert events_of(waiter) == ["waiting", "moved"]


def test_second_to_save_is_told_and_changes_nothing(database):
    meeting = plan()
    seen = meeting.version
    change(meeting, title="Primo")
    with pytest.raises(MeetingChangedError) as caught:
        change(meeting, version=seen, title="Secondo")
    assert caught.value.version == meeting.version
    assert meeting.title == "Primo"


def test_fewer_places_than_people_are_refused_and_more_are_offered(database):
    meeting = plan(capacity=2, waiting_capacity=2)
    users = [make_user() for _ in range(3)]
    for user in users:
        take(user, meeting)
    db.session.refresh(meeting)
    with pytest.raises(RuleBrokenError) as caught:
        change(meeting, capacity=1)
    assert caught.value.field == "capacity"
    with pytest.raises(RuleBrokenError) as caught:
        change(meeting, waiting_capacity=0)
    assert caught.value.field == "waiting_capacity"
    change(meeting, capacity=None)
    assert states(meeting) == [CONFIRMED, CONFIRMED, OFFERED]


def test_cancelling_tells_everybody_why_once_and_keeps_no_offer(database):
    meeting = plan(capacity=1)
    users = [make_user() for _ in range(3)]
    for user in users:
        take(user, meeting)
    leave(users[0], meeting)
    assert cancel(meeting) == 2
    db.session.refresh(meeting)
    assert meeting.state is MeetingState.CANCELLED
    assert events_of(users[1])[-1] == events_of(users[2])[-1] == "cancelled"
    assert events_of(users[0]) == ["confirmed"]
    assert "La sala non è agibile." in mail_of(users[1]).text_body
    assert "STATUS:CANCELLED" in (mail_of(users[1]).calendar or "")
    assert OFFERED not in states(meeting)
    with pytest.raises(ForbiddenStepError):
        cancel(meeting)


def test_meeting_that_has_begun_is_not_cancelled(database):
    meeting = plan(in_hours=-1)
    with pytest.raises(ForbiddenStepError):
        cancel(meeting)


def test_next_meeting_is_the_nearest_that_takes_place(database):
    laboratory = make_laboratory()
    plan(laboratory, in_hours=-90)
    running, later = plan(laboratory, in_hours=-1), plan(laboratory, in_hours=40)
    cancel(plan(laboratory, in_hours=20))
    rows = list_meetings(laboratory.id)
    assert len(rows) == 4
    assert find_next(rows).id == running.id
    with frozen(NOW + timedelta(hours=2)):
        assert find_next(rows).id == later.id
    assert find_next([]) is None


# --- reminders


def test_reminder_goes_once_the_day_before(database):
    meeting = plan(in_hours=72)
    early, late, waiter = make_user(), make_user(), make_user()
    take(early, meeting)
    assert list_meetings_to_remind() == []
    with frozen(meeting.starts_at - timedelta(hours=24)):
        take(late, meeting)
        version = db.session.get(Meeting, meeting.id).version
        assert list_meetings_to_remind() == [meeting.id]
        for _ in range(2):
            remind_of_meeting(meeting_id=meeting.id)
        assert list_meetings_to_remind() == []
    assert events_of(early) == ["confirmed", "reminder"]
    # Whoever registered the day before needs no reminder.
    assert events_of(late) == ["confirmed"]
    assert events_of(waiter) == []
    db.session.expire_all()
    # Who has the form open has not been overtaken by a colleague.
    assert db.session.get(Meeting, meeting.id).version == version


def test_cancelled_meeting_reminds_nobody_and_moved_one_reminds_anew(database):
    user = make_user()
    gone, moved = plan(in_hours=20), plan(in_hours=60)
    register_user(gone, user)
    register_user(moved, user)
    cancel(gone)
    remind_of_meeting(meeting_id=gone.id)
    with frozen(moved.starts_at - timedelta(hours=20)):
        remind_of_meeting(meeting_id=moved.id)
        start = moved.starts_at + timedelta(hours=48)
        db.session.refresh(moved)
        change(moved, starts_at=start, ends_at=start + timedelta(hours=1))
    with frozen(moved.starts_at - timedelta(hours=2)):
        remind_of_meeting(meeting_id=moved.id)
    assert events_of(user).count("reminder") == 2
    assert events_of(user).count("cancelled") == 1


def test_words_of_the_first_mail(database):
    meeting = plan(title="Mettiamo in ordine le idee", agenda="Saluti")
    user = make_user(name="Marta Prova")
    take(user, meeting)
    mail = mail_of(user)
    assert mail.subject == "Hai un posto: Mettiamo in ordine le idee, gio 3 dic"
    assert mail.text_body.strip().startswith(
        "Ciao Marta Prova,\n\nhai un posto a «Mettiamo in ordine le idee».\n\n"
        "Quando: giovedì 3 dicembre, ore 10:00, fino alle 12:00\n"
        "Dove: Sala inventata, via delle Prove 1\n\n"
        "Se non puoi venire, lascia il posto dalla pagina dell’incontro: qualcuno forse lo aspetta."
    )
    assert f"/incontri/{meeting.id}" in mail.text_body
    assert "BEGIN:VEVENT" in (mail.calendar or "")
    assert "Marta" not in (mail.calendar or "")


def test_every_mail_of_a_meeting_has_words(database):
    meeting = plan(capacity=1, title="Le idee")
    users = [make_user() for _ in range(3)]
    for user in users:
        take(user, meeting)
    leave(users[0], meeting)
    with frozen(NOW + timedelta(hours=25)):
        lapse_meeting_offers(meeting_id=meeting.id)
    subjects = set(db.session.scalars(db.select(MailMessage.subject)))
    assert subjects == {
        "Hai un posto: Le idee, gio 3 dic",
        "In lista d’attesa: Le idee, gio 3 dic",
        "C’è un posto per te: Le idee, gio 3 dic",
        "Il posto è passato alla persona che segue: Le idee",
    }
