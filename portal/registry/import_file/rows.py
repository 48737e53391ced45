"""What is read from a list, whatever its layout and format."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.core.sentences import Sentence
from portal.registry.states import AssociationKind, RuntsSection


class Layout(StrEnum):
    """Whose list it is; each has its own columns."""

    FIVE_PER_MILLE = "5x1000"
    """Yearly list of the 5x1000 (Agenzia delle Entrate)."""
    RUNTS = "runts"
    """National register of the third sector (Ministry of Labour)."""
    OWN = "registro"
    """What this portal lets everybody download."""


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not taken."""

    row: int
    reason: Sentence


class UnreadableFileError(Exception):
    """Nothing is taken from the file; `problems` say where and why (row 0: the file itself)."""

    def __init__(self, *problems: RowProblem) -> None:
        super().__init__("unreadable file")
        self.problems = problems


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One row of a list. What the list does not say is empty or None.

    Who represents a body stands in the national list and is never kept here.
    """

    row: int
    tax_code: str
    name: str
    municipality_code: str
    flags: frozenset[str] = frozenset()
    """Columns of the 5x1000 in which the row carries a cross."""
    municipality_name: str = ""
    """As the national list writes it, which has no codes."""
    province: str = ""
    kind: AssociationKind | None = None
    section: RuntsSection | None = None
    runts_number: int | None = None
    runts_enrolled_on: date | None = None
    is_network: bool | None = None
    problem: Sentence | None = None
    """What is wrong with the row itself."""


@dataclass(frozen=True)
class ImportFile:
    """What could be read."""

    rows: tuple[SourceRow, ...]
    problems: tuple[RowProblem, ...]
    encoding: str | None
    """None: a workbook."""
    separator: str | None
    year: int | None
    """Of the list, from the name of the file."""
    layout: Layout = Layout.FIVE_PER_MILLE
    list_day: date | None = None
    """Day of the list, where the name of the file says it."""


@dataclass(frozen=True)
class Table:
    """A header and the rows below it, of a text file or of a workbook."""

    header: Sequence[str]
    rows: Iterator[tuple[int, Sequence[str] | RowProblem]]
    """Number and cells, as many as the header has; blank rows are left out. Read once."""
    encoding: str | None = None
    separator: str | None = None
