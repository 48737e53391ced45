"""Reading a list of associations from a file: pure, no database.

What makes the whole file doubtful (a quote that never closes, letters lost on the way, a column
that is missing) raises `UnreadableFileError` with the rows where it shows, so that nothing is
taken from it. What concerns one row only is that row's problem, and the others go on.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask_babel import lazy_gettext as _l

from portal.core.text import has_forbidden_characters

LARGEST_FILE_BYTES = 100 * 1024 * 1024
LONGEST_LINE = 20_000
"""Characters; the longest real line has 300."""
MOST_LINES_IN_A_ROW = 20
"""A text may go on over some lines inside its quotes; more means that a quote is missing."""
MOST_PROBLEMS_SHOWN = 1_000
"""Of a file that is refused as a whole."""
SEPARATORS = ",;\t|"
REQUIRED_COLUMNS = (
    *("codice_fiscale", "denominazione", "codice_comune"),
    *("ets_e_onlus", "asd", "ricerca_sanitaria", "comuni"),
)
"""Of the yearly list of the 5x1000; further columns are ignored. Without `comuni` and
`ricerca_sanitaria` public bodies would pass for associations."""

_ZIP_START = b"PK\x03\x04"
# A letter with an accent written in UTF-8, read as Windows would: "CittÃ ".
_READ_WRONGLY = re.compile("\ufffd|[ÃÂ][\u0080-\u00bf]")


@dataclass(frozen=True)
class RowProblem:
    """Why a row was not taken."""

    row: int
    reason: object
    """A translatable sentence."""


class UnreadableFileError(Exception):
    """Nothing is taken from the file; `problems` say where and why (row 0: the file itself)."""

    def __init__(self, *problems: RowProblem) -> None:
        super().__init__("unreadable file")
        self.problems = problems


@dataclass(frozen=True)
class SourceRow:
    """One row of the list, as text."""

    row: int
    tax_code: str
    name: str
    municipality_code: str
    flags: frozenset[str]
    """Columns in which the row carries a cross."""


@dataclass(frozen=True)
class ImportFile:
    """What could be read."""

    rows: tuple[SourceRow, ...]
    problems: tuple[RowProblem, ...]
    encoding: str
    separator: str
    year: int | None
    """Of the list, from the name of the file."""


def read_import_file(path: Path) -> ImportFile:
    """Read the file at `path`; raises `UnreadableFileError`."""
    text, encoding = _decode(_read_bytes(path))
    separator, columns = _read_header(text)
    rows: list[SourceRow] = []
    problems: list[RowProblem] = []
    for number, cells in _records(text, separator, len(columns)):
        if number == 1:
            continue
        if isinstance(cells, RowProblem):
            problems.append(cells)
            continue
        source, problem = _source_row(number, dict(zip(columns, cells, strict=True)))
        rows.extend([source] if source else [])
        problems.extend([problem] if problem else [])
    if not rows and not problems:
        raise UnreadableFileError(RowProblem(1, _l("There is no row below the header.")))
    year = re.search(r"(?<!\d)(?:19|20)\d\d(?!\d)", path.stem)
    return ImportFile(
        tuple(rows), tuple(problems), encoding, separator, int(year[0]) if year else None
    )


def _read_bytes(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise UnreadableFileError(RowProblem(0, _l("There is no file at this path.")))
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise UnreadableFileError(RowProblem(0, _l("The file is larger than 100 MB.")))
        data = path.read_bytes()
    except (OSError, ValueError):
        raise UnreadableFileError(RowProblem(0, _l("The file cannot be opened."))) from None
    if not data.strip():
        raise UnreadableFileError(RowProblem(0, _l("The file is empty.")))
    if data.startswith(_ZIP_START):
        raise UnreadableFileError(
            RowProblem(0, _l("This is a spreadsheet or an archive: save the list as CSV."))
        )
    return data


def _decode(data: bytes) -> tuple[str, str]:
    """Return the text and the name of its encoding: UTF-8, UTF-16 by its mark, or Windows."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _decode_as(data, "utf-16")
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise UnreadableFileError(RowProblem(line, _l("This is not a text file.")))
    try:
        return data.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        lines = data.splitlines()
    lost = [n for n, line in enumerate(lines, start=1) if not _is_utf8(line)]
    if len(lost) < sum(1 for line in lines if not line.isascii()):
        # Some rows with accents are good UTF-8, so the file is no Windows file: rows from
        # different sources were pasted together, and any reading would spoil some of them.
        reason = _l("The letters of this row are written in another encoding than the rest.")
        raise UnreadableFileError(*(RowProblem(n, reason) for n in lost[:MOST_PROBLEMS_SHOWN]))
    try:
        return data.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _decode_as(data: bytes, encoding: str) -> tuple[str, str]:
    try:
        return data.decode(encoding), encoding
    except UnicodeDecodeError:
        raise UnreadableFileError(RowProblem(0, _l("This is not a text file."))) from None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _read_header(text: str) -> tuple[str, list[str]]:
    """Return the separator that finds most known columns, and all columns by name."""
    first = io.StringIO(text, newline=None).readline(LONGEST_LINE)
    candidates = {s: [_column(c) for c in _split(first, s)] for s in SEPARATORS}
    separator = max(candidates, key=lambda s: len(set(REQUIRED_COLUMNS) & set(candidates[s])))
    columns = candidates[separator]
    missing = [c for c in REQUIRED_COLUMNS if c not in columns]
    if len(missing) == len(REQUIRED_COLUMNS):
        raise UnreadableFileError(
            RowProblem(
                1,
                _l(
                    "The first row names no column we know: it must be the header of the list, with"
                    " commas, semicolons or tabs between the columns."
                ),
            )
        )
    if missing:
        names = ", ".join(missing)
        raise UnreadableFileError(
            RowProblem(1, _l("These columns are missing: %(names)s.", names=names))
        )
    twice = sorted({c for c in columns if c in REQUIRED_COLUMNS and columns.count(c) > 1})
    if twice:
        raise UnreadableFileError(
            RowProblem(1, _l("This column stands there twice: %(name)s.", name=twice[0]))
        )
    return separator, columns


