"""A laboratory of 500 proposals and 6,000 comments beside the demo's, in turns."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from bench import load, pages
from bench.results import Result, summarise
from bench.stage import Server, Stage, running_portal

PROPOSALS, COMMENTS = 500, 6_000
MOST_TALKED_OF = 300
"""Comments of one proposal; the others share the rest."""
CLIENTS = 2

# Copies of the demo's most talked of proposal, in its own laboratory.
MAKE_PROPOSALS = """
    INSERT INTO proposal (laboratory_id, author_id, title, text, what_i_offer, form_key, state,
                          state_at, submitted_at, published_at, answer_due_on, origin, version)
    SELECT laboratory_id, author_id, title || ' ' || n, repeat(text || ' ', 4), what_i_offer,
           lpad(n::text, 32, 'f'), state, state_at, submitted_at, published_at, answer_due_on,
           origin, 1
    FROM proposal CROSS JOIN generate_series(1, %(number)s) AS n WHERE proposal.id = %(of)s
"""
# Every third is an answer to the one before it.
MAKE_COMMENTS = """
    INSERT INTO laboratory_comment (proposal_id, depth, author_id, text, state, published_at,
                                    told_at, form_key)
    SELECT proposal.id, 0, proposal.author_id,
           repeat('Abito di fronte e ci passo ogni giorno. ', 9), 'published',
           now() - n * interval '1 minute', now(), lpad(n::text, 32, 'c')
    FROM generate_series(1, %(number)s) AS n
    JOIN (
        SELECT id, author_id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS number
        FROM proposal WHERE form_key LIKE 'ffffffffff%%'
    ) AS proposal
    ON proposal.place = CASE WHEN n <= %(most)s THEN 1 ELSE mod(n, proposal.number) + 1 END
"""
MAKE_ANSWERS = """
    UPDATE laboratory_comment AS answer
    SET depth = 1, parent_depth = 0, parent_id = parent.id
    FROM laboratory_comment AS parent
    WHERE mod(answer.id, 3) = 0 AND parent.id = (
        SELECT max(id) FROM laboratory_comment AS above
        WHERE above.proposal_id = answer.proposal_id AND above.id < answer.id
        AND mod(above.id, 3) = 1
    ) AND answer.form_key LIKE 'c%%'
"""
FIND_DEMO = """
    SELECT proposal.id, laboratory.slug
    FROM proposal JOIN laboratory ON laboratory.id = proposal.laboratory_id
    WHERE proposal.state = 'published' ORDER BY comment_count DESC, proposal.id LIMIT 1
"""
FIND_BUSIEST = "SELECT id FROM proposal ORDER BY comment_count DESC, id LIMIT 1"


def measure_talk(stage: Stage, *, pairs: int, seconds: float) -> list[Result]:
    """Return how much longer each page takes with a full laboratory (at most twice is allowed)."""
    results = []
    with psycopg.connect(stage.libpq_url) as connection:
        small_id, slug = connection.execute(FIND_DEMO).fetchone() or (0, "")
    with _busy_portal(stage, small_id) as (busy, busy_id):
        laboratory = f"/laboratori/{slug}"
        addresses = {
            "laboratory": (laboratory, laboratory),
            "list": (f"{laboratory}/proposte/", f"{laboratory}/proposte/"),
            "proposal": (f"{laboratory}/proposte/{small_id}", f"{laboratory}/proposte/{busy_id}"),
        }
        for name, (small, large) in addresses.items():
            waits, ratios = [], []
            for server, path in ((stage.portal, small), (busy, large)):
                _milliseconds(server, path, seconds / 2)
            for _ in range(pairs):
                before = _milliseconds(stage.portal, small, seconds)
                waits.append(_milliseconds(busy, large, seconds))
                ratios.append(waits[-1] / before)
            title = f"{PROPOSALS} proposals, {COMMENTS:,} comments: {name}"
            results.append(summarise(title, "ms", waits, ratios, at_most=2))
    return results


@contextmanager
def _busy_portal(stage: Stage, proposal_id: int) -> Iterator[tuple[Server, int]]:
    """Run a portal with a full laboratory; yields it and its most talked of proposal."""
    with psycopg.connect(stage.busy_url, autocommit=True) as connection:
        connection.execute(MAKE_PROPOSALS, {"number": PROPOSALS, "of": proposal_id})
        connection.execute(MAKE_COMMENTS, {"number": COMMENTS, "most": MOST_TALKED_OF})
        connection.execute(MAKE_ANSWERS)
        connection.execute("VACUUM ANALYZE")
        [busiest] = connection.execute(FIND_BUSIEST).fetchone() or (0,)
    with running_portal(stage.environment | {"DATABASE_URL": stage.busy_url}) as server:
        yield server, busiest


def _milliseconds(server: Server, path: str, seconds: float) -> float:
    requests = pages.requests_made_anew(path)
    outcome = load.run(load.Plan(server.port, requests, CLIENTS, seconds, len(requests)))
    if set(outcome.statuses) != {"200"}:
        raise RuntimeError(f"{path}: {outcome.statuses}")
    return 1000 * CLIENTS / outcome.per_second
