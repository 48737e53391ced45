"""Ending sessions: what the browser holds is worth nothing afterwards, wherever it was copied."""

from sqlalchemy.dialects.postgresql import insert

from portal.accounts.models import EndedSession
from portal.core.clock import utc_now
from portal.core.database import session


def end_session(*, key: str) -> None:
    """Note that the session with this key has ended; a second time changes nothing."""
    statement = insert(EndedSession).values(key=key, ended_at=utc_now())
    session().execute(statement.on_conflict_do_nothing())
