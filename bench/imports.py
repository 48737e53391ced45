"""A list as long as a large province's: 72,000 bodies, imported as the command does it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from openpyxl import Workbook
from stdnum import luhn

from bench.results import Result, summarise
from bench.stage import Stage
from portal.config import PROJECT_ROOT

ROWS = 72_000
MOST_SECONDS = 60
MOST_MB = 300
FILE_NAME = "20260804_iscritti.xlsx"
HEADER = (
    *("Codice fiscale", "Repertorio", "Denominazione", "Sezione", "Rappresentante legale"),
    *("Rete associativa", "Comune", "Provincia", "Regione", "Data iscrizione"),
)
SECTIONS = ("ASSOCIAZIONI DI PROMOZIONE SOCIALE", "ORGANIZZAZIONI DI VOLONTARIATO")
TOWNS = ("REGGIO NELL'EMILIA", "CORREGGIO", "SCANDIANO", "CASTELNOVO NE'MONTI", "RUBIERA")
WORDS = ("AMICI", "CORO", "PRATI", "SPORT", "INSIEME", "VOLONTARI", "SCUOLA", "TEATRO", "BOSCO")


def measure_import(stage: Stage) -> list[Result]:
    """Return how long a first import of the long list takes, and the most memory it needs."""
    path = Path(stage.environment["PORTAL_DATA_DIR"]) / FILE_NAME
    write_list(path, ROWS)
    seconds, megabytes = _import(stage, path)
    name = f"import of a list of {ROWS:,} rows"
    return [
        summarise(name, "s", [seconds], at_most=MOST_SECONDS),
        summarise(f"{name}, peak memory", "MB", [megabytes], at_most=MOST_MB),
    ]


def write_list(path: Path, number: int) -> None:
    """Write an invented list laid out as the national register's."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Foglio1")
    sheet.append(HEADER)
    for row in _rows(number):
        sheet.append(row)
    book.save(path)


def _rows(number: int) -> Iterator[tuple[str, ...]]:
    for n in range(1, number + 1):
        digits = f"7{n:09}"
        words = (WORDS[n // step % len(WORDS)] for step in (1, 7, 31))
        yield (
            *(digits + luhn.calc_check_digit(digits), str(n), f"{' '.join(words)} {n}"),
            *(SECTIONS[n % len(SECTIONS)], f"COGNOME{n} NOME{n}", "NO"),
            *(TOWNS[n % len(TOWNS)], "RE", "EMILIA-ROMAGNA", "07/11/2022"),
        )


def _import(stage: Stage, path: Path) -> tuple[float, float]:
    """Run the command on a database of its own; return seconds and megabytes (Linux only)."""
    command = [sys.executable, "-m", "portal", "import-associations", str(path), "--apply"]
    environment = stage.environment | {"DATABASE_URL": stage.import_url}
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"the import ended with {process.returncode}")
    return seconds, usage.ru_maxrss / 1024
