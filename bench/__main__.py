"""`make bench` measures everything and writes it down; `--quick` takes less than a minute."""

import argparse
from dataclasses import dataclass

from sqlalchemy import text

from bench.pages import measure_pages
from bench.report import print_table, write_report
from bench.results import Result, summarise
from bench.sign_up import measure_sign_ups
from bench.stage import Stage, built_stage
from portal.core.database import db


@dataclass(frozen=True)
class Effort:
    """How long everything takes."""

    pairs: int
    seconds: float
    """Of each half of a pair."""
    sign_up_pairs: int
    people: int
    """Who sign up in each of these."""


FULL = Effort(pairs=7, seconds=2.0, sign_up_pairs=5, people=200)
QUICK = Effort(pairs=2, seconds=0.7, sign_up_pairs=2, people=80)


def main() -> None:
    """Measure, print, and after a full run write."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="within a minute; writes nothing")
    is_quick = parser.parse_args().quick
    with built_stage() as stage:
        results = list(_measure(stage, QUICK if is_quick else FULL))
        print_table(results)
        if not is_quick:
            write_report(results, _database_version(stage))


def _measure(stage: Stage, effort: Effort) -> list[Result]:
    start = summarise("start to first answer", "s", [stage.portal.started_in], at_most=3.0)
    return [
        start,
        *measure_pages(stage, pairs=effort.pairs, seconds=effort.seconds),
        *measure_sign_ups(stage, pairs=effort.sign_up_pairs, people=effort.people),
    ]


def _database_version(stage: Stage) -> str:
    with stage.app.app_context(), db.engine.connect() as connection:
        return str(connection.scalar(text("SHOW server_version")))


if __name__ == "__main__":
    main()
