"""Who came to meetings, and the code shown on the spot."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from portal.accounts.models import User
from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.signed_links import read_short_code, short_code
from portal.core.text import short_name
from portal.laboratories.models import Laboratory, Meeting, MeetingAttendee
from portal.laboratories.policies.meetings import MeetingCode, find_meeting_code
from portal.laboratories.states import AttendanceSource

ON_THE_SPOT = "laboratory-meeting"
"""Purpose of the code that is shown at a meeting."""
CODES_KNOWN = timedelta(days=7)
"""Before and after a meeting: then its code is at least recognised."""
MOST_NAMES = 200


@dataclass(frozen=True)
class AttendeeRow:
    """Somebody who came, as who leads the laboratory sees them."""

    id: int
    name: str
    contact: str | None
    on_behalf_of: str | None
    has_account: bool
    shows_name: bool
    source: AttendanceSource


@dataclass(frozen=True)
class MeetingCheckIn:
    """What the code on the spot does for one person."""

    state: MeetingCode
    slug: str = ""
    """Of the laboratory."""
    meeting_id: int = 0
    title: str = ""
    starts_at: datetime | None = None
    shows_name: bool = False


def list_attendees(meeting_id: int) -> list[AttendeeRow]:
    """Return who came, in the order they were written down."""
    rows = session().execute(
        select(
            MeetingAttendee.id,
            func.coalesce(User.display_name, MeetingAttendee.full_name),
            func.coalesce(MeetingAttendee.contact, User.email),
            MeetingAttendee.on_behalf_of,
            MeetingAttendee.user_id.is_not(None),
            MeetingAttendee.shows_name,
            MeetingAttendee.source,
        )
        .outerjoin(User, User.id == MeetingAttendee.user_id)
        .where(MeetingAttendee.meeting_id == meeting_id)
        .order_by(MeetingAttendee.id)
    )
    return [AttendeeRow(*row) for row in rows]


def list_named(meeting_id: int) -> list[str]:
    """Return the names that may be read of who came, as the public reads them; by name."""
    name = func.coalesce(User.display_name, MeetingAttendee.full_name)
    rows = session().execute(
        select(name, MeetingAttendee.on_behalf_of)
        .outerjoin(User, User.id == MeetingAttendee.user_id)
        .where(MeetingAttendee.meeting_id == meeting_id, MeetingAttendee.shows_name)
        .order_by(func.f_unaccent(func.lower(name)), MeetingAttendee.id)
        .limit(MOST_NAMES)
    )
    return [
        f"{short_name(row[0])} ({row.on_behalf_of})" if row.on_behalf_of else short_name(row[0])
        for row in rows
    ]


def code_of_meeting(meeting_id: int) -> str:
    """Return the code shown at a meeting: two groups of four, no table behind it."""
    return short_code(ON_THE_SPOT, meeting_id)


def find_meeting_by_code(typed: str) -> int | None:
    """Return the meeting, of the days around today, whose code somebody typed or scanned."""
    now, code = utc_now(), read_short_code(typed)
    near = select(Meeting.id).where(
        Meeting.starts_at > now - CODES_KNOWN, Meeting.starts_at < now + CODES_KNOWN
    )
    return next((i for i in session().scalars(near) if code_of_meeting(i) == code), None)


def find_meeting_check_in(code: str, user_id: int) -> MeetingCheckIn:
    """Return what a code does now for a person; changes nothing."""
    meeting_id = find_meeting_by_code(code)
    if meeting_id is None:
        return MeetingCheckIn(MeetingCode.UNKNOWN)
    meeting, slug, shows_name = (
        session()
        .execute(
            select(Meeting, Laboratory.slug, MeetingAttendee.shows_name)
            .join(Laboratory, Laboratory.id == Meeting.laboratory_id)
            .outerjoin(
                MeetingAttendee,
                (MeetingAttendee.meeting_id == Meeting.id) & (MeetingAttendee.user_id == user_id),
            )
            .where(Meeting.id == meeting_id)
            .execution_options(populate_existing=True)
        )
        .one()
    )
    found = MeetingCode.MARKED if shows_name is not None else find_meeting_code(meeting, utc_now())
    return MeetingCheckIn(
        found, slug, meeting.id, meeting.title, meeting.starts_at, bool(shows_name)
    )
