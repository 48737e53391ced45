"""Similar proposals among 10,000 published ones: how long the search takes while one writes.

Everything happens in one transaction that is rolled back: no other measurement sees them.
"""

import time

from sqlalchemy import text

from bench.results import Result, summarise
from bench.stage import Stage
from portal.core.database import db
from portal.laboratories.queries import find_similar_proposals, list_open_laboratories
from portal.laboratories.queries.similar import list_lexemes, similar_statement

PROPOSALS = 10_000
MOST_SECONDS = 0.05
TITLES = (
    "Una panchina all’ombra vicino alla fontana",
    "Il cortile della scuola aperto il pomeriggio",
    "Corsi di italiano la sera per chi lavora",
    "piste ciclabili sicure davanti alla scuola",
    "zzzz qwerty",
)

# Titles of five of a hundred words; texts of eight of these among fifty of ten thousand others.
MAKE_PROPOSALS = """
    INSERT INTO proposal (laboratory_id, title, text, origin, author_name, recorded_by_id, form_key,
                          state, state_at, submitted_at, published_at, answer_due_on, version)
    SELECT :laboratory_id, initcap(title.words), body.words, 'phone', 'Misura', :clerk_id,
           lpad(n::text, 32, '0'), 'published', now(), now(), now() - n * interval '1 minute',
           current_date, 1
    FROM generate_series(1, :number) AS n
    CROSS JOIN LATERAL (
        SELECT string_agg(word, ' ') AS words
        FROM (SELECT word FROM unnest(CAST(:words AS text[])) AS word
              ORDER BY md5(n || word) LIMIT 5) AS chosen
    ) AS title
    CROSS JOIN LATERAL (
        SELECT string_agg(word, ' ') AS words
        FROM (
            (SELECT word FROM unnest(CAST(:words AS text[])) AS word
             ORDER BY md5(word || n) LIMIT 8)
            UNION ALL
            SELECT 'parola' || mod(n * 7919 + part * 104729, 10000)
            FROM generate_series(1, 50) AS part
        ) AS chosen
    ) AS body
"""
# What is new stands in a list beside a GIN index until the database tidies up.
TIDY_UP = """
    SELECT gin_clean_pending_list('ix_proposal_search'),
           gin_clean_pending_list('ix_proposal_plain_title')
"""
WORDS = (
    "panchina ombra fontana parco cortile scuola pomeriggio giardino pista ciclabile strada"
    " sicura attraversamento pedonale anziani bambini giochi biblioteca libri lettura serata"
    " cinema aperto musica concerto orto verdura compost rifiuti raccolta mercato rionale"
    " artigiani bottega officina biciclette riparazione corso italiano lavoro lingua incontro"
    " vicini festa quartiere piazza illuminazione lampioni sera notte sport campetto canestro"
    " tavolo scacchi carte cucina forno pane sabato domenica mattina sostegno compiti studio"
    " medicina salute cammino passeggiata alberi tigli siepe fiori api cane gatto autobus"
    " fermata tettoia stazione treno ponte fiume argine acqua fontanella murales colore teatro"
    " palestra danza yoga memoria storia museo archivio fotografia digitale computer rete"
)


def measure_similar(stage: Stage, *, times: int) -> list[Result]:
    """Return how long similar titles take to find; raises when an index is left aside."""
    with stage.app.test_request_context():
        laboratory_id = fill()
        waits = []
        for number in range(times + 1):
            for title in TITLES:
                start = time.perf_counter()
                find_similar_proposals(laboratory_id=laboratory_id, title=title)
                if number:  # the first warms up
                    waits.append(time.perf_counter() - start)
        for title in TITLES:
            check_plan(laboratory_id, title)
        db.session.rollback()
    return [summarise(f"similar among {PROPOSALS:,} proposals", "s", waits, at_most=MOST_SECONDS)]


def fill() -> int:
    """Write the proposals into the open transaction and return their laboratory."""
    laboratory_id = list_open_laboratories(1)[0].id
    clerk_id = db.session.scalar(text("SELECT min(id) FROM user_account"))
    db.session.execute(
        text(MAKE_PROPOSALS),
        {
            "laboratory_id": laboratory_id,
            "clerk_id": clerk_id,
            "number": PROPOSALS,
            "words": WORDS.split(),
        },
    )
    db.session.execute(text(TIDY_UP))
    db.session.execute(text("ANALYZE proposal"))
    return laboratory_id


def check_plan(laboratory_id: int, title: str) -> str:
    """Return the plan of the search; raises `RuntimeError` unless it goes by the indexes."""
    statement = similar_statement(laboratory_id, title, list_lexemes(title), None)
    written = statement.compile(db.engine, compile_kwargs={"literal_binds": True})
    found = db.session.connection().exec_driver_sql(f"EXPLAIN {written}")
    plan = "\n".join(found.scalars())
    if "ix_proposal_plain_title" not in plan or "Seq Scan on proposal" in plan:
        raise RuntimeError(f"an index is left aside for {title}:\n{plan}")
    return plan
