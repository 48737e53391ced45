"""The demo's shifts, in every situation."""

from portal.core.database import db
from portal.demo.people_demo import DEMO_ACCOUNTS, TUTOR
from portal.demo.volunteering_demo import CITIZEN, CLERK, SHIFTS, seed_volunteering
from portal.permissions import Role
from portal.volunteering.queries import (
    ShiftFilters,
    count_shifts,
    decide_for,
    get_presence_shift,
    list_coming,
    list_next_shifts,
    list_shifts,
    list_sign_ups_of,
    list_walk_ins,
    load_tutor_desk,
)
from tests.factories.people import actor_of, make_user


def people():
    """The demo's accounts, without the cost of their passwords."""
    return {
        account.email: actor_of(
            make_user(
                email=account.email,
                name=account.name,
                roles=(Role.STAFF,) if account.role is Role.STAFF else (),
            )
        )
        for account in DEMO_ACCOUNTS
    }


def test_demo_has_shifts_in_every_situation(database):
    actors = people()
    seed_volunteering(actors)
    db.session.commit()
    assert count_shifts().to_come == len(SHIFTS)
    assert count_shifts(days=8).needing_people > 5
    shifts = list_shifts(ShiftFilters(), page=1).rows + list_shifts(ShiftFilters(), page=2).rows
    reasons = {d.refusal for d in decide_for(actors[CLERK], shifts).values()}
    assert {None, "not_open_yet", "full_waiting_list_full", "not_enrolled"} <= reasons
    outcomes = {d.outcome for d in decide_for(actors[CLERK], shifts).values() if d.is_allowed}
    assert outcomes == {"confirmed", "waiting"}
    assert any(s.waiting_count for s in shifts)


def test_demo_citizen_has_been_somewhere_and_is_awaited_somewhere(database):
    actors = people()
    seed_volunteering(actors)
    db.session.commit()
    mine = list_sign_ups_of(actors[CITIZEN].account_id)
    assert [row.is_past for row in mine] == [False, False, True]
    assert {row.state for row in mine} == {"confirmed"}


def test_demo_can_be_seeded_on_any_day_of_the_week(database):
    from datetime import timedelta

    from portal.core.clock import frozen, utc_now

    actors = people()
    for days in (2, 5, 6):
        with frozen(utc_now() + timedelta(days=days)):
            seed_volunteering(actors)
            assert list_next_shifts(3)
        db.session.rollback()


def test_demo_has_a_shift_of_today_with_everybody_a_tutor_meets(database):
    actors = people()
    seed_volunteering(actors)
    db.session.commit()
    desk = load_tutor_desk(actors[TUTOR].account_id)
    (today,) = desk.today
    coming = list_coming(get_presence_shift(today.id))
    assert len(coming) == 7
    assert [p.name for p in coming if p.has_left] == ["Amir P."]
    assert [(p.age, p.has_guardian) for p in coming if p.age] == [(16, True)]
    assert [p.name for p in coming if p.was_asked and not p.answer] == ["Zoe P."]
    assert 0 < desk.to_verify <= 10
    assert len(list_walk_ins(today.id)) == 1
