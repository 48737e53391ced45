"""Taking and leaving a place, as the services and the database do it."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from portal.accounts.commitments import CommitmentKind
from portal.core.clock import utc_now
from portal.core.database import db
from portal.core.errors import (
    ForbiddenStepError,
    NotFoundError,
    constraint_name,
    named_constraints,
)
from portal.core.history import list_history
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.queries import find_person_facts, list_sign_ups_of
from portal.volunteering.services import leave_place, take_place
from portal.volunteering.states import ShiftState, SignUpRefusal
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import (
    make_enrolment,
    make_project,
    make_shift,
    make_sign_up,
)


def take(user, shift):
    decision = take_place(actor=actor_of(user), shift_id=shift.id)
    db.session.commit()
    return decision


def leave(user, shift):
    leave_place(actor=actor_of(user), shift_id=shift.id)
    db.session.commit()


def state_of(user, shift):
    return db.session.scalar(
        select(SignUp.state)
        .where(SignUp.user_id == user.id, SignUp.shift_id == shift.id)
        .order_by(SignUp.id.desc())
        .limit(1)
    )


def counts(shift):
    db.session.refresh(shift)
    return shift.confirmed_count, shift.waiting_count


def mails_to(user):
    return list(
        db.session.scalars(
            select(MailMessage).where(MailMessage.recipient == user.email).order_by(MailMessage.id)
        )
    )


def test_free_place_is_taken_with_history_and_receipt(database):
    shift, user = make_shift(), make_user(name="Ada Prova")
    assert take(user, shift).outcome is SignUpState.CONFIRMED
    assert state_of(user, shift) is SignUpState.CONFIRMED
    assert counts(shift) == (1, 0)
    (sign_up,) = db.session.scalars(select(SignUp))
    (step,) = list_history(subject_kind="sign_up", subject_id=sign_up.id)
    assert (step.action, step.to_state, step.actor_name) == (
        "take_place",
        "confirmed",
        "Ada Prova",
    )
    (mail,) = mails_to(user)
    assert mail.event_key == f"sign_up:{sign_up.id}:confirmed"
    assert f"/volontariato/turni/{shift.id}" in mail.text_body


def test_same_tap_twice_is_one_sign_up_and_one_mail(database):
    shift, user = make_shift(), make_user()
    first, second = take(user, shift), take(user, shift)
    assert first.is_allowed
    assert second.refusal is SignUpRefusal.ALREADY_SIGNED_UP
    assert second.outcome is first.outcome
    assert counts(shift) == (1, 0)
    assert len(mails_to(user)) == 1


def test_full_shift_puts_people_on_the_waiting_list_in_order(database):
    shift = make_shift(capacity=1, waiting_capacity=2)
    users = [make_user() for _ in range(4)]
    decisions = [take(user, shift) for user in users]
    assert [d.outcome for d in decisions] == ["confirmed", "waiting", "waiting", None]
    assert [d.position for d in decisions] == [None, 1, 2, None]
    assert decisions[3].refusal is SignUpRefusal.FULL_WAITING_LIST_FULL
    assert counts(shift) == (1, 2)
    assert list_sign_ups_of(users[2].id)[0].position == 2
    assert mails_to(users[1])[0].event_key.endswith(":waiting")
    assert mails_to(users[3]) == []


def test_a_place_left_is_offered_to_the_first_in_line(database):
    shift = make_shift(in_hours=72, capacity=1, waiting_capacity=5)
    holder, first, second = make_user(), make_user(), make_user()
    for user in (holder, first, second):
        take(user, shift)
    leave(holder, shift)
    assert state_of(holder, shift) is SignUpState.LEFT
    assert state_of(first, shift) is SignUpState.OFFERED
    assert state_of(second, shift) is SignUpState.WAITING
    # The place is kept: nobody has it, and nobody else can take it.
    assert (*counts(shift), shift.offered_count) == (0, 1, 1)
    assert take(make_user(), shift).outcome is SignUpState.WAITING
    assert [m.event_key.rpartition(":")[2] for m in mails_to(first)] == ["waiting", "offered"]
    assert len(mails_to(holder)) == 1  # the receipt; leaving is their own act
    offered = db.session.scalar(select(SignUp.id).where(SignUp.user_id == first.id))
    step = list_history(subject_kind="sign_up", subject_id=offered)[0]
    assert (step.from_state, step.to_state, step.actor_name) == ("waiting", "offered", "portal")
    assert take(first, shift).outcome is SignUpState.CONFIRMED
    assert state_of(first, shift) is SignUpState.CONFIRMED
    assert (*counts(shift), shift.offered_count) == (1, 2, 0)


def test_leaving_the_waiting_list_promotes_nobody(database):
    shift = make_shift(capacity=1, waiting_capacity=5)
    holder, first, second = make_user(), make_user(), make_user()
    for user in (holder, first, second):
        take(user, shift)
    leave(first, shift)
    assert state_of(second, shift) is SignUpState.WAITING
    assert find_person_facts(actor_of(second)).held[shift.id].position == 1


def test_who_left_may_come_back_at_the_end_of_the_list(database):
    shift = make_shift(capacity=1, waiting_capacity=5)
    holder, other, third = make_user(), make_user(), make_user()
    for user in (holder, other, third):
        take(user, shift)
    leave(other, shift)
    assert take(other, shift).position == 2


def test_who_is_elsewhere_is_passed_over_and_keeps_the_place_in_line(database):
    shift, same_hour = (
        make_shift(in_hours=72, capacity=1, waiting_capacity=5),
        make_shift(in_hours=72),
    )
    holder, busy, free = make_user(), make_user(), make_user()
    for user in (holder, busy, free):
        take(user, shift)
    take(busy, same_hour)
    leave(holder, shift)
    assert state_of(busy, shift) is SignUpState.WAITING
    assert state_of(free, shift) is SignUpState.OFFERED


def test_place_nobody_in_line_could_take_is_taken_by_one_of_them_later(database):
    shift, same_hour = (
        make_shift(in_hours=72, capacity=1, waiting_capacity=5),
        make_shift(in_hours=72),
    )
    holder, busy = make_user(), make_user()
    take(holder, shift)
    take(busy, shift)
    take(busy, same_hour)
    leave(holder, shift)
    assert counts(shift) == (0, 1)
    assert take(busy, shift).refusal is SignUpRefusal.OVERLAPS
    leave(busy, same_hour)
    assert take(busy, shift).outcome is SignUpState.CONFIRMED
    assert counts(shift) == (1, 0)


def test_leaving_twice_answers_like_leaving_once(database):
    shift, user = make_shift(), make_user()
    take(user, shift)
    leave(user, shift)
    leave(user, shift)
    assert counts(shift) == (0, 0)


def test_place_cannot_be_left_once_the_shift_has_started(database):
    shift, user = make_shift(in_hours=-1), make_user()
    make_sign_up(shift, user)
    with pytest.raises(ForbiddenStepError):
        leave_place(actor=actor_of(user), shift_id=shift.id)


def test_unknown_shift_is_not_found(database):
    actor = actor_of(make_user())
    with pytest.raises(NotFoundError):
        take_place(actor=actor, shift_id=99)
    with pytest.raises(NotFoundError):
        leave_place(actor=actor, shift_id=99)


def test_two_shifts_at_the_same_hour_cannot_both_be_taken(database):
    one, other = make_shift(hours=2), make_shift(hours=3)
    user = make_user()
    take(user, one)
    decision = take(user, other)
    assert decision.refusal is SignUpRefusal.OVERLAPS
    assert decision.overlap is not None
    assert decision.overlap.is_of(CommitmentKind.SHIFT, one.id)


def test_shift_that_begins_when_the_other_ends_can_be_taken(database):
    one = make_shift(hours=2)
    other = make_shift(starts_at=one.ends_at)
    user = make_user()
    take(user, one)
    assert take(user, other).is_allowed


def test_register_is_asked_for_where_programme_or_project_says_so(database):
    project = make_project(requires_enrolment=True)
    shift, user = make_shift(project=project), make_user()
    assert take(user, shift).refusal is SignUpRefusal.NOT_ENROLLED
    make_enrolment(user)
    assert take(user, shift).outcome is SignUpState.CONFIRMED


def test_cancelled_shift_takes_nobody(database):
    shift = make_shift()
    shift.state, shift.cancelled_reason = ShiftState.CANCELLED, "Piove."
    db.session.commit()
    assert take(make_user(), shift).refusal is SignUpRefusal.SHIFT_CANCELLED


# What the database itself refuses, whoever writes.

SIGN_UP_BY_HAND = text(
    "INSERT INTO sign_up (shift_id, user_id, state) VALUES (:shift, :user, :state)"
)


def refused_by(statement, **values):
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(statement, values)
    db.session.rollback()
    return constraint_name(caught.value)


def test_database_refuses_one_more_than_there_are_places(database):
    shift = make_shift(capacity=10, waiting_capacity=0)
    users = [make_user() for _ in range(11)]
    for user in users[:10]:
        db.session.execute(
            SIGN_UP_BY_HAND, {"shift": shift.id, "user": user.id, "state": "confirmed"}
        )
    db.session.commit()
    assert counts(shift) == (10, 0)
    eleventh = {"shift": shift.id, "user": users[10].id}
    assert refused_by(SIGN_UP_BY_HAND, **eleventh, state="confirmed") == (
        "ck_shift_places_not_exceeded"
    )
    assert refused_by(SIGN_UP_BY_HAND, **eleventh, state="waiting") == (
        "ck_shift_waiting_list_not_exceeded"
    )


def test_database_refuses_to_turn_a_waiting_person_into_an_eleventh(database):
    shift = make_shift(capacity=1, waiting_capacity=1)
    make_sign_up(shift)
    make_sign_up(shift, state=SignUpState.WAITING)
    by_hand = text("UPDATE sign_up SET state = 'confirmed' WHERE state = 'waiting'")
    assert refused_by(by_hand) == "ck_shift_places_not_exceeded"


def test_database_refuses_to_lower_the_places_below_the_people(database):
    shift = make_shift(capacity=2)
    make_sign_up(shift)
    make_sign_up(shift)
    lower = text("UPDATE shift SET capacity = 1 WHERE id = :shift")
    assert refused_by(lower, shift=shift.id) == "ck_shift_places_not_exceeded"


def test_counts_cannot_be_written_by_hand(database):
    shift = make_shift(capacity=1)
    make_sign_up(shift)
    forget = text("UPDATE shift SET confirmed_count = 0 WHERE id = :shift")
    assert refused_by(forget, shift=shift.id) == "shift_counts_are_kept"


def test_deleted_and_moved_sign_ups_are_counted(database):
    shift, other = make_shift(), make_shift()
    sign_up = make_sign_up(shift)
    db.session.execute(text("UPDATE sign_up SET shift_id = :s"), {"s": other.id})
    db.session.commit()
    assert (counts(shift), counts(other)) == ((0, 0), (1, 0))
    db.session.delete(db.session.get(SignUp, sign_up.id))
    db.session.commit()
    assert counts(other) == (0, 0)


def test_new_shift_starts_with_nobody_whatever_is_written(database):
    shift = make_shift()
    db.session.execute(
        text(
            "INSERT INTO shift (project_id, starts_at, ends_at, state, capacity, waiting_capacity,"
            " confirmed_count, closes_at) SELECT project_id, starts_at, ends_at, state, 5, 0, 3,"
            " closes_at FROM shift"
        )
    )
    db.session.commit()
    new = db.session.scalar(select(Shift).where(Shift.id != shift.id))
    assert counts(new) == (0, 0)


def test_same_person_stands_once_in_a_shift(database):
    shift, user = make_shift(), make_user()
    make_sign_up(shift, user, SignUpState.LEFT)
    make_sign_up(shift, user)
    again = {"shift": shift.id, "user": user.id, "state": "waiting"}
    assert refused_by(SIGN_UP_BY_HAND, **again) == "uq_sign_up_held_shift_user"


def test_who_has_left_has_a_time(database):
    shift, user = make_shift(), make_user()
    left = {"shift": shift.id, "user": user.id, "state": "left"}
    assert refused_by(SIGN_UP_BY_HAND, **left) == "ck_sign_up_left_has_time"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"ends_at": timedelta(hours=-1)}, "ck_shift_ends_after_start"),
        ({"capacity": 0}, "ck_shift_has_places"),
        ({"waiting_capacity": -1}, "ck_shift_waiting_capacity_not_negative"),
        ({"closes_at": timedelta(hours=1)}, "ck_shift_closes_before_start"),
        ({"opens_at": timedelta(hours=0)}, "ck_shift_opens_before_it_closes"),
    ],
)
def test_impossible_shift_is_refused_by_name(database, change, constraint):
    shift = make_shift()
    for column, value in change.items():
        moved = shift.starts_at + value if isinstance(value, timedelta) else value
        setattr(shift, column, moved)
    with pytest.raises(IntegrityError) as caught:
        db.session.commit()
    assert constraint_name(caught.value) == constraint


@pytest.mark.parametrize(
    ("table", "column", "constraint"),
    [
        ("programme", "name", "ck_programme_has_name"),
        ("volunteering_project", "title", "ck_volunteering_project_has_title"),
    ],
)
def test_nothing_is_without_a_name(database, table, column, constraint):
    make_project()
    assert refused_by(text(f"UPDATE {table} SET {column} = ' '")) == constraint  # noqa: S608 - from the list above


def test_two_projects_do_not_share_an_address(database):
    one, other = make_project(title="Pedibus"), make_project(title="Pedibus!")
    assert one.slug != other.slug
    by_hand = text("UPDATE volunteering_project SET slug = 'pedibus'")
    assert refused_by(by_hand) == "uq_volunteering_project_slug"


def test_what_a_person_can_run_into_has_a_sentence(database):
    assert {
        "ck_shift_places_not_exceeded",
        "ck_shift_waiting_list_not_exceeded",
        "uq_sign_up_held_shift_user",
        "uq_enrolment_user_id",
        "ck_enrolment_handed_in_is_complete",
    } <= named_constraints()


def test_past_and_future_sign_ups_are_listed_nearest_first(database):
    user = make_user()
    past, older = make_shift(in_hours=-30), make_shift(in_hours=-300)
    soon, later = make_shift(in_hours=10), make_shift(in_hours=100)
    for shift in (older, later, past, soon):
        make_sign_up(shift, user)
    make_sign_up(make_shift(in_hours=20), user, SignUpState.LEFT)
    make_sign_up(make_shift(in_hours=-20), user, SignUpState.WAITING)
    rows = list_sign_ups_of(user.id)
    assert [r.shift_id for r in rows] == [soon.id, later.id, past.id, older.id]
    assert [r.is_past for r in rows] == [False, False, True, True]
    assert rows[0].starts_at > utc_now()
