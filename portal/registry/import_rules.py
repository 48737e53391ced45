"""What a row of a list may change in the registry: pure.

Associations are matched by tax code. What one wrote about itself is never overwritten; its place
in the national register is that register's to say, so it follows the list for all but removed
ones. What a list leaves open (None) changes nothing. An older list never overwrites a newer one,
and of the same year the national register knows better than the 5x1000.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from portal.core.sentences import Sentence
from portal.core.sentences import sentence as _l
from portal.registry.import_file import Layout
from portal.registry.states import AssociationKind, AssociationState, RuntsSection

SOURCES = {Layout.FIVE_PER_MILLE: "5x1000", Layout.RUNTS: "RUNTS", Layout.OWN: None}
"""Names of the lists in the registry; our own list is a copy of it and no source."""
OWN_FIELDS = ("name", "municipality_code", "kind")
NATIONAL_FIELDS = ("section", "runts_number", "runts_enrolled_on", "is_network")
IMPORTED_FIELDS = (*OWN_FIELDS, *NATIONAL_FIELDS)


@dataclass(frozen=True, slots=True)
class Origin:
    """Which list a row is from."""

    layout: Layout
    year: int | None
    day: date | None

    @property
    def source(self) -> str | None:
        """Return its name in the registry."""
        return SOURCES[self.layout]

    @property
    def weight(self) -> int:
        """Return what it is worth beside another list of the same year."""
        return _weight(self.source)


def _weight(source: str | None) -> int:
    return 1 if source == SOURCES[Layout.RUNTS] else 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that may go into the registry."""

    row: int
    tax_code: str
    name: str
    municipality_code: str | None
    kind: AssociationKind
    section: RuntsSection | None = None
    runts_number: int | None = None
    runts_enrolled_on: date | None = None
    is_network: bool | None = None

    @property
    def preference(self) -> tuple[object, ...]:
        """Return what decides between rows of one tax code: the newest, then by their words."""
        return (
            -(self.runts_enrolled_on.toordinal() if self.runts_enrolled_on else 0),
            *(self.name, self.municipality_code or "", self.kind, self.section or ""),
            *(self.runts_number or 0, bool(self.is_network), self.row),
        )


@dataclass(frozen=True, slots=True)
class Known:
    """What the registry knows of an association that a list names."""

    id: int
    slug: str
    tax_code: str
    name: str
    municipality_code: str | None
    kind: AssociationKind
    section: RuntsSection | None
    runts_number: int | None
    runts_enrolled_on: date | None
    is_network: bool
    state: AssociationState
    merged_into_id: int | None
    source: str | None
    source_year: int | None
    runts_list_on: date | None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A value of before and of the list."""

    field: str
    before: object
    after: object

    def __str__(self) -> str:
        """Return it as the history keeps it and the terminal shows it."""
        before, after = ("–" if v is None else v for v in (self.before, self.after))
        return f"{self.field}: {before} → {after}"


@dataclass(frozen=True, slots=True)
class Step:
    """What a known association gets from a row: nothing, with a reason, or new values."""

    changes: tuple[FieldChange, ...] = ()
    reason: Sentence | None = None
    keeps_own_words: bool = False
    """The list says otherwise than what the association wrote itself."""

    @property
    def values(self) -> Mapping[str, object]:
        """Return the new values by column."""
        return {change.field: change.after for change in self.changes}


def compare(known: Known, entry: Entry, origin: Origin) -> Step:
    """Say what `entry` changes in what is known."""
    own = _differences(known, entry, _fields_said(known, origin))
    national = _differences(known, entry, NATIONAL_FIELDS)
    if not own and not national:
        return Step()
    if known.merged_into_id is not None:
        return Step(reason=_l("It was merged into another entry of the registry."))
    if known.state is AssociationState.REMOVED:
        return Step(reason=_l("It was removed from the registry and stays so."))
    findings = _Findings()
    if own and known.state is AssociationState.ENROLLED:
        findings.drop(_l("The association looks after its profile itself."))
    elif own and is_outdated(origin, known):
        findings.drop(_l("A newer list is known, of %(year)s.", year=known.source_year))
    else:
        findings.take(own)
    if national and is_national_outdated(origin, known):
        findings.drop(
            _l(
                "A newer list of the national register is known, of %(day)s.",
                day=f"{known.runts_list_on:%d/%m/%Y}",
            )
        )
    else:
        findings.take(national)
    keeps = bool(own) and known.state is AssociationState.ENROLLED
    return Step(tuple(findings.changes), findings.reason, keeps)


def is_outdated(origin: Origin, known: Known) -> bool:
    """Say whether name, seat and kind are known from a newer or better list than `origin`."""
    if origin.layout is Layout.OWN or origin.year is None or known.source_year is None:
        return False
    ours, theirs = (origin.year, origin.weight), (known.source_year, _weight(known.source))
    return ours < theirs or (ours == theirs and is_national_outdated(origin, known))


def is_national_outdated(origin: Origin, known: Known) -> bool:
    """Say whether the place in the national register is known from a newer list of it."""
    if origin.layout is not Layout.RUNTS or origin.day is None or known.runts_list_on is None:
        return False
    return origin.day < known.runts_list_on


def confirms_source(origin: Origin, known: Known) -> bool:
    """Say whether a list that holds a listed body as it is becomes where that body is from."""
    if origin.layout is Layout.OWN or origin.year is None:
        return False
    if known.state is not AssociationState.LISTED:
        return False
    theirs = (known.source_year or 0, _weight(known.source))
    return (origin.year, origin.weight) > theirs


def confirms_national(origin: Origin, known: Known) -> bool:
    """Say whether a national list that says what is known becomes the newest that does."""
    if origin.layout is not Layout.RUNTS or origin.day is None:
        return False
    if known.state is AssociationState.REMOVED:
        return False
    return known.runts_list_on is None or known.runts_list_on < origin.day


def _fields_said(known: Known, origin: Origin) -> tuple[str, ...]:
    if origin.layout is Layout.FIVE_PER_MILLE and known.section is not None:
        # The national register says which kind it is, this list only that it is one of several.
        return ("name", "municipality_code")
    return OWN_FIELDS


def _differences(known: Known, entry: Entry, names: tuple[str, ...]) -> list[FieldChange]:
    pairs = [(name, getattr(known, name), getattr(entry, name)) for name in names]
    return [FieldChange(*pair) for pair in pairs if pair[2] is not None and pair[1] != pair[2]]


@dataclass(slots=True)
class _Findings:
    changes: list[FieldChange] = field(default_factory=list)
    reason: Sentence | None = None

    def take(self, changes: list[FieldChange]) -> None:
        self.changes.extend(changes)

    def drop(self, reason: Sentence) -> None:
        self.reason = self.reason or reason
