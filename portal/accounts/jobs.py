"""What the accounts do by themselves."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import delete

from portal.accounts import services
from portal.accounts.models import EndedSession
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.jobs import job


@job("forget_ended_sessions", cron="40 3 * * *", retries=None)
def forget_ended_sessions(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Forget ended sessions whose cookie would be refused for its age alone."""
    longest = current_app.permanent_session_lifetime + timedelta(days=1)
    session().execute(delete(EndedSession).where(EndedSession.ended_at < utc_now() - longest))


@job("finish_erasure")
def finish_erasure(*, user_id: int) -> None:
    """Forget what was written about a person in the moment they erased their account."""
    services.finish_erasure(user_id=user_id)
