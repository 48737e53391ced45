"""Which rows of a list may go into the registry, and why the others may not."""

import re
from collections.abc import Mapping
from functools import lru_cache

from portal.core.sentences import Sentence
from portal.core.sentences import sentence as _l
from portal.registry.import_file import ImportFile, Layout, SourceRow
from portal.registry.import_rules import Entry
from portal.registry.models.association import LONGEST_NAME
from portal.registry.services.import_report import ReportRow, RowOutcome, report_problem
from portal.registry.states import AssociationKind
from portal.registry.tax_code import TAX_CODE_SENTENCES, clean_tax_code, find_tax_code_problem
from portal.territory.queries import PROVINCE, get_municipality_spellings, list_municipalities
from portal.territory.spelling import normalised_spelling

# The list flags municipalities; health authorities stand among the bodies of health research,
# where private foundations stand too, hence the name.
_HEALTH_AUTHORITY = re.compile(
    r"^(AZIENDA\s.*(SANITARI|OSPEDALIER|\bUSL\b)|(A\.?)?U\.?S\.?L\.?\b|A\.?S\.?L\.?\b)",
    re.IGNORECASE,
)


def check_rows(*, file: ImportFile) -> tuple[list[Entry], list[ReportRow]]:
    """Return what may go in, in the order of tax codes, and the rejected rows with reasons.

    Of several rows with one tax code the newest counts, whatever their order in the file.
    """
    territory = _Territory(file.layout)
    rejected = [report_problem(problem) for problem in file.problems]
    entries: list[Entry] = []
    for source in file.rows:
        code = clean_tax_code(source.tax_code)
        municipality = territory.find(source)
        reason = _find_other_province(source) or _find_reason(source, code)
        if reason is None and municipality is None:
            reason = territory.explain(source)
        if reason is not None:
            rejected.append(_reject(source, reason))
            continue
        entries.append(_entry(source, code, municipality))
    kept, doubles = _keep_one_each(entries)
    return kept, rejected + doubles


class _Territory:
    """The municipalities that rows may name, by code or, in the national list, by name."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._codes = frozenset(m.istat_code for m in list_municipalities())
        self._spellings: Mapping[str, str] = {}
        if layout is Layout.RUNTS:
            self._spellings = get_municipality_spellings()

    def find(self, source: SourceRow) -> str | None:
        """Return the ISTAT code, empty where our own list leaves it open, None where unknown."""
        if self._layout is Layout.RUNTS:
            return self._spellings.get(normalised_spelling(source.municipality_name))
        if self._layout is Layout.OWN and not source.municipality_code:
            return ""
        return source.municipality_code if source.municipality_code in self._codes else None

    def explain(self, source: SourceRow) -> Sentence:
        """Return why the municipality of a row is none."""
        if self._layout is Layout.RUNTS:
            return _l(
                "No municipality of the province is called %(name)s.",
                name=source.municipality_name,
            )
        return _l("The municipality code is none of the province.")


def _is_elsewhere(source: SourceRow) -> bool:
    return bool(source.province) and source.province != PROVINCE


def _find_other_province(source: SourceRow) -> Sentence | None:
    return _other_province(source.province) if _is_elsewhere(source) else None


@lru_cache(maxsize=256)
def _other_province(province: str) -> Sentence:
    return _l("Its seat is in another province: %(province)s.", province=province)


def _find_reason(source: SourceRow, code: str) -> Sentence | None:
    if is_public_body(source):
        return _l("This is a public body, not an association: it is left out.")
    if source.problem is not None:
        return source.problem
    problem = find_tax_code_problem(code)
    if problem is not None:
        return TAX_CODE_SENTENCES[problem]
    if not any(c.isalnum() for c in source.name):
        return _l("The name is missing.")
    if len(source.name) > LONGEST_NAME:
        return _l("The name is too long: at most %(longest)s characters.", longest=LONGEST_NAME)
    return None


def is_public_body(source: SourceRow) -> bool:
    """Say whether a row of the list is a municipality or a health authority."""
    if "comuni" in source.flags:
        return True
    is_association = source.kind is not None or not source.flags.isdisjoint({"ets_e_onlus", "asd"})
    return not is_association and bool(_HEALTH_AUTHORITY.search(source.name))


def _entry(source: SourceRow, code: str, municipality: str | None) -> Entry:
    return Entry(
        row=source.row,
        tax_code=code,
        name=source.name,
        municipality_code=municipality or None,
        kind=source.kind or _kind_of(source),
        section=source.section,
        runts_number=source.runts_number,
        runts_enrolled_on=source.runts_enrolled_on,
        is_network=source.is_network,
    )


def _kind_of(source: SourceRow) -> AssociationKind:
    if "ets_e_onlus" in source.flags:
        return AssociationKind.ETS_ONLUS
    return AssociationKind.ASD if "asd" in source.flags else AssociationKind.OTHER


def _reject(source: SourceRow, reason: Sentence) -> ReportRow:
    is_elsewhere = _is_elsewhere(source)
    return ReportRow(
        source.row,
        RowOutcome.REJECTED,
        reason,
        # Nothing is kept of bodies that are none of ours.
        name="" if is_elsewhere else source.name,
        tax_code="" if is_elsewhere else source.tax_code,
        other_province=source.province if is_elsewhere else "",
    )


def _keep_one_each(entries: list[Entry]) -> tuple[list[Entry], list[ReportRow]]:
    entries.sort(key=lambda e: (e.tax_code, *e.preference))
    kept: dict[str, Entry] = {}
    doubles = []
    for entry in entries:
        first = kept.setdefault(entry.tax_code, entry)
        if first is not entry:
            reason = _l("This tax code stands already in row %(row)s.", row=first.row)
            doubles.append(
                ReportRow(
                    entry.row, RowOutcome.REJECTED, reason, entry.name, tax_code=entry.tax_code
                )
            )
    return list(kept.values()), doubles
