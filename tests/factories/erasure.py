"""Erasing an account, with the work that the worker does afterwards."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask
from sqlalchemy import text

from portal.accounts.models import User
from portal.accounts.services import erase_account, finish_erasure
from portal.core.access import Actor
from portal.core.database import db
from portal.laboratories.services import give_back_meeting_place
from portal.volunteering.services import give_back_place
from tests.factories.people import actor_of

FORMER = "persona non più iscritta"
"""What is read instead of the name."""

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


def where_is(words: str) -> list[str]:
    """Return every column in which `words` stand, of whatever table."""
    rows = db.session.execute(
        text(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name NOT LIKE 'procrastinate%'"
            " AND data_type IN ('character varying', 'text', 'jsonb')"
            " ORDER BY table_name, column_name"
        )
    )
    return [
        f"{table}.{column}"
        for table, column in rows.all()
        if db.session.scalar(
            text(f'SELECT EXISTS (SELECT FROM "{table}" WHERE "{column}"::text ILIKE :words)'),  # noqa: S608 - names of our own tables
            {"words": f"%{words}%"},
        )
    ]


def at_once(app: Flask, actors: Sequence[Actor], do: Callable[[Actor], object]) -> list[Exception]:
    """Let several do something in the same moment, and return what went wrong."""
    starting, problems = threading.Barrier(len(actors)), list[Exception]()

    def act(actor: Actor) -> None:
        try:
            with app.app_context(), app.test_request_context():
                starting.wait()
                do(actor)
                db.session.commit()
        except Exception as error:  # noqa: BLE001 - told by the test
            problems.append(error)

    threads = [threading.Thread(target=act, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems
