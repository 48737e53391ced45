"""Verifying hours: they count from then on, and nobody verifies their own."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError
from portal.core.history import record_step, record_steps, take_step
from portal.volunteering.emails.hours import (
    mail_hours_corrected,
    mail_hours_refused,
    mail_hours_verified,
)
from portal.volunteering.models import HoursEntry
from portal.volunteering.states import HOURS_TRANSITIONS, HoursAction, HoursState

HISTORY = "hours_entry"


def verify_hours(
    *, actor: Actor, entry_ids: Iterable[int], project_ids: Sequence[int] | None
) -> int:
    """Verify these entries as they are, and return how many were.

    Passed over: entries of other projects than `project_ids` (None: any), the actor's own, and
    those that somebody has dealt with meanwhile. One mail per person, however many entries.
    """
    statement = (
        select(HoursEntry)
        .where(
            HoursEntry.id.in_(list(entry_ids)),
            HoursEntry.state == HoursState.TO_VERIFY,
            HoursEntry.user_id != actor.account_id,
        )
        .options(joinedload(HoursEntry.user), joinedload(HoursEntry.project))
        .order_by(HoursEntry.id)
        .with_for_update(of=HoursEntry)
        .execution_options(populate_existing=True)
    )
    if project_ids is not None:
        statement = statement.where(HoursEntry.project_id.in_(project_ids))
    entries = session().scalars(statement).all()
    if entries:
        _verify(actor, entries)
    return len(entries)


def correct_hours(*, actor: Actor, entry_id: int, minutes: int, reason: str) -> HoursEntry:
    """Verify other minutes than an entry says: a new entry stands in its place.

    `reason` goes to the person. Raises `NotFoundError`, and `ForbiddenStepError` for one's own
    hours and for an entry that was refused or corrected.
    """
    entry = _lock(actor, entry_id)
    entry.reason = reason
    take_step(
        actor=actor,
        subject=entry,
        transitions=HOURS_TRANSITIONS,
        action=HoursAction.CORRECT,
        note=reason,
    )
    # First the old one ends: of a shift only one entry stands at a time.
    session().flush()
    new = HoursEntry(
        user=entry.user,
        project=entry.project,
        sign_up_id=entry.sign_up_id,
        worked_on=entry.worked_on,
        minutes=minutes,
        source=entry.source,
        note=entry.note,
        state=HoursState.VERIFIED,
        verified_at=utc_now(),
        verified_by_id=actor.account_id,
        corrects_id=entry.id,
    )
    session().add(new)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=new.id, action=HoursAction.VERIFY,
        to_state=new.state,
    )  # fmt: skip
    mail_hours_corrected(old=entry, new=new)
    return new


def refuse_hours(*, actor: Actor, entry_id: int, reason: str) -> None:
    """Say that an entry does not count, and why; raises as `correct_hours`."""
    entry = _lock(actor, entry_id)
    entry.reason = reason
    take_step(
        actor=actor,
        subject=entry,
        transitions=HOURS_TRANSITIONS,
        action=HoursAction.REFUSE,
        note=reason,
    )
    session().flush()
    mail_hours_refused(entry=entry)


def _verify(actor: Actor, entries: Sequence[HoursEntry]) -> None:
    ids = [entry.id for entry in entries]
    session().execute(
        update(HoursEntry)
        .where(HoursEntry.id.in_(ids))
        .values(state=HoursState.VERIFIED, verified_at=utc_now(), verified_by_id=actor.account_id),
        execution_options={"synchronize_session": "fetch"},
    )
    states = {"from_state": HoursState.TO_VERIFY, "to_state": HoursState.VERIFIED}
    record_steps(
        actor=actor,
        subject_kind=HISTORY,
        action=HoursAction.VERIFY,
        steps=[{"subject_id": i, **states} for i in ids],
    )
    of_person = sorted(entries, key=lambda entry: (entry.user_id, entry.worked_on, entry.id))
    for _user_id, theirs in groupby(of_person, key=lambda entry: entry.user_id):
        mail_hours_verified(entries=list(theirs))


def _lock(actor: Actor, entry_id: int) -> HoursEntry:
    entry = session().get(
        HoursEntry, entry_id, with_for_update={"of": HoursEntry}, populate_existing=True
    )
    if entry is None:
        raise NotFoundError
    if entry.user_id == actor.account_id:
        raise ForbiddenStepError(
            _l("Nobody verifies their own hours: another tutor or the office does.")
        )
    return entry
