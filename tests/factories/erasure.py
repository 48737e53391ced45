"""Erasing an account, with the work that the worker does afterwards."""

from typing import Any

from sqlalchemy import text

from portal.accounts.models import User
from portal.accounts.services import erase_account, finish_erasure
from portal.core.database import db
from portal.laboratories.services import give_back_meeting_place
from portal.volunteering.services import give_back_place
from tests.factories.people import actor_of

_AFTERWARDS = {
    "finish_erasure": finish_erasure,
    "give_back_place": give_back_place,
    "give_back_meeting_place": give_back_meeting_place,
}


def erase(user: User, *, proof: str | None = None) -> bool:
    """Erase the account of `user`, who has no password, and let the worker finish."""
    user_id = user.id
    is_erased = erase_account(actor=actor_of(user), proof=proof or user.email or "")
    db.session.commit()
    db.session.expire_all()
    for name, arguments in jobs_about(user_id):
        _AFTERWARDS[name](**arguments)
        db.session.commit()
    db.session.expire_all()
    return is_erased


def jobs_about(user_id: int) -> list[tuple[str, dict[str, Any]]]:
    """Return the jobs that wait about a person, in the order in which they were deferred."""
    rows = db.session.execute(
        text(
            "SELECT task_name, args FROM procrastinate_jobs"
            " WHERE args->>'user_id' = :id AND status = 'todo' ORDER BY id"
        ),
        {"id": str(user_id)},
    )
    return [(name, arguments) for name, arguments in rows if name in _AFTERWARDS]
