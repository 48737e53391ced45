"""Two hundred people, ten places, two server processes, all at once (behaviour 3)."""

import http.client
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode, urlsplit

import pytest
from sqlalchemy import text

from portal.core.database import db
from tests.journeys.conftest import start_portal, stop_portal
from tests.journeys.crowds import prepare_shift_and_people
from tests.journeys.processes import app_on

PEOPLE, PLACES = 200, 10


@pytest.fixture
def portal_of_two(make_folder):
    running = start_portal(make_folder(), WEB_WORKERS="2")
    yield running
    stop_portal(running)


def test_two_hundred_connections_over_two_processes_get_ten_places(portal_of_two):
    portal = portal_of_two
    with app_on(portal):
        shift_id, people = prepare_shift_and_people(
            people=PEOPLE, capacity=PLACES, waiting_capacity=PEOPLE - PLACES
        )
    gate = threading.Barrier(PEOPLE)

    def press(cookie, token):
        connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=60)
        connection.connect()
        gate.wait(timeout=60)
        connection.request(
            "POST",
            f"/volontariato/turni/{shift_id}/partecipo",
            body=urlencode({"csrf_token": token}),
            headers={"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status

    with ThreadPoolExecutor(PEOPLE) as pool:
        statuses = list(pool.map(lambda person: press(*person), people.values()))
    assert Counter(statuses) == {303: PEOPLE}
    with app_on(portal):
        rows = db.session.execute(
            text("SELECT user_id, state FROM sign_up WHERE shift_id = :id ORDER BY id"),
            {"id": shift_id},
        ).all()
        mails = db.session.scalar(
            text("SELECT count(*) FROM mail_message WHERE recipient LIKE 'forza%'")
        )
    assert len({row.user_id for row in rows}) == len(rows) == PEOPLE
    # In the order in which they got their turn: ten confirmed, then the line.
    assert [row.state for row in rows] == ["confirmed"] * PLACES + ["waiting"] * (PEOPLE - PLACES)
    assert mails == PEOPLE
