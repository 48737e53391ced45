"""The one place that commits."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app, request
from sqlalchemy.exc import IntegrityError

from portal.core.database import db
from portal.core.errors import explain_constraint, is_second_tap

P = ParamSpec("P")
R = TypeVar("R")

FIRST_ERROR_STATUS = 400


def writes(view: Callable[P, R]) -> Callable[P, R]:
    """Commit what the view did when it answers below 400; roll back otherwise.

    A refused form (422) or a lost race (409) thus leaves nothing behind. A constraint that
    refuses becomes `RuleBrokenError` with its sentence. Never on a GET: a test checks it.
    """

    @wraps(view)
    def committing_view(*args: P.args, **kwargs: P.kwargs) -> R:
        if request.method in {"GET", "HEAD"}:
            return view(*args, **kwargs)
        answer = _run(lambda: view(*args, **kwargs))
        response = current_app.make_response(answer)  # type: ignore[arg-type]
        if response.status_code >= FIRST_ERROR_STATUS:
            db.session.rollback()
        else:
            _run(db.session.commit)
        return response  # type: ignore[return-value]

    committing_view.writes = True  # type: ignore[attr-defined]
    return committing_view


def job_writes(task: Callable[P, R]) -> Callable[P, R]:
    """Commit what a job did, or roll back; the twin of `writes` for jobs."""

    @wraps(task)
    def committing_task(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            result = task(*args, **kwargs)
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        return result

    return committing_task


def _run(step: Callable[[], R]) -> R:
    try:
        return step()
    except IntegrityError as error:
        db.session.rollback()
        explained = explain_constraint(error)
        if explained is None or is_second_tap(error):
            raise
        raise explained from error
    except BaseException:
        db.session.rollback()
        raise
