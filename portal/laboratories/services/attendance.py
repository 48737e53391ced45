"""Who came to a meeting: by the list on the phone, by the code on the spot, without an account.

That somebody came is theirs: everybody reads a number, and a name only where the person chose so
(behaviour 23).
"""

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.history import record_step
from portal.core.sign_ups import SignUpState
from portal.laboratories.models import Meeting, MeetingAttendee
from portal.laboratories.policies.meetings import (
    MeetingCode,
    find_meeting_code,
    takes_attendance,
)
from portal.laboratories.services.meeting_locks import list_sign_ups, lock_meeting
from portal.laboratories.states import AttendanceSource

HISTORY = "laboratory_meeting"
MOST_WITHOUT_NAME = 2_000


def mark_attendance(
    *, actor: Actor, meeting_id: int, shown: Iterable[int], present: Iterable[int]
) -> int:
    """Write down who of those registered came; return for how many that changed.

    `shown` and `present` are ids of people: of those shown, the present came and the others did
    not. Who was not shown stays as they are, and so does who said so themselves by the code.
    Raises `ForbiddenStepError` for a meeting that is cancelled or more than half an hour ahead.
    """
    _lock_open(meeting_id)
    registered = {s.user_id for s in list_sign_ups(meeting_id, [SignUpState.CONFIRMED])}
    asked = registered & set(shown)
    came = asked & set(present)
    there = _list_there(meeting_id, asked)
    for user_id in sorted(came - set(there)):
        _add_user(actor, meeting_id, user_id, AttendanceSource.LIST)
    gone = {user_id for user_id in set(there) - came if there[user_id] is AttendanceSource.LIST}
    if gone:
        session().execute(
            delete(MeetingAttendee).where(
                MeetingAttendee.meeting_id == meeting_id, MeetingAttendee.user_id.in_(gone)
            )
        )
    changed = len(came - set(there)) + len(gone)
    if changed:
        _record(actor, meeting_id, "mark_attendance")
    return changed


def check_in_to_meeting(*, actor: Actor, meeting_id: int, shows_name: bool = False) -> MeetingCode:
    """Write down that the actor is there, by the code shown on the spot; return what it did.

    Registered or not: who comes, comes. `OPEN` never comes back. Safe to press twice.
    """
    meeting = lock_meeting(meeting_id)
    state = find_meeting_code(meeting, utc_now())
    if state is not MeetingCode.OPEN:
        return state
    _add_user(actor, meeting_id, actor.account_id, AttendanceSource.CODE, shows_name=shows_name)
    return MeetingCode.MARKED


def choose_name(*, actor: Actor, meeting_id: int, shows_name: bool) -> None:
    """Let the actor, who came, be read by name or be only counted; they may change it for good.

    Raises `NotFoundError` for who is not written down as there.
    """
    attendee = session().scalar(
        select(MeetingAttendee)
        .where(
            MeetingAttendee.meeting_id == meeting_id, MeetingAttendee.user_id == actor.account_id
        )
        .with_for_update()
    )
    if attendee is None:
        raise NotFoundError
    attendee.shows_name = shows_name
    session().flush()


def add_attendee(
    *,
    actor: Actor,
    meeting_id: int,
    full_name: str,
    contact: str | None,
    on_behalf_of: str | None,
    shows_name: bool = False,
) -> MeetingAttendee:
    """Write down somebody who came and has no account; `contact` is for the office alone.

    Raises `ForbiddenStepError` as above, `RuleBrokenError` for who is in the list already.
    """
    _lock_open(meeting_id)
    attendee_id = session().scalar(
        insert(MeetingAttendee)
        .values(
            meeting_id=meeting_id,
            full_name=full_name,
            contact=contact,
            on_behalf_of=on_behalf_of,
            shows_name=shows_name,
            source=AttendanceSource.LIST,
            recorded_by_id=actor.id,
        )
        .on_conflict_do_nothing()
        .returning(MeetingAttendee.id)
    )
    if attendee_id is None:
        raise RuleBrokenError(_l("This person is in the list already."), "full_name")
    _record(actor, meeting_id, "add_attendee")
    return session().get_one(MeetingAttendee, attendee_id)


def remove_attendee(*, actor: Actor, meeting_id: int, attendee_id: int) -> None:
    """Take back somebody written down by mistake; raises `NotFoundError`."""
    attendee = session().get(MeetingAttendee, attendee_id)
    if attendee is None or attendee.meeting_id != meeting_id:
        raise NotFoundError
    session().delete(attendee)
    session().flush()
    _record(actor, meeting_id, "remove_attendee")


def count_without_name(*, actor: Actor, meeting_id: int, people: int) -> None:
    """Note how many came and left no name; raises `ForbiddenStepError` as above."""
    _lock_open(meeting_id)
    # Past the version of the row: nobody has changed what the meeting says of itself.
    session().execute(
        update(Meeting).where(Meeting.id == meeting_id).values(people_without_name=people)
    )
    _record(actor, meeting_id, "count_without_name", note=str(people))


def _lock_open(meeting_id: int) -> Meeting:
    meeting = lock_meeting(meeting_id)
    if not takes_attendance(meeting, utc_now()):
        raise ForbiddenStepError(
            _l("Who came is written down from half an hour before the meeting.")
        )
    return meeting


def _list_there(meeting_id: int, user_ids: Iterable[int]) -> dict[int | None, AttendanceSource]:
    rows = session().execute(
        select(MeetingAttendee.user_id, MeetingAttendee.source).where(
            MeetingAttendee.meeting_id == meeting_id, MeetingAttendee.user_id.in_(list(user_ids))
        )
    )
    return {row.user_id: row.source for row in rows}


def _add_user(
    actor: Actor,
    meeting_id: int,
    user_id: int,
    source: AttendanceSource,
    *,
    shows_name: bool = False,
) -> None:
    session().execute(
        insert(MeetingAttendee)
        .values(
            meeting_id=meeting_id,
            user_id=user_id,
            shows_name=shows_name,
            source=source,
            recorded_by_id=actor.id,
        )
        .on_conflict_do_nothing()
    )


def _record(actor: Actor, meeting_id: int, action: str, note: str | None = None) -> None:
    record_step(actor=actor, subject_kind=HISTORY, subject_id=meeting_id, action=action, note=note)
