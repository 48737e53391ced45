"""Taking a place, whole request, against committing the same rows and nothing else."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from urllib.parse import urlencode

from flask import Flask, g, session
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select, text

from bench import load, raw_commits
from bench.results import Result, summarise
from bench.stage import Stage, running_portal
from portal.accounts.models import User
from portal.accounts.services import create_account
from portal.core.access import PORTAL
from portal.core.clock import utc_now
from portal.core.database import db
from portal.territory.queries import list_districts
from portal.volunteering.services import (
    ProjectContent,
    create_programme,
    create_project,
    create_shift,
)
from portal.volunteering.states import Sector

CLIENTS = 8
SHIFTS_A_ROUND = 10
LONGEST_SECONDS = 60.0
SEE_OTHER = "303"

TABLES = ("sign_up", "history_entry", "mail_message", "procrastinate_jobs")
"""What one sign-up writes: the place, the step, the mail, the job that sends it."""


def measure_sign_ups(stage: Stage, *, pairs: int, people: int) -> list[Result]:
    """Let `people` take a place each in every round; places for all of them are there."""
    with stage.app.test_request_context():
        users, rounds = _prepare(people, pairs + 1)
        browsers = [_browser(stage.app, user) for user in users]
        _copy_tables()
    speeds, ratios, waits, acknowledged = [], [], [], 0
    for number, shifts in enumerate(rounds):
        requests = list(_posts(browsers, shifts))
        outcome = load.run(
            load.Plan(stage.portal.port, requests, CLIENTS, LONGEST_SECONDS, people, is_once=True)
        )
        acknowledged += outcome.statuses.get(SEE_OTHER, 0)
        raw = _raw_commits(stage, people)
        if number == 0:
            continue  # the first warms both up
        speeds.append(outcome.per_second)
        ratios.append(outcome.per_second / raw)
        waits.append(outcome.longest)
    with stage.app.test_request_context():
        lost = acknowledged - _count_kept()
    return [
        summarise("sign-up POST, 8 clients", "requests/s", speeds, ratios, at_least=0.15),
        summarise("sign-up POST, longest wait", "s", waits, at_most=1.0),
        summarise("sign-ups acknowledged", "places", [acknowledged]),
        summarise("sign-ups lost", "places", [lost], at_most=0),
    ]


def measure_crowd(stage: Stage, *, people: int = 200, places: int = 10) -> list[Result]:
    """Let `people` want one of `places` at once, each over a connection, over two processes."""
    with stage.app.test_request_context():
        ids = _make_people(people, "folla")
        project_id = _make_project("Folla")
        shift_id = create_shift(
            actor=PORTAL, project_id=project_id, capacity=places, waiting_capacity=people,
            starts_at=utc_now() + timedelta(days=60),
            ends_at=utc_now() + timedelta(days=60, hours=1),
        ).id  # fmt: skip
        db.session.commit()
        browsers = [_browser(stage.app, user) for user in _load_people(ids)]
    with running_portal(stage.environment | {"WEB_WORKERS": "2"}) as portal:
        requests = list(_posts(browsers, [shift_id]))
        outcome = load.run(
            load.Plan(portal.port, requests, people, LONGEST_SECONDS, people, is_once=True)
        )
    with stage.app.test_request_context():
        counted = db.session.execute(
            text("SELECT state, count(*) FROM sign_up WHERE shift_id = :id GROUP BY state"),
            {"id": shift_id},
        )
        states = {row.state: row.count for row in counted}
    is_exact = outcome.statuses == {SEE_OTHER: people} and states == {
        "confirmed": places,
        "waiting": people - places,
    }
    return [
        summarise(
            "200 people, 10 places, 2 processes: longest wait", "s", [outcome.longest], at_most=5.0
        ),
        summarise(
            "200 people, 10 places: rounds that were not exact",
            "rounds",
            [int(not is_exact)],
            at_most=0,
        ),
    ]


def _prepare(people: int, rounds: int) -> tuple[list[User], list[list[int]]]:
    """Make people, and for each round shifts at an hour of its own."""
    ids = _make_people(people, "misura")
    project_id = _make_project("Misura")
    shifts = [
        [
            create_shift(
                actor=PORTAL, project_id=project_id, capacity=people,
                starts_at=utc_now() + timedelta(days=30, hours=2 * number),
                ends_at=utc_now() + timedelta(days=30, hours=2 * number + 1),
            ).id
            for _ in range(SHIFTS_A_ROUND)
        ]
        for number in range(rounds)
    ]  # fmt: skip
    db.session.commit()
    return _load_people(ids), shifts


def _make_people(number: int, word: str) -> list[int]:
    return [
        create_account(actor=PORTAL, email=f"{word}{n}@example.org", name="Mira Misura").account_id
        for n in range(number)
    ]


def _load_people(ids: Sequence[int]) -> list[User]:
    return list(db.session.scalars(select(User).where(User.id.in_(ids)).order_by(User.id)))


def _make_project(name: str) -> int:
    programme = create_programme(actor=PORTAL, name=name, requires_enrolment=False)
    content = ProjectContent(
        title=name, summary="Per misurare.", description="Per misurare.",
        sector=Sector.GREEN, district_id=list_districts()[0].id, place_name="Qui",
        tutor_name="Tea Misura",
    )  # fmt: skip
    return create_project(actor=PORTAL, programme_id=programme.id, content=content).id


def _browser(app: Flask, user: User) -> tuple[str, str]:
    """Return cookie and CSRF token as a signed-in browser has them."""
    session.clear()
    session.update({"_user_id": user.fs_uniquifier, "_fresh": True})
    token = generate_csrf()
    signed = app.session_interface.get_signing_serializer(app).dumps(dict(session))
    # The token is kept for the length of a request, and this is somebody else's next.
    g.pop("csrf_token", None)
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}", token


def _posts(browsers: Sequence[tuple[str, str]], shifts: Sequence[int]) -> Iterator[str]:
    for number, (cookie, token) in enumerate(browsers):
        body = urlencode({"csrf_token": token})
        head = [
            f"POST /volontariato/turni/{shifts[number % len(shifts)]}/partecipo HTTP/1.1",
            f"Host: {load.HOST}",
            f"Cookie: {cookie}",
            "Content-Type: application/x-www-form-urlencoded",
            f"Content-Length: {len(body)}",
        ]
        yield "\r\n".join(head) + "\r\n\r\n" + body


def _copy_tables() -> None:
    """Make empty tables like those that a sign-up writes to, indexes and checks included."""
    for table in TABLES:
        db.session.execute(
            text(
                f"CREATE TABLE bench_{table} (LIKE {table} INCLUDING DEFAULTS"
                " INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING STORAGE)"
            )
        )
    db.session.commit()


def _raw_commits(stage: Stage, number: int) -> float:
    """Commit the newest `number` sign-ups' rows again, in the copies; how many a second."""
    with stage.app.test_request_context():
        rows = [_newest_rows(table, number) for table in TABLES]
        names = ", ".join(f"bench_{table}" for table in TABLES)
        db.session.execute(text(f"TRUNCATE {names}"))
        db.session.commit()
    plan = raw_commits.Plan(
        stage.libpq_url, [f"bench_{t}" for t in TABLES], list(zip(*rows, strict=True)), CLIENTS
    )
    finished = subprocess.run(
        [sys.executable, "-m", "bench.raw_commits"],
        input=json.dumps(asdict(plan)), text=True, capture_output=True, check=True, timeout=120,
    )  # fmt: skip
    return float(finished.stdout)


def _newest_rows(table: str, number: int) -> list[str]:
    statement = text(
        f"SELECT to_json(newest)::text FROM"
        f" (SELECT * FROM {table} ORDER BY id DESC LIMIT :number) AS newest"
    )
    rows = list(db.session.scalars(statement, {"number": number}))
    assert len(rows) == number
    return rows


def _count_kept() -> int:
    """Count the places that are there, each with its mail."""
    places, mails = db.session.execute(
        text(
            "SELECT (SELECT count(*) FROM sign_up JOIN user_account AS a ON a.id = user_id"
            " WHERE email LIKE 'misura%'),"
            " (SELECT count(*) FROM mail_message WHERE recipient LIKE 'misura%')"
        )
    ).one()
    return min(int(places), int(mails))
