"""Lists of associations as files: the national list in its documented layout, and others."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from tests.factories.registry import tax_code_of

RUNTS_HEADER = (
    "Codice fiscale\nSteuernummer",
    "Repertorio\nVerzeichnisnummer",
    "Denominazione\nBezeichnung",
    "Sezione\nSektion",
    "Cognome e nome rappresentante legale\nZuname und Name des gesetzlichen Vertreters",
    "Rete\nNetzwerk",
    "Comune sede legale\nGemeinde des Rechtssitzes",
    "Provincia sede legale\nProvinz des Rechtssitzes",
    "5x1000",
    "Data iscrizione\nEintragungsdatum",
    "",
)
"""The eleventh column is empty."""
RUNTS_NAME = "20260804_iscritti_v1.0.xlsx"
REPRESENTATIVE = "ROSSINI INVENTATA GELSOMINA"


def runts_row(number: int = 1, **values: Any) -> list[Any]:
    """Return the cells of one body, as the ministry writes them."""
    facts = {
        "tax_code": tax_code_of(number),
        "runts_number": 10_000 + number,
        "name": f"ENTE DI PROVA {number}",
        "section": "ASSOCIAZIONI DI PROMOZIONE SOCIALE",
        "representative": REPRESENTATIVE,
        "network": "No",
        "municipality": "REGGIO NELL'EMILIA",
        "province": "RE",
        "five_per_mille": "Si",
        "since": "07/11/2022",
    } | values
    return [*facts.values(), None]


def make_workbook(
    rows: Iterable[Sequence[Any]], *, header: Sequence[str] = RUNTS_HEADER, sheet: str = "Foglio1"
) -> bytes:
    """Return an XLSX file with one sheet."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet)
    page.append([cell or None for cell in header])
    for row in rows:
        page.append(list(row))
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def make_csv(rows: Iterable[Sequence[Any]], *, header: Sequence[str] = RUNTS_HEADER) -> bytes:
    """Return the same as a text file."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode()


def rebuilt(workbook: bytes, parts: Mapping[str, bytes | None]) -> bytes:
    """Return `workbook` with parts added, replaced or, where None, left out."""
    content = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as old,
        zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return content.getvalue()
