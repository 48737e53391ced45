"""Is this installation able to work? For balancers and monitoring."""

import logging
from dataclasses import dataclass
from functools import cache

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.config import PROJECT_ROOT
from portal.core.database import session

log = logging.getLogger(__name__)

SILENT_WORKER_SECONDS = 60
"""A worker writes a heartbeat every ten seconds; after six missed ones it counts as dead."""


@dataclass(frozen=True)
class Readiness:
    """What works."""

    database: bool
    """It answers."""
    migrations: bool
    """Its schema is the one this code was written for."""
    worker: bool
    """Somebody sends mail and does what is due."""

    @property
    def is_complete(self) -> bool:
        """Say whether requests may be sent here."""
        return self.database and self.migrations and self.worker


def check_readiness() -> Readiness:
    """Return what works; never raises for a database that is away or still empty."""
    return Readiness(
        database=_holds("SELECT true"),
        migrations=_holds("SELECT version_num = :head FROM alembic_version", head=_newest()),
        worker=_holds(
            "SELECT coalesce(max(last_heartbeat) > now() - make_interval(secs => :seconds), false)"
            " FROM procrastinate_workers",
            seconds=SILENT_WORKER_SECONDS,
        ),
    )


def _holds(statement: str, **values: object) -> bool:
    try:
        return bool(session().execute(text(statement), values).scalar())
    except SQLAlchemyError as error:
        log.warning("not ready: %s", str(error).splitlines()[0])
        session().rollback()
        return False


@cache
def _newest() -> str:
    return (PROJECT_ROOT / "migrations" / "HEAD").read_text(encoding="ascii").strip()
