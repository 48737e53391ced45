"""From a file to the rows of a list."""

import re
from datetime import date
from pathlib import Path, PurePath

from portal.core.sentences import sentence as _l
from portal.registry.import_file.archive import is_workbook
from portal.registry.import_file.layouts import check_width, recognise, score_header
from portal.registry.import_file.rows import (
    ImportFile,
    RowProblem,
    SourceRow,
    UnreadableFileError,
)
from portal.registry.import_file.text_table import read_text_table
from portal.registry.import_file.workbook_table import read_workbook_table

LARGEST_FILE_BYTES = 100 * 1024 * 1024
_FIRST_YEAR, _LAST_YEAR = 1990, 2100


def read_import_file(path: Path) -> ImportFile:
    """Read the file at `path`; raises `UnreadableFileError`."""
    return read_import_data(_read_bytes(path), file_name=path.name)


def read_import_data(data: bytes, *, file_name: str) -> ImportFile:
    """Read a file whose content is `data`; its name says of when the list is."""
    if not data.strip():
        raise UnreadableFileError(RowProblem(0, _l("The file is empty.")))
    if is_workbook(data):
        table = read_workbook_table(data)
    else:
        table = read_text_table(data, score=score_header)
    recognised = recognise(table.header)
    check_width(recognised.layout, table.header)
    rows: list[SourceRow] = []
    problems: list[RowProblem] = []
    for number, cells in table.rows:
        read = cells if isinstance(cells, RowProblem) else recognised.read(number, cells)
        if isinstance(read, RowProblem):
            problems.append(read)
        else:
            rows.append(read)
    if not rows and not problems:
        raise UnreadableFileError(RowProblem(1, _l("There is no row below the header.")))
    day = find_day(file_name)
    return ImportFile(
        rows=tuple(rows),
        problems=tuple(problems),
        encoding=table.encoding,
        separator=table.separator,
        year=day.year if day else find_year(file_name),
        layout=recognised.layout,
        list_day=day,
    )


def find_day(file_name: str) -> date | None:
    """Return the day a file name carries (`20260804_iscritti_v1.0.xlsx`)."""
    for found in re.finditer(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", PurePath(file_name).stem):
        try:
            day = date(*map(int, found.groups()))
        except ValueError:
            continue
        if _FIRST_YEAR <= day.year <= _LAST_YEAR:
            return day
    return None


def find_year(file_name: str) -> int | None:
    """Return the year a file name carries (`5x1000_2022.csv`)."""
    found = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", PurePath(file_name).stem)
    return int(found[0]) if found and _FIRST_YEAR <= int(found[0]) <= _LAST_YEAR else None


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableFileError(RowProblem(0, _l("There is no file at this path.")))
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFileError(RowProblem(0, _l("The file is larger than 100 MB.")))
        return path.read_bytes()
    except (OSError, ValueError):
        raise UnreadableFileError(RowProblem(0, _l("The file cannot be opened."))) from None
