"""A place that is freed goes down the line: offered, kept for a while, then to the next."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.core.clock import frozen, utc_now
from portal.core.database import db
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.core.signed_links import sign
from portal.volunteering.emails.places import OFFER_LINK
from portal.volunteering.jobs import find_due_shifts, lapse_offers
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.queries import list_shifts_with_lapsed_offers
from portal.volunteering.services import Group, leave_place, take_place, take_place_for
from portal.volunteering.states import ShiftState, SignUpRefusal
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_project, make_shift, make_sign_up, make_tutor

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_moment():
    with frozen(NOW):
        yield


def take(user, shift, **more):
    decision = take_place(actor=actor_of(user), shift_id=shift.id, **more)
    db.session.commit()
    return decision


def leave(user, shift):
    leave_place(actor=actor_of(user), shift_id=shift.id)
    db.session.commit()


def states(shift):
    db.session.expire_all()
    rows = db.session.scalars(select(SignUp).where(SignUp.shift_id == shift.id).order_by(SignUp.id))
    return [sign_up.state for sign_up in rows]


def counts(shift):
    db.session.expire_all()
    fresh = db.session.get(Shift, shift.id)
    return fresh.confirmed_count, fresh.offered_count, fresh.waiting_count


def mails_to(user):
    rows = db.session.scalars(
        select(MailMessage.event_key)
        .where(MailMessage.recipient == user.email)
        .order_by(MailMessage.id)
    )
    return [key.split(":")[2] for key in rows]


def line(shift, number):
    users = [make_user(name=f"Persona {n}") for n in range(number)]
    for user in users:
        make_sign_up(shift, user, SignUpState.WAITING)
    return users


def offer_path(user, shift):
    sign_up = db.session.scalar(
        select(SignUp.id).where(SignUp.user_id == user.id, SignUp.shift_id == shift.id)
    )
    return f"/volontariato/offerta/{sign(OFFER_LINK, [sign_up])}"


def test_a_place_goes_down_a_line_of_fifty(database):
    """Nobody answers but the last: each is told, keeps the place for its time, and lets it go."""
    shift = make_shift(in_hours=24 * 90, capacity=1, waiting_capacity=50)
    holder = make_user(name="Chi lascia")
    take(holder, shift)
    users = line(shift, 50)
    leave(holder, shift)
    moment = NOW
    for turn in range(49):
        assert counts(shift) == (0, 1, 49 - turn)
        moment += timedelta(hours=24)
        with frozen(moment - timedelta(seconds=1)):
            assert list_shifts_with_lapsed_offers() == []
        with frozen(moment):
            assert list_shifts_with_lapsed_offers() == [shift.id]
            lapse_offers(shift_id=shift.id)
            # The worker was killed and does it again: nothing more happens.
            lapse_offers(shift_id=shift.id)
    assert states(shift) == [SignUpState.LEFT, *[SignUpState.LAPSED] * 49, SignUpState.OFFERED]
    with frozen(moment):
        assert take(users[-1], shift).outcome is SignUpState.CONFIRMED
    assert counts(shift) == (1, 0, 0)
    assert [mails_to(user) for user in users] == [
        *[["offered", "lapsed"]] * 49,
        ["offered", "confirmed"],
    ]


def test_the_minute_s_job_finds_the_offers_whose_time_is_over(database):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    line(shift, 1)
    leave(holder, shift)
    with frozen(NOW + timedelta(hours=25)):
        find_due_shifts(timestamp=0)
        find_due_shifts(timestamp=0)
    queued = db.session.execute(
        db.text("SELECT args FROM procrastinate_jobs WHERE task_name = 'lapse_offers'")
    ).scalars()
    assert list(queued) == [{"shift_id": shift.id}]


def test_near_the_start_an_offer_is_shorter_and_at_last_there_is_none(database):
    shift = make_shift(in_hours=30, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    (first,) = line(shift, 1)
    leave(holder, shift)
    kept = db.session.scalar(select(SignUp.offer_until_at).where(SignUp.user_id == first.id))
    assert kept == NOW + timedelta(hours=15)
    with frozen(shift.starts_at - timedelta(minutes=40)):
        lapse_offers(shift_id=shift.id)
        assert counts(shift) == (0, 0, 0)
        assert take(make_user(), shift).outcome is SignUpState.CONFIRMED


def test_after_the_deadline_the_tutor_is_told_and_nobody_is_offered(database):
    project = make_project()
    shift = make_shift(project=project, in_hours=23, capacity=1, waiting_capacity=3)
    tutor = make_tutor(project, name="Giulia Prova")
    holder = make_user(name="Ada Prova")
    take(holder, shift)
    line(shift, 1)
    leave(holder, shift)
    assert states(shift) == [SignUpState.LEFT, SignUpState.WAITING]
    left = db.session.scalar(select(SignUp).where(SignUp.user_id == holder.id))
    assert left.has_left_late
    mail = db.session.scalar(select(MailMessage).where(MailMessage.recipient == tutor.email))
    assert mail.subject.startswith("Ada Prova non può venire")
    # The place is free for whoever comes to the page, the one in line too.
    assert counts(shift) == (0, 0, 1)


def test_a_tutor_who_leaves_a_shift_is_not_told_of_it(database):
    project = make_project()
    shift = make_shift(project=project, in_hours=20)
    tutor = make_tutor(project)
    take(tutor, shift)
    leave(tutor, shift)
    assert mails_to(tutor) == ["confirmed"]


def test_who_was_offered_a_place_and_is_elsewhere_by_now_is_told_so(client):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    (first,) = line(shift, 1)
    leave(holder, shift)
    other = make_shift(in_hours=73)
    take(first, other)
    answer = client.submit(offer_path(first, shift), {"answer": "yes"})
    assert answer.status_code == 409
    assert "Si sovrappone a un tuo impegno" in answer.get_data(as_text=True)
    # Still kept: who leaves the other shift in time may take it.
    assert counts(shift) == (0, 1, 0)
    leave(first, other)
    assert client.submit(offer_path(first, shift), {"answer": "yes"}).status_code == 303
    assert counts(shift) == (1, 0, 0)


def test_the_link_shows_and_only_the_button_acts_once(client):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    first, _ = line(shift, 2)
    leave(holder, shift)
    path = offer_path(first, shift)
    page = client.get(path)
    assert "Lo prendo" in page.get_data(as_text=True)
    client.get(path)
    assert states(shift)[1] is SignUpState.OFFERED
    assert client.submit(path, {"answer": "yes"}).headers["Location"].endswith(path)
    assert "Il tuo posto è confermato" in client.get(path).get_data(as_text=True)
    # The second tap, and the other button afterwards, change nothing.
    for answer in ("yes", "no"):
        assert client.submit(path, {"answer": answer}).status_code == 409
    assert states(shift)[1:] == [SignUpState.CONFIRMED, SignUpState.WAITING]


def test_saying_no_offers_the_place_to_the_next_at_once(client):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    first, _ = line(shift, 2)
    leave(holder, shift)
    client.submit(offer_path(first, shift), {"answer": "no"})
    assert states(shift)[1:] == [SignUpState.LEFT, SignUpState.OFFERED]


def test_an_answer_that_is_neither_yes_nor_no_keeps_the_question(client):
    shift = make_shift(in_hours=72)
    sign_up = make_sign_up(
        shift, state=SignUpState.OFFERED, offer_until_at=NOW + timedelta(hours=2)
    )
    path = f"/volontariato/offerta/{sign(OFFER_LINK, [sign_up.id])}"
    assert client.submit(path, {"answer": "maybe"}).status_code == 422
    assert client.submit(path, {}).status_code == 422
    assert states(shift) == [SignUpState.OFFERED]


@pytest.mark.parametrize(
    "token", ["x", "WzE3OTYwMjkyMDAsWzJdXQ.aaaa", "a" * 900, "%00", "..%2f..%2fetc"]
)
def test_a_forged_link_says_so(client, token):
    assert client.get(f"/volontariato/offerta/{token}").status_code == 404
    assert client.submit(f"/volontariato/offerta/{token}", {"answer": "yes"}).status_code in (
        404,
        405,
    )


def test_a_link_of_another_purpose_or_too_old_is_none(client):
    shift = make_shift(in_hours=24 * 40)
    sign_up = make_sign_up(
        shift, state=SignUpState.OFFERED, offer_until_at=NOW + timedelta(days=39)
    )
    other = sign("something-else", [sign_up.id])
    assert client.get(f"/volontariato/offerta/{other}").status_code == 404
    path = f"/volontariato/offerta/{sign(OFFER_LINK, [sign_up.id])}"
    assert client.get(path).status_code == 200
    with frozen(NOW + timedelta(days=22)):
        assert client.get(path).status_code == 404


def test_an_offer_in_a_cancelled_shift_is_over(client):
    shift = make_shift(in_hours=72)
    sign_up = make_sign_up(
        shift, state=SignUpState.OFFERED, offer_until_at=NOW + timedelta(hours=2)
    )
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    path = f"/volontariato/offerta/{sign(OFFER_LINK, [sign_up.id])}"
    assert client.submit(path, {"answer": "yes"}).status_code == 409
    assert "Il tempo per rispondere è finito" in client.get(path).get_data(as_text=True)


def test_groups_take_all_their_places_or_wait_for_them(database):
    project = make_project(group_cap=4)
    shift = make_shift(project=project, in_hours=72, capacity=5, waiting_capacity=4)
    teacher, family = make_user(name="Maestra Prova"), make_user(name="Famiglia Prova")
    assert take(teacher, shift, group=Group(4, "Classe 2B")).outcome is SignUpState.CONFIRMED
    assert take(family, shift, group=Group(2, "Famiglia")).outcome is SignUpState.WAITING
    assert counts(shift) == (4, 0, 2)
    decision = take(make_user(), shift, group=Group(5, "Troppi"))
    assert decision.refusal is SignUpRefusal.GROUP_TOO_LARGE
    # The fifth place is taken by one person; the family waits on.
    single = make_user()
    assert take(single, shift).outcome is SignUpState.CONFIRMED
    leave(single, shift)
    # One place is not enough for two: nobody is offered it, whoever comes alone may have it.
    assert counts(shift) == (4, 0, 2)
    leave(teacher, shift)
    assert counts(shift) == (0, 2, 0)
    assert mails_to(family) == ["waiting", "offered"]


def test_at_the_counter_the_clerk_does_it_and_it_is_marked(database):
    shift = make_shift(in_hours=72)
    clerk, person = make_user(name="Carla Prova"), make_user(name="Pina Prova", has_email=False)
    decision = take_place_for(actor=actor_of(clerk), user_id=person.id, shift_id=shift.id)
    db.session.commit()
    assert decision.outcome is SignUpState.CONFIRMED
    sign_up = db.session.scalar(select(SignUp))
    assert (sign_up.user_id, sign_up.recorded_by_id) == (person.id, clerk.id)
    step = list_history(subject_kind="sign_up", subject_id=sign_up.id)[0]
    assert step.actor_name == "Carla Prova"
    # Nobody can be written to, so nothing is.
    assert db.session.scalar(select(MailMessage)) is None
    leave_place(actor=actor_of(clerk), shift_id=shift.id, user_id=person.id)
    db.session.commit()
    assert states(shift) == [SignUpState.LEFT]


def test_worker_killed_between_offer_and_mail_leaves_neither(database):
    """What frees a place, offers it and mails commits as one; rolled back, nothing was said."""
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=3)
    holder = make_user()
    take(holder, shift)
    (first,) = line(shift, 1)
    leave_place(actor=actor_of(holder), shift_id=shift.id)
    db.session.rollback()
    assert states(shift) == [SignUpState.CONFIRMED, SignUpState.WAITING]
    assert mails_to(first) == []
    assert utc_now() == NOW
