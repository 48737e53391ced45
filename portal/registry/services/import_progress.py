"""How far the work on a list is, for who waits."""

from sqlalchemy import insert, select, update

from portal.core.clock import utc_now
from portal.core.database import db, session
from portal.registry.models import ImportProgress


def start_progress(*, run_id: int) -> None:
    """Say that nothing is done yet, in the present transaction."""
    found = session().scalar(select(ImportProgress.run_id).where(ImportProgress.run_id == run_id))
    now = {"done": 0, "total": 0, "at": utc_now()}
    if found is None:
        session().execute(insert(ImportProgress).values(run_id=run_id, **now))
    else:
        session().execute(update(ImportProgress).where(ImportProgress.run_id == run_id).values(now))


def write_progress(*, run_id: int, done: int, total: int) -> None:
    """Say how much is done, on a connection of its own.

    The transaction that does the work shows nothing before its end. The row is there already
    (`start_progress`), and that transaction never touches it: nobody waits for anybody.
    """
    with db.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(
            update(ImportProgress)
            .where(ImportProgress.run_id == run_id)
            .values(done=done, total=total, at=utc_now())
        )
