"""Reading a list of associations from a file: pure, no database.

What makes the whole file doubtful (a quote that never closes, letters lost on the way, a column
that is missing, a formula) raises `UnreadableFileError` with the rows where it shows, so that
nothing is taken from it. What concerns one row only is that row's problem, and the others go on.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

from portal.registry.import_file.layouts import OWN_COLUMNS, REQUIRED_COLUMNS
from portal.registry.import_file.reading import read_import_data, read_import_file
from portal.registry.import_file.rows import (
    ImportFile,
    Layout,
    RowProblem,
    SourceRow,
    UnreadableFileError,
)
from portal.registry.import_file.stored import pack_rows, unpack_rows
from portal.registry.import_file.text_table import LONGEST_LINE

__all__ = [
    "LONGEST_LINE",
    "OWN_COLUMNS",
    "REQUIRED_COLUMNS",
    "ImportFile",
    "Layout",
    "RowProblem",
    "SourceRow",
    "UnreadableFileError",
    "pack_rows",
    "read_import_data",
    "read_import_file",
    "unpack_rows",
]
