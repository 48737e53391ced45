"""Meetings of a laboratory: planned, changed, cancelled; their minutes and pictures."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_ngettext as _n
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from portal.core.access import Actor
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import ForbiddenStepError, NotFoundError, RuleBrokenError
from portal.core.files import PICTURES, delete_stored_file, store_upload
from portal.core.history import record_step, take_step
from portal.core.sign_ups import HELD_STATES
from portal.laboratories.emails.meetings import (
    MeetingLook,
    look_of,
    mail_cancelled,
    mail_moved,
)
from portal.laboratories.models import Laboratory, Meeting, MeetingPhoto, MeetingSignUp
from portal.laboratories.services.meeting_locks import (
    forget_counts,
    list_sign_ups,
    lock_meeting,
)
from portal.laboratories.services.registrations import (
    offer_free_places,
    shorten_meeting_offers,
    withdraw_meeting_offers,
)
from portal.laboratories.states import (
    MEETING_TRANSITIONS,
    MeetingAction,
    MeetingKind,
    MeetingState,
)
from portal.places.models import Place

HISTORY = "laboratory_meeting"


class MeetingChangedError(ForbiddenStepError):
    """The meeting was saved by somebody else since it was opened; `version` is the saved one."""

    sentence = _l("A colleague has changed this meeting in the meantime. Look at it again.")

    def __init__(self, version: int) -> None:
        """Keep the number of what is saved now."""
        super().__init__()
        self.version = version


@dataclass(frozen=True)
class MeetingContent:
    """What is said of a meeting; moments are aware."""

    title: str
    starts_at: datetime
    ends_at: datetime
    place_name: str
    address: str | None = None
    place_id: int | None = None
    kind: MeetingKind = MeetingKind.OPEN
    agenda: str | None = None
    has_registration: bool = True
    capacity: int | None = None
    """Places; None: as many as come."""
    waiting_capacity: int = 0
    opens_at: datetime | None = None
    """From when people register; None: at once."""
    closes_at: datetime | None = None
    """Until when; None: until it starts."""


@dataclass(frozen=True)
class MinutesContent:
    """What was said and decided."""

    minutes: str | None
    decisions: str | None


def plan_meeting(
    *, actor: Actor, laboratory_id: int, form_key: str, content: MeetingContent
) -> Meeting:
    """Plan a meeting of a laboratory; the same form sent twice is one meeting.

    It may be over: what was held before is written down too. Raises `RuleBrokenError` for times
    that cannot be, `ForbiddenStepError` in a laboratory that is closed.
    """
    known = session().scalar(
        select(Meeting).where(
            Meeting.created_by_id == actor.account_id, Meeting.form_key == form_key
        )
    )
    if known is not None:
        return known
    laboratory = session().get(Laboratory, laboratory_id)
    if laboratory is None:
        raise NotFoundError
    if laboratory.archived_at is not None:
        raise ForbiddenStepError(_l("This laboratory is closed: no meeting can be planned in it."))
    _check_times(content)
    meeting = Meeting(
        laboratory=laboratory,
        created_by_id=actor.account_id,
        form_key=form_key,
        state=MeetingState.PLANNED,
    )
    _write(meeting, content)
    session().add(meeting)
    session().flush()
    _record(actor, meeting, MeetingAction.PLAN)
    return meeting


def change_meeting(
    *, actor: Actor, laboratory_id: int, meeting_id: int, version: int, content: MeetingContent
) -> int:
    """Write what is said of a meeting; return how many people were told.

    They are told of another time or another place of a meeting to come, and of nothing else.
    Places that are added are offered to who waits. Raises `RuleBrokenError` for times that cannot
    be and for fewer places than people, `MeetingChangedError`, `ForbiddenStepError` once cancelled.
    """
    meeting = _lock(laboratory_id, meeting_id, version)
    _check_times(content)
    _check_people(meeting, content)
    was, had = look_of(meeting), meeting.capacity
    if not _write(meeting, content):
        return 0
    session().flush()
    _record(actor, meeting, MeetingAction.CHANGE)
    told = _tell_of_move(actor, meeting, was)
    if had is not None and (meeting.capacity is None or meeting.capacity > had):
        forget_counts(meeting)
        offer_free_places(meeting)
    return told


def cancel_meeting(
    *, actor: Actor, laboratory_id: int, meeting_id: int, version: int, reason: str
) -> int:
    """Call a meeting to come off, tell who is registered why; return how many people were told.

    Raises `ForbiddenStepError` for what has begun or is cancelled already, `MeetingChangedError`.
    """
    meeting = _lock(laboratory_id, meeting_id, version)
    if meeting.starts_at <= utc_now():
        raise ForbiddenStepError(_l("This meeting has begun: it can no longer be cancelled."))
    meeting.cancelled_reason = reason
    take_step(
        actor=actor,
        subject=meeting,
        transitions=MEETING_TRANSITIONS,
        action=MeetingAction.CANCEL,
        note=reason,
    )
    session().flush()
    readers = _list_readers(actor, meeting)
    withdraw_meeting_offers(meeting)
    for sign_up in readers:
        mail_cancelled(sign_up=sign_up, meeting=meeting)
    return len(readers)


def write_minutes(
    *,
    actor: Actor,
    laboratory_id: int,
    meeting_id: int,
    version: int,
    content: MinutesContent,
    is_published: bool,
) -> Meeting:
    """Keep what was said and decided, as a draft or for everybody to read.

    What is published stays published: saving it again corrects it. Raises `RuleBrokenError` for
    published minutes without a text, `MeetingChangedError`, `ForbiddenStepError` for a meeting that
    is cancelled or has not begun.
    """
    meeting = _lock(laboratory_id, meeting_id, version)
    if meeting.starts_at > utc_now():
        raise ForbiddenStepError(_l("The meeting has not begun: there are no minutes yet."))
    stays_public = is_published or meeting.minutes_published_at is not None
    if stays_public and not content.minutes:
        raise RuleBrokenError(_l("Write the minutes before you publish them."), "minutes")
    meeting.minutes, meeting.decisions = content.minutes, content.decisions
    if is_published and meeting.minutes_published_at is None:
        meeting.minutes_published_at = utc_now()
        _record(actor, meeting, MeetingAction.PUBLISH_MINUTES)
    session().flush()
    return meeting


def add_photo(
    *, actor: Actor, laboratory_id: int, meeting_id: int, upload: FileStorage, alt_text: str
) -> MeetingPhoto:
    """Keep a picture that everybody sees, without where and by what it was taken.

    Raises `FileRefusedError` for what is no picture.
    """
    get_meeting_of(laboratory_id, meeting_id)
    photo = MeetingPhoto(
        meeting_id=meeting_id,
        file_id=store_upload(upload=upload, allowed=PICTURES).id,
        alt_text=alt_text,
        added_by_id=actor.account_id,
    )
    session().add(photo)
    session().flush()
    return photo


def remove_photo(*, laboratory_id: int, meeting_id: int, photo_id: int) -> None:
    """Remove a picture with its file; raises `NotFoundError` where there is none such."""
    get_meeting_of(laboratory_id, meeting_id)
    photo = session().get(MeetingPhoto, photo_id)
    if photo is None or photo.meeting_id != meeting_id:
        raise NotFoundError
    file_id = photo.file_id
    session().delete(photo)
    session().flush()
    delete_stored_file(file_id)


def get_meeting_of(laboratory_id: int, meeting_id: int) -> Meeting:
    """Return a meeting of a laboratory, not locked; raises `NotFoundError`."""
    meeting = session().get(Meeting, meeting_id)
    if meeting is None or meeting.laboratory_id != laboratory_id:
        raise NotFoundError
    return meeting


def _lock(laboratory_id: int, meeting_id: int, version: int) -> Meeting:
    meeting = lock_meeting(meeting_id)
    if meeting.laboratory_id != laboratory_id:
        raise NotFoundError
    if meeting.state is MeetingState.CANCELLED:
        raise ForbiddenStepError(_l("This meeting has been cancelled: plan a new one."))
    if meeting.version != version:
        raise MeetingChangedError(meeting.version)
    return meeting


def _check_times(content: MeetingContent) -> None:
    if content.ends_at <= content.starts_at:
        raise RuleBrokenError(
            _l("A meeting ends after it starts: mend one of the two."), "ends_time"
        )
    closes_at = content.closes_at or content.starts_at
    if content.opens_at is not None and content.opens_at >= closes_at:
        raise RuleBrokenError(
            _l("People register from a moment before they no longer can."), "opens_on"
        )


def _check_people(meeting: Meeting, content: MeetingContent) -> None:
    taken = meeting.confirmed_count + meeting.offered_count
    if content.capacity is not None and content.capacity < taken:
        raise RuleBrokenError(
            _n(
                "One person has a place already, or was offered one: leave at least one place.",
                "%(num)s people have a place already, or were offered one: leave at least"
                " %(num)s places.",
                taken,
            ),
            "capacity",
        )
    if content.waiting_capacity < meeting.waiting_count:
        raise RuleBrokenError(
            _n(
                "One person is waiting: leave room for one on the list.",
                "%(num)s people are waiting: leave room for %(num)s on the list.",
                meeting.waiting_count,
            ),
            "waiting_capacity",
        )


def _write(meeting: Meeting, content: MeetingContent) -> bool:
    """Write what differs; say whether anything did."""
    values = vars(content) | {"closes_at": content.closes_at or content.starts_at}
    if content.place_id is not None:
        place = session().get(Place, content.place_id)
        if place is None:
            raise RuleBrokenError(_l("Choose one of those offered."), "place")
        values |= {"place_name": place.name, "address": place.address}
    changed = [name for name, value in values.items() if getattr(meeting, name) != value]
    for name in changed:
        setattr(meeting, name, values[name])
    return bool(changed)


def _tell_of_move(actor: Actor, meeting: Meeting, was: MeetingLook) -> int:
    now = look_of(meeting)
    if meeting.ends_at <= utc_now() or (was.time == now.time and was.place == now.place):
        return 0
    if was.starts_at != now.starts_at:
        # Another day is reminded of anew.
        meeting.reminded_at = None
        shorten_meeting_offers(meeting)
        session().flush()
    readers = _list_readers(actor, meeting)
    for sign_up in readers:
        mail_moved(sign_up=sign_up, meeting=meeting, was=was)
    return len(readers)


def _list_readers(actor: Actor, meeting: Meeting) -> list[MeetingSignUp]:
    """Return who is told of a change: who has, is offered or waits for a place, not who made it."""
    return [s for s in list_sign_ups(meeting.id, HELD_STATES) if s.user_id != actor.id]


def _record(actor: Actor, meeting: Meeting, action: MeetingAction) -> None:
    record_step(
        actor=actor,
        subject_kind=HISTORY,
        subject_id=meeting.id,
        action=action,
        to_state=meeting.state,
    )
