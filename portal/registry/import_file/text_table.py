"""A text file as a table: encodings, separators, quotes."""

import csv
import io
from collections.abc import Callable, Iterator, Sequence

from portal.core.sentences import sentence as _l
from portal.registry.import_file.rows import RowProblem, Table, UnreadableFileError

LONGEST_LINE = 20_000
"""Characters; the longest real line has 300."""
MOST_LINES_IN_A_ROW = 20
"""A text may go on over some lines inside its quotes; more means that a quote is missing."""
MOST_PROBLEMS_SHOWN = 1_000
"""Of a file that is refused as a whole."""
SEPARATORS = ",;\t|"


def read_text_table(data: bytes, *, score: Callable[[Sequence[str]], int]) -> Table:
    """Return the table in `data`; raises `UnreadableFileError`, also while its rows are read.

    `score` says how much a header looks like one we know: that decides about the separator.
    """
    text, encoding = _decode(data)
    separator, header = _find_header(text, score)
    return Table(header, _records(text, separator, len(header)), encoding, separator)


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


def _find_header(text: str, score: Callable[[Sequence[str]], int]) -> tuple[str, list[str]]:
    """Return the separator whose reading of the first row is known best, and that row."""
    candidates = {separator: _first_row(text, separator) for separator in SEPARATORS}
    separator = max(candidates, key=lambda s: score(candidates[s]))
    return separator, candidates[separator]


def _first_row(text: str, separator: str) -> list[str]:
    # Headers in two languages may go on over some lines.
    try:
        return next(
            csv.reader(io.StringIO(text[:LONGEST_LINE], newline=""), delimiter=separator), []
        )
    except csv.Error:
        return []


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
        if cells and lines.row > 1:  # the first is the header
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
