"""Importing a list of associations: what it would change, and changing it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import String, TableValuedAlias, bindparam, column, func, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.types import TypeEngine

from portal.core.access import Actor
from portal.core.database import session
from portal.core.history import record_steps
from portal.registry.import_file import ImportFile, Layout
from portal.registry.import_rules import (
    IMPORTED_FIELDS,
    OWN_FIELDS,
    Entry,
    Known,
    Origin,
    Step,
    compare,
    confirms_national,
    confirms_source,
)
from portal.registry.models import Association
from portal.registry.services.import_report import ImportReport, ReportRow, RowOutcome
from portal.registry.services.import_rows import check_rows
from portal.registry.services.slugs import SlugBook
from portal.registry.states import AssociationState

HISTORY = "association"
ROWS_AT_ONCE = 6_000
_IMPORT_LOCK = 7_301_004
"""Key of the advisory lock that lets one import after another happen."""

_KNOWN_COLUMNS = tuple(getattr(Association, field.name) for field in fields(Known))

_WRITTEN = (*IMPORTED_FIELDS, "source", "source_year", "runts_list_on")
"""Columns of a changed association, all written though only some are others."""

Progress = Callable[[int, int], None]
"""Told how many rows of how many are done."""


def import_associations(
    *, actor: Actor, file: ImportFile, is_applied: bool, on_progress: Progress | None = None
) -> ImportReport:
    """Compare the file with the registry by tax code and, if `is_applied`, bring it up to date.

    New bodies are listed, their addresses given in the order of tax codes. What a known one gets
    stands in `import_rules.py`. Public bodies and those of other provinces are rejected with that
    reason. The second run of a file changes nothing.
    """
    if is_applied:
        session().execute(select(func.pg_advisory_xact_lock(_IMPORT_LOCK)))
    entries, rows = check_rows(file=file)
    origin = Origin(file.layout, file.year, file.list_day)
    slugs = SlugBook()
    for done, batch in _batches(entries):
        rows.extend(_import_batch(actor, batch, origin, slugs, is_applied=is_applied))
        if on_progress is not None:
            on_progress(done, len(entries))
    if is_applied:
        _forget_objects()
    return ImportReport(tuple(sorted(rows, key=lambda r: r.row)))


def _forget_objects() -> None:
    """Let associations that somebody holds be read anew: they were written past their objects."""
    for held in session().identity_map.values():
        if isinstance(held, Association):
            session().expire(held)


def _batches(entries: Sequence[Entry]) -> Iterator[tuple[int, Sequence[Entry]]]:
    """Give the entries some at a time, and how many there were with them."""
    for start in range(0, len(entries), ROWS_AT_ONCE):
        batch = entries[start : start + ROWS_AT_ONCE]
        yield start + len(batch), batch


def _import_batch(
    actor: Actor, batch: Sequence[Entry], origin: Origin, slugs: SlugBook, *, is_applied: bool
) -> list[ReportRow]:
    known = _find_known(batch, is_locked=is_applied)
    new = [e for e in batch if e.tax_code not in known]
    steps = [
        (known[e.tax_code], e, compare(known[e.tax_code], e, origin))
        for e in batch
        if e.tax_code in known
    ]
    if is_applied:
        _add_new(actor, new, origin, slugs)
        _change(actor, [(k, step) for k, _entry, step in steps if step.changes], origin)
        _confirm([k for k, _entry, step in steps if not step.changes], origin)
        session().flush()
    return [
        *(ReportRow(e.row, RowOutcome.NEW, name=e.name, tax_code=e.tax_code) for e in new),
        *(_report(entry, step) for _known, entry, step in steps),
    ]


def _find_known(batch: Sequence[Entry], *, is_locked: bool) -> dict[str, Known]:
    statement = (
        select(*_KNOWN_COLUMNS)
        .where(Association.tax_code.in_([e.tax_code for e in batch]))
        .order_by(Association.id)
    )
    if is_locked:
        statement = statement.with_for_update()
    return {row.tax_code: Known(*row) for row in session().execute(statement)}


def _report(entry: Entry, step: Step) -> ReportRow:
    return ReportRow(
        entry.row,
        RowOutcome.CHANGED if step.changes else RowOutcome.UNCHANGED,
        _words(step) if step.changes else step.reason or "",
        name=entry.name,
        tax_code=entry.tax_code,
        changes=step.changes,
        keeps_own_words=step.keeps_own_words,
    )


def _words(step: Step) -> str:
    return "; ".join(map(str, step.changes))


def _add_new(actor: Actor, entries: Sequence[Entry], origin: Origin, slugs: SlugBook) -> None:
    if not entries:
        return
    rows = [
        {
            "slug": slugs.take(e.name),
            "tax_code": e.tax_code,
            **{name: getattr(e, name) for name in IMPORTED_FIELDS},
            "is_network": bool(e.is_network),
            "state": AssociationState.LISTED,
            "source": origin.source,
            "source_year": origin.year if origin.source else None,
            "runts_list_on": _national_day(origin),
            "version": 1,
        }
        for e in entries
    ]
    names = tuple(rows[0])
    given = _given(names, rows)
    statement = (
        insert(Association)
        .from_select(names, select(*(given.c[name] for name in names)), include_defaults=False)
        .returning(Association.id)
    )
    _record(
        actor,
        [
            {"subject_id": association_id, "to_state": AssociationState.LISTED}
            for association_id in session().scalars(statement)
        ],
    )


def _national_day(origin: Origin) -> object:
    return origin.day if origin.layout is Layout.RUNTS else None


def _change(actor: Actor, steps: Sequence[tuple[Known, Step]], origin: Origin) -> None:
    """Write the new values of all in one statement: each statement recounts the registry."""
    if not steps:
        return
    rows = []
    for k, step in steps:
        present = {name: getattr(k, name) for name in _WRITTEN}
        rows.append({"id": k.id} | present | dict(step.values) | _source_of(k, step, origin))
    given = _given(("id", *_WRITTEN), rows)
    session().execute(
        update(Association)
        .where(Association.id == given.c.id)
        .values(
            {
                **{n: given.c[n] for n in _WRITTEN},
                "version": Association.version + 1,
            }
        )
        .execution_options(synchronize_session=False)
    )
    _record(
        actor,
        [
            {"subject_id": k.id, "from_state": k.state, "to_state": k.state, "note": _words(step)}
            for k, step in steps
        ],
    )


def _record(actor: Actor, steps: Sequence[Mapping[str, object]]) -> None:
    record_steps(actor=actor, subject_kind=HISTORY, action="import", steps=steps)


def _source_of(known: Known, step: Step, origin: Origin) -> dict[str, object]:
    """Return where a changed one is from now."""
    found: dict[str, object] = {}
    if origin.source and known.state is AssociationState.LISTED:
        if not step.values.keys().isdisjoint(OWN_FIELDS):
            found = {"source": origin.source, "source_year": origin.year or known.source_year}
        elif confirms_source(origin, known):
            found = {"source": origin.source, "source_year": origin.year}
    if confirms_national(origin, known):
        found["runts_list_on"] = origin.day
    return found


def _given(names: Sequence[str], rows: Sequence[Mapping[str, object]]) -> TableValuedAlias:
    """Return rows as a table of a statement, its columns typed as those of associations.

    As one value: a statement with a place for each cell takes longer to read than to do.
    """
    table = Association.__table__
    content = [
        {n: v.isoformat() if isinstance(v, date) else v for n, v in row.items()} for row in rows
    ]
    return (
        func.jsonb_to_recordset(bindparam("given_rows", content, type_=JSONB))
        .table_valued(*(column(n, _plain_type(table.c[n].type)) for n in names), name="given")
        .render_derived(with_types=True)
    )


def _plain_type(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return String() if isinstance(kind, String) else kind


def _confirm(known: Sequence[Known], origin: Origin) -> None:
    """Say of bodies that a newer list holds as they are that this list is where they are from."""
    listed = [k.id for k in known if confirms_source(origin, k)]
    if listed:
        _set(listed, {"source": origin.source, "source_year": origin.year})
    national = [k.id for k in known if confirms_national(origin, k)]
    if national:
        _set(national, {"runts_list_on": origin.day})


def _set(ids: Sequence[int], columns: dict[str, object]) -> None:
    session().execute(
        update(Association)
        .where(Association.id.in_(ids))
        .values(columns)
        .execution_options(synchronize_session=False)
    )
