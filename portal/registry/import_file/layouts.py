"""The layouts of lists: how each is recognised, and what its columns say.

The layout of the national register is taken by position: its header is in two languages and
changes its words. The others are taken by the names of their columns.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from portal.core.sentences import Sentence
from portal.core.sentences import sentence as _l
from portal.core.spreadsheet import restored
from portal.core.text import has_forbidden_characters
from portal.registry.import_file.rows import Layout, RowProblem, SourceRow, UnreadableFileError
from portal.registry.states import AssociationKind, RuntsSection

REQUIRED_COLUMNS = (
    *("codice_fiscale", "denominazione", "codice_comune"),
    *("ets_e_onlus", "asd", "ricerca_sanitaria", "comuni"),
)
"""Of the yearly list of the 5x1000; further columns are ignored. Without `comuni` and
`ricerca_sanitaria` public bodies would pass for associations."""

OWN_COLUMNS = (
    *("codice_fiscale", "denominazione", "codice_comune"),
    *("tipo", "sezione", "numero_runts"),
)
"""Of the list everybody can download here; what associations wrote about themselves is in its
other columns and is not taken from it."""

_RUNTS_WIDTH = 10
_RUNTS_FIRST = "codice_fiscale"
_RUNTS_SECOND = "repertorio"
# Positions in the national list; the fifth column holds a person's name and is never read.
_CODE, _NUMBER, _NAME, _SECTION, _NETWORK, _MUNICIPALITY, _PROVINCE, _SINCE = 0, 1, 2, 3, 5, 6, 7, 9
_READ = (_CODE, _NUMBER, _NAME, _SECTION, _NETWORK, _MUNICIPALITY, _PROVINCE, _SINCE)

_SECTIONS = {
    "ORGANIZZAZIONI DI VOLONTARIATO": RuntsSection.ODV,
    "ASSOCIAZIONI DI PROMOZIONE SOCIALE": RuntsSection.APS,
    "ENTI FILANTROPICI": RuntsSection.PHILANTHROPIC,
    "IMPRESE SOCIALI": RuntsSection.SOCIAL_ENTERPRISE,
    "RETI ASSOCIATIVE": RuntsSection.NETWORK,
    "SOCIETA' DI MUTUO SOCCORSO": RuntsSection.MUTUAL_AID,
    "ALTRI ENTI DEL TERZO SETTORE": RuntsSection.OTHER,
}
_KINDS = {
    RuntsSection.ODV: AssociationKind.ODV,
    RuntsSection.APS: AssociationKind.APS,
}

# A letter with an accent written in UTF-8, read as Windows would: "CittÃ ".
_READ_WRONGLY = re.compile("\ufffd|[ÃÂ][\u0080-\u00bf]")
_HIGHEST_NUMBER = 2**31 - 1

RowReader = Callable[[int, Sequence[str]], SourceRow | RowProblem]


@dataclass(frozen=True)
class RecognisedLayout:
    """A layout, and how the cells of a row become what they say."""

    layout: Layout
    read: RowReader


def score_header(header: Sequence[str]) -> int:
    """Say how much `header` looks like one of the layouts."""
    columns = [_column(cell) for cell in header]
    if _is_runts(columns):
        return _RUNTS_WIDTH
    return max(len(set(known) & set(columns)) for known in (REQUIRED_COLUMNS, OWN_COLUMNS))


def recognise(header: Sequence[str]) -> RecognisedLayout:
    """Return the layout of a header; raises `UnreadableFileError` for one nobody knows."""
    columns = [_column(cell) for cell in header]
    if _is_runts(columns):
        return RecognisedLayout(Layout.RUNTS, _read_runts_row)
    found = {known: set(known) & set(columns) for known in (REQUIRED_COLUMNS, OWN_COLUMNS)}
    known = max(found, key=lambda k: len(found[k] - {"codice_fiscale", "codice_comune"}))
    if not found[known]:
        raise _refused(
            _l(
                "The first row names no column we know: it must be the header of the list, with"
                " commas, semicolons or tabs between the columns."
            )
        )
    _check_columns(columns, known)
    positions = {name: columns.index(name) for name in known}
    if known is OWN_COLUMNS:
        return RecognisedLayout(Layout.OWN, _own_reader(positions))
    return RecognisedLayout(Layout.FIVE_PER_MILLE, _five_per_mille_reader(positions))


def _is_runts(columns: Sequence[str]) -> bool:
    """Say whether a header is the national one: its first cell begins so in both languages."""
    if not columns or _RUNTS_FIRST not in columns[0] or "codice_comune" in columns:
        return False
    if len(columns) < _RUNTS_WIDTH and not any(_RUNTS_SECOND in c for c in columns[1:2]):
        return False
    return "denominazione" not in columns or any(_RUNTS_SECOND in c for c in columns)


def _check_columns(columns: Sequence[str], known: Sequence[str]) -> None:
    missing = [c for c in known if c not in columns]
    if missing:
        names = ", ".join(missing)
        raise _refused(_l("These columns are missing: %(names)s.", names=names))
    twice = sorted({c for c in columns if c in known and columns.count(c) > 1})
    if twice:
        raise _refused(_l("This column stands there twice: %(name)s.", name=twice[0]))


def _column(cell: str) -> str:
    return "_".join(cell.strip().lower().split())


def _five_per_mille_reader(positions: Mapping[str, int]) -> RowReader:
    def read(number: int, cells: Sequence[str]) -> SourceRow | RowProblem:
        if _is_any_spoilt(cells, positions.values()):
            return RowProblem(number, _SPOILT)
        values = {name: _one_line(cells[place]) for name, place in positions.items()}
        return SourceRow(
            row=number,
            tax_code=values["codice_fiscale"],
            name=values["denominazione"],
            municipality_code=values["codice_comune"],
            flags=frozenset(c for c in REQUIRED_COLUMNS[3:] if values[c]),
        )

    return read


def _own_reader(positions: Mapping[str, int]) -> RowReader:
    def read(number: int, cells: Sequence[str]) -> SourceRow | RowProblem:
        if _is_any_spoilt(cells, positions.values()):
            return RowProblem(number, _SPOILT)
        raw = {name: restored(cells[place]) for name, place in positions.items()}
        values = {name: text.strip() for name, text in raw.items()}
        kind, section = values["tipo"], values["sezione"]
        runts_number = _whole_number(values["numero_runts"])
        problem = None
        if kind not in list(AssociationKind) or (section and section not in list(RuntsSection)):
            problem = _l("The kind or the section of this row is none we know.")
        elif values["numero_runts"] and runts_number is None:
            problem = _NO_NUMBER
        return SourceRow(
            row=number,
            tax_code=values["codice_fiscale"],
            name=_one_line(raw["denominazione"]),
            municipality_code=values["codice_comune"],
            kind=AssociationKind(kind) if kind in list(AssociationKind) else None,
            section=RuntsSection(section) if section in list(RuntsSection) else None,
            runts_number=runts_number,
            problem=problem,
        )

    return read


_SPOILT = _l("Letters of this row were lost on the way: save the list again as UTF-8.")
_NO_NUMBER = _l("The number in the national register (repertorio) must be a whole number.")


def _read_runts_row(number: int, cells: Sequence[str]) -> SourceRow | RowProblem:
    if _is_any_spoilt(cells, _READ):
        return RowProblem(number, _SPOILT)
    texts = {place: _one_line(cells[place]) for place in _READ}
    section = _SECTIONS.get(texts[_SECTION].upper().replace("’", "'").replace("À", "A'"))
    runts_number, since = _whole_number(texts[_NUMBER]), _day(texts[_SINCE])
    problem = None
    if section is None:
        problem = _l("The section of this row is none of the national register.")
    elif runts_number is None:
        problem = _NO_NUMBER
    elif since is None:
        problem = _l("The day of enrolment must be written as day/month/year.")
    return SourceRow(
        row=number,
        tax_code=texts[_CODE],
        name=texts[_NAME],
        municipality_code="",
        municipality_name=texts[_MUNICIPALITY],
        province=texts[_PROVINCE].upper(),
        kind=_KINDS.get(section, AssociationKind.ETS_ONLUS) if section else None,
        section=section,
        runts_number=runts_number,
        runts_enrolled_on=since,
        is_network=texts[_NETWORK].upper() in ("SI", "SÌ"),
        problem=problem,
    )


def check_width(layout: Layout, header: Sequence[str]) -> None:
    """Raise `UnreadableFileError` when a list taken by position has too few columns."""
    if layout is Layout.RUNTS and len(header) < _RUNTS_WIDTH:
        raise _refused(
            _l(
                "The national list has %(needed)s columns, this one %(found)s: save it as it was"
                " downloaded.",
                needed=_RUNTS_WIDTH,
                found=len(header),
            )
        )


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _whole_number(text: str) -> int | None:
    if not (text.isascii() and text.isdigit()) or not 0 < len(text) <= len(str(_HIGHEST_NUMBER)):
        return None
    return int(text) if 0 < int(text) <= _HIGHEST_NUMBER else None


def _day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone
    except ValueError:
        return None


def _is_any_spoilt(cells: Sequence[str], places: Iterable[int]) -> bool:
    return any(_is_spoilt(cells[place]) for place in places)


def _is_spoilt(text: str) -> bool:
    if text.isascii() and text.isprintable():  # nearly all are, and this is quick
        return False
    return bool(_READ_WRONGLY.search(text)) or has_forbidden_characters(text)


def _refused(reason: Sentence) -> UnreadableFileError:
    return UnreadableFileError(RowProblem(1, reason))
