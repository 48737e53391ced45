"""Lists that staff uploaded: read and applied while nobody has to wait.

One after another (they share a lock): a long list takes memory.
"""

from portal.core.jobs import job
from portal.registry.services import (
    apply_import_run,
    check_import_run,
    discard_old_import_runs,
)


@job("check_import")
def check_import(*, run_id: int) -> None:
    """Read an uploaded list and write what it would change."""
    check_import_run(run_id=run_id)


@job("apply_import")
def apply_import(*, run_id: int) -> None:
    """Bring the registry up to date with a list, all of it or nothing."""
    apply_import_run(run_id=run_id)


@job("discard_old_imports", cron="20 3 * * *", retries=None)
def discard_old_imports(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Discard lists that nobody applied."""
    discard_old_import_runs()
