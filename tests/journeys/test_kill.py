"""Killed in the middle of sign-ups: what was acknowledged is there, its mail left once."""

import http.client
import signal
import socket
import threading
import time
from collections import Counter
from email import message_from_bytes, policy
from urllib.parse import urlencode, urlsplit

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from sqlalchemy import text

from portal.core.database import db
from tests.journeys.conftest import Portal, start_portal, stop_portal
from tests.journeys.crowds import prepare_shift_and_people
from tests.journeys.processes import app_on, kill, processes_named, wait_until

PEOPLE = 60
PLACES = 40
CLIENTS = 6


class Inbox(Sink):
    """Keeps (recipient, Message-ID) of what arrives."""

    def __init__(self):
        super().__init__()
        self.arrived = []

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802 - aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.arrived.append((message["To"], message["Message-ID"]))
        return "250 kept"


@pytest.fixture
def inbox():
    handler = Inbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.url = f"smtp://127.0.0.1:{port}"
    yield handler
    controller.stop()


def take_place(portal: Portal, shift_id: int, cookie: str, token: str) -> bool:
    """Press the button once; True if the portal said yes."""
    connection = http.client.HTTPConnection(urlsplit(portal.url).netloc, timeout=10)
    try:
        connection.request(
            "POST",
            f"/volontariato/turni/{shift_id}/partecipo",
            body=urlencode({"csrf_token": token}),
            headers={"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"},
        )
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return answer.status == 303 and "/accedi" not in (answer.headers["Location"] or "")


@pytest.fixture
def portal_with_mail(make_folder, inbox):
    running = start_portal(make_folder(), SMTP_URL=inbox.url)
    yield running
    stop_portal(running)


def test_what_was_acknowledged_survives_kills_and_its_mail_leaves_once(portal_with_mail, inbox):
    portal = portal_with_mail
    with app_on(portal):
        shift_id, people = prepare_shift_and_people(
            people=PEOPLE, capacity=PLACES, waiting_capacity=PEOPLE
        )
    waiting, acknowledged, lock = list(people.items()), [], threading.Lock()

    deadline = time.monotonic() + 120

    def press_buttons():
        while time.monotonic() < deadline:
            with lock:
                if not waiting:
                    return
                email, (cookie, token) = waiting.pop()
            if take_place(portal, shift_id, cookie, token):
                acknowledged.append(email)
            else:
                time.sleep(0.2)  # a person waits and taps again
                with lock:
                    waiting.insert(0, (email, (cookie, token)))

    threads = [threading.Thread(target=press_buttons, daemon=True) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for share in (PEOPLE // 4, PEOPLE // 2):
        wait_until(lambda share=share: len(acknowledged) >= share, seconds=60)
        for word in ("granian", "portal worker"):
            for pid in processes_named(portal, word):
                kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(thread.is_alive() for thread in threads), seconds=120)
    assert sorted(acknowledged) == sorted(people)

    with app_on(portal):
        counts = Counter(
            db.session.execute(
                text("SELECT state FROM sign_up WHERE shift_id = :id AND state <> 'left'"),
                {"id": shift_id},
            ).scalars()
        )
        assert counts == {"confirmed": PLACES, "waiting": PEOPLE - PLACES}

    # A worker counts as dead after 30 s of silence; its job is then taken up again.
    wait_until(lambda: {to for to, _ in arrived_for(people, inbox)} == people.keys(), seconds=150)
    assert len(set(arrived_for(people, inbox))) == PEOPLE, "two mails for one sign-up"


def arrived_for(people, inbox):
    """Give what arrived for them: the people of the demo have mail too."""
    return [(to, message_id) for to, message_id in inbox.arrived if to in people]
