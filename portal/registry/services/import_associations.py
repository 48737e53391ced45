"""Importing a list of associations: what it would change, and changing it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_step
from portal.registry.import_file import ImportFile, SourceRow
from portal.registry.models import Association
from portal.registry.models.association import LONGEST_NAME
from portal.registry.services.import_report import ImportReport, ReportRow, RowOutcome
from portal.registry.services.slugs import SlugBook
from portal.registry.states import AssociationKind, AssociationState
from portal.registry.tax_code import TAX_CODE_SENTENCES, clean_tax_code, find_tax_code_problem
from portal.territory.queries import list_municipalities

HISTORY = "association"
SOURCE = "5x1000"
ROWS_AT_ONCE = 1_000
_IMPORT_LOCK = 7_301_004
"""Key of the advisory lock that lets one import after another happen."""

# The list flags municipalities; health authorities stand among the bodies of health research,
# where private foundations stand too, hence the name.
_HEALTH_AUTHORITY = re.compile(
    r"^(AZIENDA\s.*(SANITARI|OSPEDALIER|\bUSL\b)|(A\.?)?U\.?S\.?L\.?\b|A\.?S\.?L\.?\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class _Entry:
    """A row that may go into the registry."""

    row: int
    tax_code: str
    name: str
    municipality_code: str
    kind: AssociationKind


def import_associations(*, actor: Actor, file: ImportFile, is_applied: bool) -> ImportReport:
    """Compare the file with the registry by tax code and, if `is_applied`, bring it up to date.

    New bodies are listed; of those known from a list only, name, municipality and kind follow the
    file. What an association looks after itself is never touched, what was removed stays removed,
    and an older list does not overwrite a newer one. Public bodies are rejected with that reason.
    The second run of a file changes nothing.
    """
    if is_applied:
        session().execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))
    entries, rows = _check_rows(file)
    slugs = SlugBook()
    for batch in _batches(entries):
        rows.extend(_import_batch(actor, batch, file.year, slugs, is_applied=is_applied))
    return ImportReport(tuple(sorted(rows, key=lambda r: r.row)))


def _check_rows(file: ImportFile) -> tuple[list[_Entry], list[ReportRow]]:
    """Return what may go in, and the rejected rows with their reasons."""
    known = frozenset(m.istat_code for m in list_municipalities())
    rows = [ReportRow(p.row, RowOutcome.REJECTED, p.reason) for p in file.problems]
    entries: dict[str, _Entry] = {}
    for source in file.rows:
        code = clean_tax_code(source.tax_code)
        reason = _reason_to_reject(source, code, known)
        if reason is None and code in entries:
            reason = _l("This tax code stands already in row %(row)s.", row=entries[code].row)
        if reason is not None:
            rows.append(ReportRow(source.row, RowOutcome.REJECTED, reason))
            continue
        entries[code] = _Entry(
            source.row, code, source.name, source.municipality_code, _kind_of(source)
        )
    return list(entries.values()), rows


def _reason_to_reject(source: SourceRow, code: str, municipalities: frozenset[str]) -> object:
    if is_public_body(source):
        return _l("This is a public body, not an association: it is left out.")
    problem = find_tax_code_problem(code)
    if problem is not None:
        return TAX_CODE_SENTENCES[problem]
    if not any(c.isalnum() for c in source.name):
        return _l("The name is missing.")
    if len(source.name) > LONGEST_NAME:
        return _l("The name is too long: at most %(longest)s characters.", longest=LONGEST_NAME)
    if source.municipality_code not in municipalities:
        return _l("The municipality code is none of the province.")
    return None


def is_public_body(source: SourceRow) -> bool:
    """Say whether a row of the list is a municipality or a health authority."""
    if "comuni" in source.flags:
        return True
    is_association = not source.flags.isdisjoint({"ets_e_onlus", "asd"})
    return not is_association and bool(_HEALTH_AUTHORITY.search(source.name))


def _kind_of(source: SourceRow) -> AssociationKind:
    if "ets_e_onlus" in source.flags:
        return AssociationKind.ETS_ONLUS
    return AssociationKind.ASD if "asd" in source.flags else AssociationKind.OTHER


def _batches(entries: Iterable[_Entry]) -> Iterator[list[_Entry]]:
    rest = iter(entries)
    while batch := list(islice(rest, ROWS_AT_ONCE)):
        yield batch


def _import_batch(
    actor: Actor, batch: Sequence[_Entry], year: int | None, slugs: SlugBook, *, is_applied: bool
) -> list[ReportRow]:
    statement = select(Association).where(Association.tax_code.in_([e.tax_code for e in batch]))
    if is_applied:
        statement = statement.with_for_update()
    known = {a.tax_code: a for a in session().scalars(statement)}
    new = [e for e in batch if e.tax_code not in known]
    rows = [ReportRow(e.row, RowOutcome.NEW) for e in new]
    steps = [
        (known[e.tax_code], e, _compare(known[e.tax_code], e, year))
        for e in batch
        if e.tax_code in known
    ]
    rows.extend(step.row(entry) for _association, entry, step in steps)
    if is_applied:
        _add_new(actor, new, year, slugs)
        for association, _entry, step in steps:
            _change(actor, association, step, year)
        _confirm_year([a.id for a, _entry, step in steps if not step.values], year)
        session().flush()
    return rows


@dataclass(frozen=True)
class _Step:
    """What a known association gets from the file: nothing, with a reason, or new values."""

    values: dict[str, object] = field(default_factory=dict)
    reason: object = ""

    def row(self, entry: _Entry) -> ReportRow:
        outcome = RowOutcome.CHANGED if self.values else RowOutcome.UNCHANGED
        return ReportRow(entry.row, outcome, self.reason)


def _compare(association: Association, entry: _Entry, year: int | None) -> _Step:
    values = {
        name: getattr(entry, name)
        for name in ("name", "municipality_code", "kind")
        if getattr(association, name) != getattr(entry, name)
    }
    if not values:
        return _Step()
    if association.state is AssociationState.ENROLLED:
        return _Step(reason=_l("The association looks after its profile itself."))
    if association.state is AssociationState.REMOVED:
        return _Step(reason=_l("It was removed from the registry and stays so."))
    if year is not None and association.source_year is not None and year < association.source_year:
        return _Step(reason=_l("A newer list is known, of %(year)s.", year=association.source_year))
    words = (f"{name}: {getattr(association, name)} → {new}" for name, new in values.items())
    return _Step(values, "; ".join(words))


def _add_new(actor: Actor, entries: Sequence[_Entry], year: int | None, slugs: SlugBook) -> None:
    if not entries:
        return
    values = [
        {
            "slug": slugs.take(e.name),
            "name": e.name,
            "tax_code": e.tax_code,
            "municipality_code": e.municipality_code,
            "kind": e.kind,
            "state": AssociationState.LISTED,
            "source": SOURCE,
            "source_year": year,
            "version": 1,
        }
        for e in entries
    ]
    for association_id in session().scalars(insert(Association).returning(Association.id), values):
        record_step(
            actor=actor,
            subject_kind=HISTORY,
            subject_id=association_id,
            action="import",
            to_state=AssociationState.LISTED,
        )


def _change(actor: Actor, association: Association, step: _Step, year: int | None) -> None:
    if not step.values:
        return
    for name, value in step.values.items():
        setattr(association, name, value)
    association.source, association.source_year = SOURCE, year or association.source_year
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=association.id,
        action="import",
        from_state=association.state,
        to_state=association.state,
        note=str(step.reason),
    )


def _confirm_year(ids: Sequence[int], year: int | None) -> None:
    """Say of bodies that a newer list holds as they are that this list is where they are from."""
    if year is None or not ids:
        return
    session().execute(
        update(Association)
        .where(
            Association.id.in_(ids),
            Association.state == AssociationState.LISTED,
            or_(Association.source_year.is_(None), Association.source_year < year),
        )
        .values(source_year=year)
        .execution_options(synchronize_session=False)
    )
