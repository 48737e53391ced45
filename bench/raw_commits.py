"""The same rows, committed by psycopg and nothing else: a process of its own, a few threads."""

import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class Plan:
    """What to write."""

    url: str
    tables: Sequence[str]
    commits: Sequence[Sequence[str]]
    """For each commit a row for each table, as JSON."""
    clients: int


def _work(plan: Plan, part: int, ready: threading.Barrier) -> None:
    insert = sql.SQL("INSERT INTO {0} SELECT * FROM json_populate_record(NULL::{0}, %s::json)")
    statements = [insert.format(sql.Identifier(table)) for table in plan.tables]
    with psycopg.connect(plan.url) as connection:
        ready.wait()
        for rows in plan.commits[part :: plan.clients]:
            for statement, row in zip(statements, rows, strict=True):
                connection.execute(statement, [row])
            connection.commit()


def main() -> None:
    """Do the plan of standard input; print commits a second."""
    plan = Plan(**json.load(sys.stdin))
    ready = threading.Barrier(plan.clients + 1)
    threads = [
        threading.Thread(target=_work, args=(plan, part, ready)) for part in range(plan.clients)
    ]
    for thread in threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    print(len(plan.commits) / (time.perf_counter() - start))


if __name__ == "__main__":
    main()
