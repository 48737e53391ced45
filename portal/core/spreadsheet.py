"""Lists that people open in a spreadsheet.

A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is run there as a formula
(CWE-1236), and names of associations do begin so ("+ Insieme"). An apostrophe before it makes it
text; who reads our own list back takes exactly that apostrophe away again.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO

from flask import Response, stream_with_context

_WOULD_RUN = re.compile(r"'*[=+\-@\t\r]")
_WAS_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
_BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets read the letters with accents wrong."""
_CHUNK_ROWS = 500


def neutralised(text: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{text}" if _WOULD_RUN.match(text) else text


def restored(text: str) -> str:
    """Return what `neutralised` was given."""
    return text[1:] if _WAS_NEUTRALISED.match(text) else text


def csv_lines(rows: Iterable[Sequence[object]], *, header: Sequence[str]) -> Iterator[str]:
    """Return the text of a CSV file in pieces: commas, CRLF, every cell of text neutralised.

    None is an empty cell; whatever is no text stands as Python writes it.
    """
    buffer = StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield _BYTE_ORDER_MARK
    for number, row in enumerate(rows, start=1):
        writer.writerow([neutralised(c) if isinstance(c, str) else c for c in row])
        if number % _CHUNK_ROWS == 0:
            yield _taken_from(buffer)
    yield _taken_from(buffer)


def csv_response(
    rows: Iterable[Sequence[object]], *, header: Sequence[str], file_name: str
) -> Response:
    """Return rows as a CSV file, sent while they are read.

    `file_name`: ASCII letters, digits, dots and hyphens.
    """
    response = Response(stream_with_context(csv_lines(rows, header=header)), mimetype="text/csv")
    response.headers.set("Content-Disposition", "attachment", filename=file_name)
    return response


def _taken_from(buffer: StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
