"""Hours that wait for a tutor."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select

from portal.accounts.models import User
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.text import short_name
from portal.volunteering.models import HoursEntry, SignUp, VolunteeringProject
from portal.volunteering.queries.tutor_desk import columns_of, tutor_ids_of
from portal.volunteering.states import HoursSource, HoursState, PresenceSource

MOST_ENTRIES = 100
"""On the page at once; the next ones come up when these are done."""


@dataclass(frozen=True)
class HoursToVerifyRow:
    """An entry of hours as its tutor sees it; a subject of `PROJECT_TUTOR`."""

    id: int
    user_id: int
    full_name: str
    project_id: int
    title: str
    worked_on: date
    minutes: int
    source: HoursSource
    presence_source: PresenceSource | None
    state: HoursState
    note: str | None
    tutor_ids: frozenset[int]

    @property
    def name(self) -> str:
        """First name and initial."""
        return short_name(self.full_name)


def list_hours_to_verify(project_ids: Sequence[int] | None) -> list[HoursToVerifyRow]:
    """Return what waits in these projects (None: in all), oldest first, at most a hundred."""
    rows = session().execute(
        _waiting(_columns(), project_ids)
        .order_by(HoursEntry.worked_on, HoursEntry.id)
        .limit(MOST_ENTRIES)
    )
    return [HoursToVerifyRow(**columns_of(row)) for row in rows]


def count_hours_to_verify(project_ids: Sequence[int] | None) -> int:
    """Return how many entries wait in these projects (None: in all)."""
    statement: Select[*tuple[Any, ...]] = select(func.count(HoursEntry.id))
    return session().scalar(_waiting(statement, project_ids)) or 0


def get_hours_entry(entry_id: int) -> HoursToVerifyRow:
    """Return one entry with the project's tutors; raise `NotFoundError` where there is none."""
    row = session().execute(_columns().where(HoursEntry.id == entry_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return HoursToVerifyRow(**columns_of(row))


def _waiting(
    statement: Select[*tuple[Any, ...]], project_ids: Sequence[int] | None
) -> Select[*tuple[Any, ...]]:
    waiting = statement.where(HoursEntry.state == HoursState.TO_VERIFY)
    return waiting if project_ids is None else waiting.where(HoursEntry.project_id.in_(project_ids))


def _columns() -> Select[*tuple[Any, ...]]:
    return (
        select(
            HoursEntry.id,
            HoursEntry.user_id,
            User.display_name.label("full_name"),
            HoursEntry.project_id,
            VolunteeringProject.title,
            HoursEntry.worked_on,
            HoursEntry.minutes,
            HoursEntry.source,
            SignUp.presence_source,
            HoursEntry.state,
            HoursEntry.note,
            tutor_ids_of(HoursEntry.project_id).label("tutor_ids"),
        )
        .join_from(HoursEntry, User, User.id == HoursEntry.user_id)
        .join(VolunteeringProject, VolunteeringProject.id == HoursEntry.project_id)
        .outerjoin(SignUp, SignUp.id == HoursEntry.sign_up_id)
    )
