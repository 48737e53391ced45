"""Hours that follow from having been there; they count once the tutor has verified them."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from portal.core.access import Actor
from portal.core.clock import to_local
from portal.core.database import session
from portal.core.history import record_step, take_step
from portal.volunteering.models import HoursEntry, Shift, SignUp
from portal.volunteering.states import (
    HOURS_TRANSITIONS,
    LIVE_HOURS,
    HoursAction,
    HoursSource,
    HoursState,
    Presence,
)

HISTORY = "hours_entry"


def note_presence_hours(*, actor: Actor, sign_up: SignUp, shift: Shift) -> HoursEntry | None:
    """Let the hours of a sign-up follow its presence; the caller has locked the shift.

    Present: an entry to verify, of the length of the shift, unless there is one. Absent or
    unmarked: an entry that nobody verified goes as refused; a verified one stays, for the tutor
    to correct. Returns the entry that stands, if any.
    """
    entry = session().scalar(
        select(HoursEntry)
        .where(HoursEntry.sign_up_id == sign_up.id, HoursEntry.state.in_(LIVE_HOURS))
        .with_for_update()
    )
    if sign_up.presence is Presence.PRESENT:
        return entry or _add(actor, sign_up, shift)
    if entry is not None and entry.state is HoursState.TO_VERIFY:
        entry.reason = str(_l("The presence was taken back."))
        take_step(
            actor=actor, subject=entry, transitions=HOURS_TRANSITIONS, action=HoursAction.REFUSE
        )
        session().flush()
        return None
    return entry


def _add(actor: Actor, sign_up: SignUp, shift: Shift) -> HoursEntry:
    entry = HoursEntry(
        user_id=sign_up.user_id,
        project_id=shift.project_id,
        sign_up_id=sign_up.id,
        worked_on=to_local(shift.starts_at).date(),
        minutes=int((shift.ends_at - shift.starts_at).total_seconds() // 60),
        source=HoursSource.PRESENCE,
        state=HoursState.TO_VERIFY,
    )
    session().add(entry)
    session().flush()
    record_step(
        actor=actor, subject_kind=HISTORY, subject_id=entry.id, action="note",
        to_state=entry.state,
    )  # fmt: skip
    return entry