def _split(line: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:
        return []


def _column(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


class _Lines:
    """The lines of one row at a time, so that a missing quote cannot swallow the file."""

    def __init__(self, text: str) -> None:
        self._file = io.StringIO(text, newline="")
        self.row = 1
        self.lines_of_row = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            reason = _l("This row is longer than any real one: a line end or a quote is missing.")
            raise UnreadableFileError(RowProblem(self.row, reason))
        self.lines_of_row += 1
        if self.lines_of_row > MOST_LINES_IN_A_ROW:
            raise UnreadableFileError(_open_quote(self.row))
        return line

    def start_row(self) -> None:
        """Count the next row."""
        self.row += 1
        self.lines_of_row = 0


def _open_quote(row: int) -> RowProblem:
    return RowProblem(row, _l("A quote opens in this row and never closes."))


def _records(text: str, separator: str, width: int) -> Iterator[tuple[int, list[str] | RowProblem]]:
    """Give each row that is not blank: its number, and its cells or what is wrong with it."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        cells: list[str] | RowProblem
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "end of data" in str(error):
                raise UnreadableFileError(_open_quote(lines.row)) from None
            reason = _l("The quotes of this row do not match: inside a text, double them.")
            cells = RowProblem(lines.row, reason)
        else:
            cells = _fit(lines.row, cells, width)
        if isinstance(cells, RowProblem) and lines.lines_of_row > 1:
            # Several lines that make no good row: they are rows, and a quote swallowed them.
            raise UnreadableFileError(_open_quote(lines.row))
        if cells:
            yield lines.row, cells
        lines.start_row()


def _fit(row: int, cells: list[str], width: int) -> list[str] | RowProblem:
    """Return as many cells as the header has, none for a blank row, or the row's problem."""
    if not any(cell.strip() for cell in cells):
        return []
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    if len(cells) != width:
        reason = _l(
            "This row has %(found)s columns, the header %(width)s.", found=len(cells), width=width
        )
        return RowProblem(row, reason)
    return cells


def _source_row(number: int, cells: dict[str, str]) -> tuple[SourceRow | None, RowProblem | None]:
    if any(_is_spoilt(cells[column]) for column in REQUIRED_COLUMNS):
        reason = _l("Letters of this row were lost on the way: save the list again as UTF-8.")
        return None, RowProblem(number, reason)
    values = {column: " ".join(cells[column].split()) for column in REQUIRED_COLUMNS}
    flags = frozenset(column for column in REQUIRED_COLUMNS[3:] if values[column])
    row = SourceRow(
        row=number,
        tax_code=values["codice_fiscale"],
        name=values["denominazione"],
        municipality_code=values["codice_comune"],
        flags=flags,
    )
    return row, None


def _is_spoilt(text: str) -> bool:
    if text.isascii() and text.isprintable():  # nearly all are, and this is quick
        return False
    return bool(_READ_WRONGLY.search(text)) or has_forbidden_characters(text)
