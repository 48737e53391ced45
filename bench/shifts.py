"""The list of shifts with 5,000 shifts and 20,000 sign-ups beside the demo's, in turns."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench import load, pages
from bench.results import Result, summarise
from bench.stage import Server, Stage, running_portal

SHIFTS, SIGN_UPS = 5_000, 20_000
CLIENTS = 2
PAGES = {
    "list": "/volontariato/",
    "list, three filters": "/volontariato/?giorno=sat&parte=mattina&settore=green",
    "list, district and day": "/volontariato/?ambito=e&fino=2099-12-31",
    "list, page 20": "/volontariato/?pagina=20",
    "search": "/volontariato/?q=compiti",
    "empty list": "/volontariato/?q=compiti&settore=museum&giorno=sun",
    "week": "/volontariato/settimana",
}

# Every project gets its share over a year; the last ones are the furthest.
MAKE_SHIFTS = """
    INSERT INTO shift (project_id, starts_at, ends_at, state, capacity, waiting_capacity, closes_at)
    SELECT project.id, begins, begins + interval '2 hours', 'open', 10, 5, begins
    FROM generate_series(1, %(number)s) AS n
    CROSS JOIN LATERAL (
        SELECT date_trunc('hour', now()) + interval '8 days' + n * interval '100 minutes' AS begins
    ) AS moment
    JOIN (
        SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS number
        FROM volunteering_project WHERE state = 'published'
    ) AS project ON project.place = mod(n, project.number)
"""
MAKE_PEOPLE = """
    INSERT INTO user_account (email, display_name, locale, active, fs_uniquifier)
    SELECT 'misura' || n || '@example.org', 'Misura ' || n, 'it', true, 'misura-' || n
    FROM generate_series(1, 20) AS n
"""
MAKE_SIGN_UPS = """
    INSERT INTO sign_up (shift_id, user_id, state)
    SELECT shift.id, person.id, 'confirmed'
    FROM (SELECT id, row_number() OVER (ORDER BY id DESC) AS turn FROM shift) AS shift
    JOIN (
        SELECT id, row_number() OVER (ORDER BY id) AS turn FROM user_account
        WHERE email LIKE 'misura%%'
    ) AS person ON mod(person.turn, 5) = mod(shift.turn, 5)
    WHERE shift.turn <= %(shifts)s
    LIMIT %(number)s
"""


def measure_shifts(stage: Stage, *, pairs: int, seconds: float) -> list[Result]:
    """Return how much longer each page takes with many shifts (at most twice is allowed)."""
    waits: dict[str, list[float]] = {name: [] for name in PAGES}
    ratios: dict[str, list[float]] = {name: [] for name in PAGES}
    with _busy_portal(stage) as busy:
        for name, path in PAGES.items():
            for server in (stage.portal, busy):
                _milliseconds(server, path, seconds / 2)
            for _ in range(pairs):
                small = _milliseconds(stage.portal, path, seconds)
                waits[name].append(_milliseconds(busy, path, seconds))
                ratios[name].append(waits[name][-1] / small)
    return [
        summarise(f"5,000 shifts: {name}", "ms", waits[name], ratios[name], at_most=2)
        for name in PAGES
    ]


@contextmanager
def _busy_portal(stage: Stage) -> Iterator[Server]:
    """Run a portal on a copy of the database, filled up with shifts and who takes part."""
    with psycopg.connect(stage.busy_url, autocommit=True) as connection:
        connection.execute(MAKE_SHIFTS, {"number": SHIFTS})
        connection.execute(MAKE_PEOPLE)
        connection.execute(MAKE_SIGN_UPS, {"shifts": SHIFTS, "number": SIGN_UPS})
        connection.execute("VACUUM ANALYZE")
    with running_portal(stage.environment | {"DATABASE_URL": stage.busy_url}) as server:
        yield server


def _milliseconds(server: Server, path: str, seconds: float) -> float:
    requests = pages.requests_made_anew(path)
    outcome = load.run(load.Plan(server.port, requests, CLIENTS, seconds, len(requests)))
    if set(outcome.statuses) != {"200"}:
        raise RuntimeError(f"{path}: {outcome.statuses}")
    return 1000 * CLIENTS / outcome.per_second
