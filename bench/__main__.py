"""`make bench` measures everything and writes it down; `--quick` takes less than a minute."""

import argparse
from dataclasses import dataclass

from sqlalchemy import text

from bench.agreements import measure_agreement
from bench.imports import measure_import
from bench.memory import measure_memory
from bench.pages import measure_pages
from bench.report import print_table, write_report
from bench.results import Result, summarise
from bench.scale import measure_scale
from bench.series import measure_series
from bench.shifts import measure_shifts
from bench.sign_up import measure_crowd, measure_sign_ups
from bench.similar import measure_similar
from bench.stage import Stage, built_stage
from bench.talk import measure_talk
from bench.weight import measure_weight
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
    is_full: bool
    """With memory, the import of a long list, and 100,000 associations."""


FULL = Effort(pairs=7, seconds=1.5, sign_up_pairs=5, people=200, is_full=True)
QUICK = Effort(pairs=2, seconds=0.4, sign_up_pairs=2, people=60, is_full=False)


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
    results = [summarise("start to first answer", "s", [stage.portal.started_in], at_most=3.0)]
    results += measure_weight(stage)
    results += measure_pages(stage, pairs=effort.pairs, seconds=effort.seconds)
    results += measure_sign_ups(stage, pairs=effort.sign_up_pairs, people=effort.people)
    results += measure_series(stage, times=effort.pairs)
    results += measure_similar(stage, times=effort.pairs)
    results += measure_agreement(stage, times=effort.pairs)
    if effort.is_full:
        results += measure_crowd(stage)
        results += measure_memory(stage)
        results += measure_import(stage)
        results += measure_shifts(stage, pairs=effort.pairs, seconds=effort.seconds / 2)
        results += measure_talk(stage, pairs=effort.pairs, seconds=effort.seconds / 2)
        results += measure_scale(stage, pairs=effort.pairs, seconds=effort.seconds / 2)
    return results


def _database_version(stage: Stage) -> str:
    with stage.app.app_context(), db.engine.connect() as connection:
        return str(connection.scalar(text("SHOW server_version")))


if __name__ == "__main__":
    main()
