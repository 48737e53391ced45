"""Imports in the browser: uploaded, checked by a job, applied by another or discarded."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from portal.accounts.queries import find_account_facts, get_user, recipients_of
from portal.core.access import PORTAL, Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import AlreadyDecidedError, DomainError, NotFoundError
from portal.core.history import take_step
from portal.core.jobs import defer
from portal.core.sentences import sentence as _l
from portal.core.text import without_forbidden_characters
from portal.registry.emails import mail_import_applied, mail_import_failed
from portal.registry.import_file import (
    ImportFile,
    RowProblem,
    UnreadableFileError,
    pack_rows,
    read_import_data,
    unpack_rows,
)
from portal.registry.models import ImportRun
from portal.registry.models.imports import LONGEST_FILE_NAME
from portal.registry.services.import_associations import import_associations
from portal.registry.services.import_progress import start_progress, write_progress
from portal.registry.services.import_report import ImportReport, RowOutcome
from portal.registry.states import IMPORT_TRANSITIONS, ImportAction, ImportState

T = TypeVar("T")

log = logging.getLogger(__name__)

KEPT_DAYS = 30
"""A list that nobody applied is forgotten after so many."""
_ONE_AT_A_TIME = "import"


class AnotherImportError(DomainError):
    """One list at a time."""

    sentence = _l("Another list is being applied: wait until it is done.")


def upload_list(*, actor: Actor, file_name: str, content: bytes) -> ImportRun:
    """Keep a list and have it checked; nothing in the registry changes."""
    run = ImportRun(
        uploaded_by_id=actor.id,
        file_name=clean_file_name(file_name),
        size=len(content),
        content=content,
    )
    session().add(run)
    session().flush()
    start_progress(run_id=run.id)
    defer("check_import", lock=_ONE_AT_A_TIME, run_id=run.id)
    return run


def clean_file_name(name: str) -> str:
    """Return the name of an uploaded file without its folders and what no person types."""
    last = without_forbidden_characters(re.split(r"[/\\]", name)[-1])
    return " ".join(last.split())[-LONGEST_FILE_NAME:] or "elenco"


def check_import_run(*, run_id: int) -> None:
    """Read the list of a run and write what it would change, unless that has been done.

    Afterwards the rows are kept instead of the file: that one holds names of people.
    """
    run = _lock_run(run_id)
    if run is None or run.state is not ImportState.UPLOADED:
        return

    def work() -> tuple[ImportFile, ImportReport]:
        file = read_import_data(run.content or b"", file_name=run.file_name)
        report = import_associations(
            actor=PORTAL,
            file=file,
            is_applied=False,
            on_progress=partial(_write_progress, run_id),
        )
        return file, report

    done = _run_or_fail(run, work)
    if done is None:
        return
    file, report = done
    run.content = pack_rows(file)
    run.layout, run.encoding, run.separator = file.layout, file.encoding, file.separator
    _write_report(run, report)
    _take_step(PORTAL, run, ImportAction.CHECK)


def start_import(*, actor: Actor, run_id: int, version: int) -> None:
    """Have a checked list applied.

    Raises `AlreadyDecidedError` when somebody was quicker, `AnotherImportError` while another
    list is being applied.
    """
    run = _get_run(run_id, version)
    if session().scalar(select(ImportRun.id).where(ImportRun.state == ImportState.APPLYING)):
        raise AnotherImportError
    _take_step(actor, run, ImportAction.APPLY)
    run.applied_by_id = actor.id
    start_progress(run_id=run.id)
    session().flush()
    defer("apply_import", lock=_ONE_AT_A_TIME, run_id=run.id)


def apply_import_run(*, run_id: int) -> None:
    """Apply the list of a run, all of it or nothing, unless that has been done.

    The registry may have changed since the list was checked, so it is compared once more, and the
    report says what really happened.
    """
    run = _lock_run(run_id)
    if run is None or run.state is not ImportState.APPLYING or run.applied_by_id is None:
        return
    actor = find_account_facts(get_user(run.applied_by_id))

    def work() -> ImportReport:
        return import_associations(
            actor=actor,
            file=unpack_rows(run.content or b""),
            is_applied=True,
            on_progress=partial(_write_progress, run_id),
        )

    report = _run_or_fail(run, work)
    if report is None:
        return
    _write_report(run, report)
    run.content, run.applied_at = None, utc_now()
    _take_step(actor, run, ImportAction.FINISH)
    for reader in recipients_of({run.uploaded_by_id, run.applied_by_id}).values():
        mail_import_applied(run=run, reader=reader)


def discard_import_run(*, actor: Actor, run_id: int, version: int) -> None:
    """Throw a list away; raises `AlreadyDecidedError` when somebody was quicker."""
    run = _get_run(run_id, version)
    run.content = None
    _take_step(actor, run, ImportAction.DISCARD)


def discard_old_import_runs() -> None:
    """Throw away the lists that nobody applied within `KEPT_DAYS`."""
    waiting = session().scalars(
        select(ImportRun)
        .where(
            ImportRun.state.in_((ImportState.UPLOADED, ImportState.CHECKED)),
            ImportRun.created_at < utc_now() - timedelta(days=KEPT_DAYS),
        )
        .order_by(ImportRun.id)
        .with_for_update(key_share=True, skip_locked=True)
    )
    for run in waiting.all():
        run.content = None
        _take_step(PORTAL, run, ImportAction.DISCARD)


def _get_run(run_id: int, version: int) -> ImportRun:
    run = _lock_run(run_id)
    if run is None:
        raise NotFoundError
    if run.version != version:
        raise AlreadyDecidedError
    return run


def _lock_run(run_id: int) -> ImportRun | None:
    # Not its key: what points to the run may be written meanwhile.
    return session().scalar(
        select(ImportRun)
        .where(ImportRun.id == run_id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )


def _take_step(actor: Actor, run: ImportRun, action: ImportAction) -> None:
    take_step(actor=actor, subject=run, transitions=IMPORT_TRANSITIONS, action=action)


def _write_progress(run_id: int, done: int, total: int) -> None:
    write_progress(run_id=run_id, done=done, total=total)


def _write_report(run: ImportRun, report: ImportReport) -> None:
    run.report = report.as_page()
    for outcome in RowOutcome:
        setattr(run, outcome.value, report.count(outcome))


def _run_or_fail(run: ImportRun, work: Callable[[], T]) -> T | None:
    """Return what `work` gives; where it fails, leave nothing of it but the sentence why.

    A database that is away is not the list's fault: that job is tried again.
    """
    try:
        with session().begin_nested():
            return work()
    except (OperationalError, InterfaceError):
        raise
    except UnreadableFileError as error:
        _fail(run, error.problems)
    except Exception:
        log.exception("the import %s failed", run.id)
        reason = _l("Something went wrong on our side: the registry is as it was before.")
        _fail(run, (RowProblem(0, reason),))
    return None


def _fail(run: ImportRun, problems: tuple[RowProblem, ...]) -> None:
    is_applying = run.state is ImportState.APPLYING
    run.content, run.problem = None, str(problems[0].reason)
    run.report = {"problems": [[p.row, p.reason.as_json()] for p in problems]}
    _take_step(PORTAL, run, ImportAction.FAIL)
    if is_applying and run.applied_by_id is not None:
        for reader in recipients_of({run.applied_by_id}).values():
            mail_import_failed(run=run, reader=reader)
