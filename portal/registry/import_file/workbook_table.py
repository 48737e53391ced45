"""A workbook (XLSX) as a table: one sheet, read row by row."""

import warnings
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

from portal.core.sentences import sentence as _l
from portal.registry.import_file.archive import broken_workbook, check_archive
from portal.registry.import_file.rows import RowProblem, Table, UnreadableFileError

SHEET = "Foglio1"
"""Of the national list; of any other workbook the only sheet is read."""
_MOST_COLUMNS = 40
_MOST_ROWS = 500_000
_FORMULA = "f"


def read_workbook_table(data: bytes) -> Table:
    """Return the table in `data`; raises `UnreadableFileError`, also while its rows are read."""
    check_archive(data)
    rows = _cells(data)
    first = next(rows, None)
    header = _without_empty_end(first[1]) if first else []
    return Table(header, _fitted(rows, len(header)))


def _cells(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """Give the number and the cells of each row, as text."""
    from openpyxl import load_workbook  # noqa: PLC0415 - large, and few processes read a workbook

    try:
        with warnings.catch_warnings():
            # What a workbook holds beside its cells (styles, rules) does not matter here.
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(data), read_only=True, keep_links=False)
            sheet = _sheet_of(book)
            rows = sheet.iter_rows(max_col=_MOST_COLUMNS, max_row=_MOST_ROWS)
            for number, row in enumerate(rows, start=1):
                _refuse_formulas(number, row)
                yield number, [_text(cell.value) for cell in row]
    except UnreadableFileError:
        raise
    except Exception:  # noqa: BLE001 - the library raises whatever a broken part brings about
        raise broken_workbook() from None


def _refuse_formulas(number: int, row: Sequence[Any]) -> None:
    if any(cell.data_type == _FORMULA for cell in row):
        reason = _l("There is a formula in this row: paste the values instead of it.")
        raise UnreadableFileError(RowProblem(number, reason))


def _sheet_of(book: Any) -> Any:  # noqa: ANN401 - openpyxl has no types
    sheets = book.worksheets
    named = [sheet for sheet in sheets if sheet.title == SHEET]
    if not sheets:
        raise broken_workbook()
    if len(sheets) != 1 and not named:
        reason = _l(
            "The spreadsheet has several sheets: keep only the one with the list, or call it"
            " %(name)s.",
            name=SHEET,
        )
        raise UnreadableFileError(RowProblem(0, reason))
    sheet = named[0] if named else sheets[0]
    # What the file says about its own size may be wrong, and would be believed.
    sheet.reset_dimensions()
    return sheet


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.strftime("%d/%m/%Y")
    return str(value)


def _fitted(
    rows: Iterator[tuple[int, list[str]]], width: int
) -> Iterator[tuple[int, Sequence[str] | RowProblem]]:
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if any(cell.strip() for cell in cells[width:]):
            found = len(_without_empty_end(cells))
            reason = _l(
                "This row has %(found)s columns, the header %(width)s.", found=found, width=width
            )
            yield number, RowProblem(number, reason)
        else:
            yield number, [*cells[:width], *[""] * (width - len(cells))]


def _without_empty_end(cells: Sequence[str]) -> list[str]:
    last = max((n for n, cell in enumerate(cells, start=1) if cell.strip()), default=0)
    return list(cells[:last])
