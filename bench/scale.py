"""The registry with 100,000 associations beside the real one, asked for the same pages in turns."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench import load, pages
from bench.results import Result, summarise
from bench.stage import Server, Stage, running_portal

NUMBER = 100_000
CLIENTS = 2
PAGES = {
    "list": "/registro/",
    "list, two filters": "/registro/?comune=035033&tipo=asd",
    "list, area": "/registro/?area=sport",
    "list, section": "/registro/?sezione=aps",
    "list, page 20": "/registro/?pagina=20",
    "search": "/registro/?q=associazione+sport",
    "search, one name": "/registro/?q=scandiano",
    "search, exact name": "/registro/?q=croce+rossa+italiana+comitato+di+scandiano",
    "search and filters": "/registro/?q=sport&comune=035033&tipo=asd",
    "search with a typing error": "/registro/?q=assocazione",
    "map": "/registro/mappa",
    "map, search": "/registro/mappa?q=sport",
}

# Copies of the real ones under other tax codes, their names with a number.
GENERATE = """
    INSERT INTO association
        (slug, name, tax_code, municipality_code, kind, section, state, version)
    SELECT left(slug, 90) || '-x' || n, left(name, 190) || ' ' || n,
           (80000000000 + row_number() OVER ())::text,
           municipality_code, kind, section, 'listed', 1
    FROM association CROSS JOIN generate_series(1, %(number)s) AS n
    WHERE state = 'listed'
    LIMIT greatest(0, %(number)s - (SELECT count(*) FROM association WHERE state <> 'removed'))
"""
AREAS = """
    INSERT INTO association_activity_area (association_id, area_code)
    SELECT association.id, area.code
    FROM association
    JOIN (SELECT code, row_number() OVER (ORDER BY position) AS place FROM activity_area) AS area
      ON area.place = 1 + mod(association.id, (SELECT count(*) FROM activity_area))
    ON CONFLICT DO NOTHING
"""


def measure_scale(stage: Stage, *, pairs: int, seconds: float) -> list[Result]:
    """Return how much longer each page takes on the large registry (at most twice is allowed)."""
    waits: dict[str, list[float]] = {name: [] for name in PAGES}
    ratios: dict[str, list[float]] = {name: [] for name in PAGES}
    with _large_portal(stage) as large:
        for name, path in PAGES.items():
            for server in (stage.portal, large):
                _milliseconds(server, path, seconds / 2)
            for _ in range(pairs):
                small = _milliseconds(stage.portal, path, seconds)
                waits[name].append(_milliseconds(large, path, seconds))
                ratios[name].append(waits[name][-1] / small)
    return [
        summarise(f"100,000 associations: {name}", "ms", waits[name], ratios[name], at_most=2)
        for name in PAGES
    ]


@contextmanager
def _large_portal(stage: Stage) -> Iterator[Server]:
    """Run a portal on the copy of the database, filled up."""
    with psycopg.connect(stage.large_url, autocommit=True) as connection:
        connection.execute(GENERATE, {"number": NUMBER})
        connection.execute(AREAS)
        connection.execute("VACUUM ANALYZE")
    with running_portal(stage.environment | {"DATABASE_URL": stage.large_url}) as server:
        yield server


def _milliseconds(server: Server, path: str, seconds: float) -> float:
    requests = pages.requests_made_anew(path)
    outcome = load.run(load.Plan(server.port, requests, CLIENTS, seconds, len(requests)))
    if set(outcome.statuses) != {"200"}:
        raise RuntimeError(f"{path}: {outcome.statuses}")
    return 1000 * CLIENTS / outcome.per_second
