"""Hours that a person declares, and takes back while nobody has verified them."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.accounts.models import User
from portal.core.access import Actor
from portal.core.clock import local_today
from portal.core.database import session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.history import record_step, take_step
from portal.volunteering.models import HoursEntry
from portal.volunteering.policies import find_hours_refusal
from portal.volunteering.queries.hours import count_minutes_of_day, list_declarable_projects
from portal.volunteering.states import (
    HOURS_TRANSITIONS,
    HoursAction,
    HoursRefusal,
    HoursSource,
    HoursState,
)

HISTORY = "hours_entry"

REFUSALS = {
    HoursRefusal.NOT_IN_PROJECT: (
        _l("Choose a project in which you have a place, or were accepted."),
        "project",
    ),
    HoursRefusal.IN_THE_FUTURE: (_l("This day is still to come: check the date."), "worked_on"),
    HoursRefusal.BEFORE_BEGINNING: (
        _l("On that day you were not in this project yet: check the date."),
        "worked_on",
    ),
    HoursRefusal.AFTER_END: (_l("On that day the project had ended: check it."), "worked_on"),
    HoursRefusal.NO_TIME: (_l("Write between one minute and 24 hours."), "time"),
    HoursRefusal.MORE_THAN_A_DAY: (
        _l("With what is already there this day would have more than 24 hours."),
        "time",
    ),
}
"""What each reason says to the person, and beside which field."""


def declare_hours(
    *,
    actor: Actor,
    project_id: int,
    worked_on: date,
    minutes: int,
    note: str,
    user_id: int | None = None,
) -> HoursEntry:
    """Note hours that `actor` (at the counter: `user_id`) gave; a tutor has to verify them.

    The same day, project, length and note twice is one entry (a double tap). Raises
    `RuleBrokenError` with the field where they cannot be.
    """
    user_id = actor.account_id if user_id is None else user_id
    # Two windows at once would each see a day with room.
    session().execute(select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    same = _find_same(user_id, project_id, worked_on, minutes, note)
    if same is not None:
        return same
    projects = {project.id: project for project in list_declarable_projects(user_id)}
    refusal = find_hours_refusal(
        projects.get(project_id),
        worked_on,
        minutes,
        already=count_minutes_of_day(user_id, worked_on),
        today=local_today(),
    )
    if refusal is not None:
        sentence, field = REFUSALS[refusal]
        raise RuleBrokenError(sentence, field)
    entry = HoursEntry(
        user_id=user_id,
        project_id=project_id,
        worked_on=worked_on,
        minutes=minutes,
        source=HoursSource.DECLARED,
        state=HoursState.TO_VERIFY,
        note=note or None,
    )
    session().add(entry)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=entry.id, action="declare",
        to_state=entry.state,
    )  # fmt: skip
    return entry


def withdraw_hours(*, actor: Actor, entry_id: int) -> None:
    """Take back hours that nobody has verified.

    Raises `NotFoundError` for another person's, or for hours that follow from a presence;
    `ForbiddenStepError` once they are verified.
    """
    entry = session().scalar(
        select(HoursEntry)
        .where(
            HoursEntry.id == entry_id,
            HoursEntry.user_id == actor.account_id,
            HoursEntry.source == HoursSource.DECLARED,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if entry is None:
        raise NotFoundError
    entry.reason = str(_l("Taken back by who had declared them."))
    take_step(
        actor=actor, subject=entry, transitions=HOURS_TRANSITIONS, action=HoursAction.WITHDRAW
    )
    session().flush()


def _find_same(
    user_id: int, project_id: int, worked_on: date, minutes: int, note: str
) -> HoursEntry | None:
    return session().scalar(
        select(HoursEntry).where(
            HoursEntry.user_id == user_id,
            HoursEntry.project_id == project_id,
            HoursEntry.worked_on == worked_on,
            HoursEntry.minutes == minutes,
            HoursEntry.note.is_not_distinct_from(note or None),
            HoursEntry.source == HoursSource.DECLARED,
            HoursEntry.state == HoursState.TO_VERIFY,
        )
    )
