"""Many people at once, each over a connection of their own (behaviour 3)."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.app import create_app
from portal.core.access import Actor
from portal.core.database import db
from portal.core.mail import MailMessage
from portal.core.sign_ups import SignUpState
from portal.volunteering.models import Shift, SignUp
from portal.volunteering.policies import SignUpDecision
from portal.volunteering.services import leave_place, take_place
from portal.volunteering.states import SignUpRefusal
from tests.client import StrictClient
from tests.conftest import sqlalchemy_url
from tests.factories.people import actor_of, make_user
from tests.factories.volunteering import make_shift, make_sign_up

PROCESSES = 6
"""Apps with a small pool of their own each, as several web processes would be."""


@pytest.fixture(scope="module")
def web_processes(app, server, settings) -> Iterator[list[Flask]]:
    apps = [
        create_app(settings, database_url=sqlalchemy_url(server, "portal"))
        for _ in range(PROCESSES)
    ]
    for made in apps:
        made.test_client_class = StrictClient
    yield apps
    for made in apps:
        with made.app_context():
            db.engine.dispose()


def run_at_once(tasks: list[Callable[[], object]], threads: int = 48) -> list[object]:
    """Run `tasks` together, as many at a time as threads; return what each gave, or its error."""
    gate = threading.Event()

    def wait_and_run(task):
        gate.wait()
        try:
            return task()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever came
            return error

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(wait_and_run, task) for task in tasks]
        gate.set()
        return [future.result(timeout=120) for future in futures]


def in_app(app: Flask, service: Callable[..., object], actor: Actor, shift_id: int):
    def run():
        with app.test_request_context():
            try:
                result = service(actor=actor, shift_id=shift_id)
                db.session.commit()
            finally:
                db.session.remove()
            return result

    return run


def sign_ups_of(shift):
    db.session.expire_all()
    return list(
        db.session.execute(
            select(SignUp.user_id, SignUp.state)
            .where(SignUp.shift_id == shift.id, SignUp.state != SignUpState.LEFT)
            .order_by(SignUp.id)
        )
    )


def errors_in(results):
    return [r for r in results if isinstance(r, BaseException)]


def assert_counts_are_true(shift):
    db.session.expire_all()
    fresh = db.session.get(Shift, shift.id)
    states = Counter(state for _, state in sign_ups_of(shift))
    assert fresh.confirmed_count == states[SignUpState.CONFIRMED]
    assert fresh.offered_count == states[SignUpState.OFFERED]
    assert fresh.confirmed_count + fresh.offered_count <= fresh.capacity
    assert fresh.waiting_count == states[SignUpState.WAITING] <= fresh.waiting_capacity


def test_two_hundred_people_ten_places(database, web_processes):
    shift = make_shift(capacity=10, waiting_capacity=190)
    actors = [actor_of(make_user(name=f"Persona {n}")) for n in range(200)]
    apps = cycle(web_processes)
    results = run_at_once([in_app(next(apps), take_place, actor, shift.id) for actor in actors])

    assert errors_in(results) == []
    held = sign_ups_of(shift)
    assert len(held) == len({user_id for user_id, _ in held}) == 200  # nobody twice, nobody lost
    # In the order in which they got their turn: ten confirmed, then the line.
    assert [state for _, state in held] == ["confirmed"] * 10 + ["waiting"] * 190
    told = dict(zip((a.account_id for a in actors), results, strict=True))
    for place, (user_id, state) in enumerate(held):
        decision = told[user_id]
        assert isinstance(decision, SignUpDecision)
        assert decision.outcome is state
        assert decision.position == (None if place < 10 else place - 9)
    assert_counts_are_true(shift)
    kinds = Counter(
        key.rpartition(":")[2] for key in db.session.scalars(select(MailMessage.event_key))
    )
    assert kinds == {"confirmed": 10, "waiting": 190}


def test_crowd_before_the_buttons_of_several_web_processes(database, web_processes):
    shift = make_shift(capacity=10, waiting_capacity=20)
    browsers = []
    for app, _ in zip(cycle(web_processes), range(40), strict=False):
        browser = app.test_client()
        browser.sign_in(make_user())
        browsers.append((browser, browser.csrf_token()))
    path = f"/volontariato/turni/{shift.id}/partecipo"

    def press(browser, token):
        return lambda: browser.post(path, data={"csrf_token": token}).status_code

    # Everybody taps twice.
    results = run_at_once([press(*b) for b in browsers for _ in range(2)], threads=24)
    assert errors_in(results) == []
    assert Counter(results) == {303: 60, 409: 20}  # 30 people twice in, 10 people twice told why
    states = Counter(state for _, state in sign_ups_of(shift))
    assert states == {SignUpState.CONFIRMED: 10, SignUpState.WAITING: 20}
    assert_counts_are_true(shift)


def test_places_freed_at_once_go_to_the_line_in_its_order(database, web_processes):
    shift = make_shift(in_hours=72, capacity=10, waiting_capacity=40)
    holders = [actor_of(make_user()) for _ in range(10)]
    line = [actor_of(make_user()) for _ in range(20)]
    newcomers = [actor_of(make_user()) for _ in range(10)]
    for actor in holders + line:
        take_place(actor=actor, shift_id=shift.id)
        db.session.commit()
    apps = cycle(web_processes)
    tasks = [in_app(next(apps), leave_place, actor, shift.id) for actor in holders]
    tasks += [in_app(next(apps), take_place, actor, shift.id) for actor in newcomers]
    assert errors_in(run_at_once(tasks)) == []
    held = sign_ups_of(shift)
    offered = [user_id for user_id, state in held if state is SignUpState.OFFERED]
    assert offered == [actor.account_id for actor in line[:10]]
    assert_counts_are_true(shift)


def test_one_person_cannot_take_two_places_at_the_same_hour(database, web_processes):
    one, other = web_processes[:2]
    for _ in range(12):
        first, second = make_shift(), make_shift()
        actor = actor_of(make_user())
        results = run_at_once(
            [
                in_app(one, take_place, actor, first.id),
                in_app(other, take_place, actor, second.id),
            ],
            threads=2,
        )
        assert errors_in(results) == []
        assert {r.refusal for r in results} == {None, SignUpRefusal.OVERLAPS}
        places = db.session.scalar(
            select(func.count(SignUp.id)).where(SignUp.user_id == actor.account_id)
        )
        assert places == 1


def test_same_person_from_two_devices_has_one_place(database, web_processes):
    shift, actor = make_shift(capacity=5), actor_of(make_user())
    apps = cycle(web_processes)
    results = run_at_once([in_app(next(apps), take_place, actor, shift.id) for _ in range(12)])
    assert errors_in(results) == []
    assert Counter(r.refusal for r in results) == {None: 1, SignUpRefusal.ALREADY_SIGNED_UP: 11}
    assert len(sign_ups_of(shift)) == 1


def test_coming_and_going_over_overlapping_shifts_never_gets_stuck(database, web_processes):
    """Lines of several shifts hold the same people: locks in one order, no deadlock."""
    shifts = [make_shift(capacity=2, waiting_capacity=30) for _ in range(3)]
    apart = make_shift(in_hours=90, capacity=2, waiting_capacity=30)
    users = [make_user() for _ in range(8)]
    for shift, user in zip(shifts, users, strict=False):
        make_sign_up(shift, user)
    apps = cycle(web_processes)
    tasks = []
    for step in range(160):
        actor = actor_of(users[step * 5 % len(users)])
        shift = (*shifts, apart)[step * 7 % 4]
        service = leave_place if step % 3 == 2 else take_place
        tasks.append(in_app(next(apps), service, actor, shift.id))
    assert errors_in(run_at_once(tasks, threads=16)) == []
    for shift in (*shifts, apart):
        assert_counts_are_true(shift)
    at_once = Counter(
        user_id
        for shift in shifts
        for user_id, state in sign_ups_of(shift)
        if state is SignUpState.CONFIRMED
    )
    assert all(places == 1 for places in at_once.values())
