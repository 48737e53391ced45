"""The registry as a workbook: enrolled associations, municipalities, areas, a sheet each."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import chain
from typing import Any

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Sheet = tuple[str, Sequence[str], Iterable[Sequence[object]]]
"""Title, heading, rows."""


def write_workbook(sheets: Iterable[Sheet]) -> bytes:
    """Return an XLSX file; every text is a text, also one that looks like a formula."""
    # Large, and few processes write a workbook.
    from openpyxl import Workbook  # noqa: PLC0415
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    def cell(sheet: Any, value: object) -> object:  # noqa: ANN401 - openpyxl has no types
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value)
        # Told so: "=1+1" and "+ Insieme" are names here.
        made.data_type = "s"
        return made

    book = Workbook(write_only=True)
    for title, header, rows in sheets:
        sheet = book.create_sheet(title)
        for row in chain([header], rows):
            sheet.append([cell(sheet, value) for value in row])
    content = BytesIO()
    book.save(content)
    return content.getvalue()
