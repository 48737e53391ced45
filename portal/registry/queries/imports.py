"""Imports in the browser: the list of them, one of them, its rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import aliased

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.pagination import Page, clamp_page, count_rows
from portal.core.sentences import Sentence, read_sentence
from portal.registry.models import ImportProgress, ImportRun
from portal.registry.states import ImportState

RUNNING = (ImportState.UPLOADED, ImportState.APPLYING)


@dataclass(frozen=True)
class ImportRunRow:
    """An import as the list of them shows it."""

    id: int
    file_name: str
    state: ImportState
    uploaded_at: datetime
    uploader_name: str
    new: int | None
    changed: int | None
    rejected: int | None

    @property
    def is_running(self) -> bool:
        """Say whether a job works on it or is about to."""
        return self.state in RUNNING


@dataclass(frozen=True)
class ImportRunDetail(ImportRunRow):
    """An import as its own page shows it."""

    unchanged: int | None
    layout: str | None
    encoding: str | None
    separator: str | None
    applied_at: datetime | None
    applier_name: str | None
    version: int
    done: int
    total: int
    """Rows worked on, of how many; both 0 before it has begun."""
    problems: tuple[tuple[int, Sentence], ...]
    """Why nothing was taken from the file: row (0: the file itself) and reason."""
    other_provinces: tuple[tuple[str, int], ...]
    """Province and how many rows of it were left out."""
    kept: int
    """How many associations wrote something themselves that the list says otherwise."""
    rejected_shown: int
    """Rejected rows but for those of other provinces."""

    @property
    def row_count(self) -> int:
        """Return how many rows were read."""
        return sum(n or 0 for n in (self.new, self.changed, self.unchanged, self.rejected))

    @property
    def change_count(self) -> int:
        """Return how many associations are written."""
        return (self.new or 0) + (self.changed or 0)


@dataclass(frozen=True)
class ImportedRow:
    """A row of a list and what happens to it."""

    row: int
    name: str
    tax_code: str
    reason: Sentence | None
    changes: tuple[tuple[str, str | None, str | None], ...]
    """Field, value of before, value of the list."""


_Uploader = aliased(User)
_Applier = aliased(User)
_ROW_COLUMNS = (
    *(ImportRun.id, ImportRun.file_name, ImportRun.state, ImportRun.created_at),
    *(_Uploader.display_name, ImportRun.new, ImportRun.changed, ImportRun.rejected),
)


def list_import_runs(*, page: int) -> Page[ImportRunRow]:
    """Return the imports, newest first."""
    statement: Any = select(*_ROW_COLUMNS).join(_Uploader, _Uploader.id == ImportRun.uploaded_by_id)
    page_size = Page.per_page
    total = count_rows(statement)
    number = clamp_page(page, total)
    rows = session().execute(
        statement.order_by(ImportRun.id.desc()).limit(page_size).offset((number - 1) * page_size)
    )
    return Page([ImportRunRow(*row) for row in rows], number, total)


def get_import_run(run_id: int) -> ImportRunDetail:
    """Return one import; raises `NotFoundError`."""
    report = ImportRun.report
    statement = (
        select(
            *_ROW_COLUMNS,
            *(ImportRun.unchanged, ImportRun.layout, ImportRun.encoding, ImportRun.separator),
            *(ImportRun.applied_at, _Applier.display_name, ImportRun.version),
            *(ImportProgress.done, ImportProgress.total),
            *(report["problems"], report["other_provinces"], report["kept"]),
            func.jsonb_array_length(report["rejected"]),
        )
        .join(_Uploader, _Uploader.id == ImportRun.uploaded_by_id)
        .outerjoin(_Applier, _Applier.id == ImportRun.applied_by_id)
        .outerjoin(ImportProgress, ImportProgress.run_id == ImportRun.id)
        .where(ImportRun.id == run_id)
    )
    row: Any = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    *facts, done, total, problems, provinces, kept, shown = row
    values: tuple[Any, ...] = (
        *facts,
        done or 0,
        total or 0,
        tuple((number, read_sentence(reason)) for number, reason in problems or ()),
        tuple((name, number) for name, number in provinces or ()),
        kept or 0,
        shown or 0,
    )
    return ImportRunDetail(*values)


def list_import_rows(
    run_id: int, outcome: str, *, limit: int, offset: int = 0
) -> list[ImportedRow]:
    """Return rows of one outcome (`rejected`, `changed`, `new`) in the order of the file."""
    statement = _rows_of(run_id, outcome).limit(limit).offset(offset)
    return [_imported_row(content) for content in session().scalars(statement)]


def list_all_import_rows(run_id: int, outcome: str) -> Iterator[ImportedRow]:
    """Return all rows of one outcome, for a download."""
    return (_imported_row(content) for content in session().scalars(_rows_of(run_id, outcome)))


def _rows_of(run_id: int, outcome: str) -> Select[Any]:
    # Cut out by the database: the report of a national list weighs megabytes.
    rows = (
        func.jsonb_array_elements(ImportRun.report[outcome])
        .table_valued(column("value", JSONB), with_ordinality="place", name="report_row")
        .render_derived()
    )
    return (
        select(rows.c.value)
        .select_from(ImportRun)
        .join(rows, ImportRun.id == run_id)
        .order_by(rows.c.place)
    )


def _imported_row(content: dict[str, Any]) -> ImportedRow:
    return ImportedRow(
        row=content["row"],
        name=content["name"],
        tax_code=content["tax_code"],
        reason=read_sentence(content["reason"]) if "reason" in content else None,
        changes=tuple((f, before, after) for f, before, after in content.get("changes", ())),
    )
