"""Meetings of a laboratory, as lists and pages show them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from portal.core.clock import utc_now
from portal.core.database import session
from portal.core.errors import NotFoundError
from portal.core.files import StoredFile, get_stored_file
from portal.laboratories.models import (
    Laboratory,
    LaboratoryDocument,
    Meeting,
    MeetingAttendee,
    MeetingPhoto,
    MeetingSignUp,
)
from portal.laboratories.policies.meetings import REMIND_BEFORE, MeetingFacts
from portal.laboratories.states import MeetingKind, MeetingState
from portal.places.models import Place

MOST_MEETINGS = 200
FEED_KEEPS = timedelta(days=365)
"""How long meetings that are over stay in the public calendar."""

FACT_COLUMNS = tuple(getattr(Meeting, field.name) for field in fields(MeetingFacts))
"""The columns of `MeetingFacts`."""


@dataclass(frozen=True)
class MeetingRow(MeetingFacts):
    """A meeting in a list."""

    title: str
    kind: MeetingKind
    address: str | None
    cancelled_reason: str | None
    has_minutes: bool
    """Whether the minutes can be read."""
    attended: int
    """How many people came, as far as it was written down."""
    version: int
    laboratory_slug: str
    laboratory_title: str
    agenda: str | None

    @property
    def is_past(self) -> bool:
        """Say whether it is over."""
        return self.ends_at <= utc_now()

    @property
    def is_planned(self) -> bool:
        """Say whether it takes place."""
        return self.state is MeetingState.PLANNED


@dataclass(frozen=True)
class MeetingDetail(MeetingRow):
    """A meeting on its own page."""

    laboratory_id: int
    place_slug: str | None
    """Of the page of the place, where it is one of ours."""
    place_id: int | None
    minutes: str | None
    """Also a draft: who may read it, the view asks."""
    decisions: str | None
    minutes_published_at: datetime | None
    people_without_name: int


@dataclass(frozen=True)
class PhotoRow:
    """A picture of a meeting."""

    id: int
    alt_text: str


def attended_count() -> ColumnElement[int]:
    """Return how many people came to a meeting, as part of a statement."""
    named = (
        select(func.count(MeetingAttendee.id))
        .where(MeetingAttendee.meeting_id == Meeting.id)
        .correlate(Meeting)
        .scalar_subquery()
    )
    return named + Meeting.people_without_name


_ROW = (
    *FACT_COLUMNS,
    Meeting.title,
    Meeting.kind,
    Meeting.address,
    Meeting.cancelled_reason,
    Meeting.minutes_published_at.is_not(None).label("has_minutes"),
    attended_count().label("attended"),
    Meeting.version,
    Laboratory.slug.label("laboratory_slug"),
    Laboratory.title.label("laboratory_title"),
    Meeting.agenda,
)
_DETAIL = (
    *_ROW,
    Meeting.laboratory_id,
    Place.slug.label("place_slug"),
    Meeting.place_id,
    Meeting.minutes,
    Meeting.decisions,
    Meeting.minutes_published_at,
    Meeting.people_without_name,
)


def list_meetings(laboratory_id: int) -> list[MeetingRow]:
    """Return the meetings of a laboratory, the last first."""
    statement = _meetings(_ROW).where(Meeting.laboratory_id == laboratory_id)
    rows = session().execute(
        statement.order_by(Meeting.starts_at.desc(), Meeting.id.desc()).limit(MOST_MEETINGS)
    )
    return [MeetingRow(**row._asdict()) for row in rows]


def list_feed(laboratory_id: int) -> list[MeetingRow]:
    """Return the meetings of the public calendar, cancelled ones too, soonest first."""
    statement = _meetings(_ROW).where(
        Meeting.laboratory_id == laboratory_id, Meeting.ends_at > utc_now() - FEED_KEEPS
    )
    rows = session().execute(statement.order_by(Meeting.starts_at, Meeting.id).limit(MOST_MEETINGS))
    return [MeetingRow(**row._asdict()) for row in rows]


def find_next(meetings: Sequence[MeetingRow]) -> MeetingRow | None:
    """Return the meeting that comes next, the running one included; None where none is planned."""
    to_come = [m for m in meetings if m.is_planned and not m.is_past]
    return min(to_come, key=lambda m: (m.starts_at, m.id), default=None)


def get_meeting(slug: str, meeting_id: int) -> MeetingDetail:
    """Return a meeting of the laboratory at `slug`; raises `NotFoundError`."""
    statement = (
        _meetings(_DETAIL)
        .outerjoin(Place, Place.id == Meeting.place_id)
        .where(Meeting.id == meeting_id, Laboratory.slug == slug)
    )
    row = session().execute(statement).one_or_none()
    if row is None:
        raise NotFoundError
    return MeetingDetail(**row._asdict())


def get_meeting_facts(meeting_id: int) -> MeetingFacts:
    """Return what decisions ask of a meeting; raises `NotFoundError`."""
    row = session().execute(select(*FACT_COLUMNS).where(Meeting.id == meeting_id)).one_or_none()
    if row is None:
        raise NotFoundError
    return MeetingFacts(**row._asdict())


def list_photos(meeting_id: int) -> list[PhotoRow]:
    """Return the pictures of a meeting, in the order they were added."""
    rows = session().execute(
        select(MeetingPhoto.id, MeetingPhoto.alt_text)
        .where(MeetingPhoto.meeting_id == meeting_id)
        .order_by(MeetingPhoto.id)
    )
    return [PhotoRow(*row) for row in rows]


def get_photo(slug: str, meeting_id: int, photo_id: int) -> StoredFile:
    """Return a picture of a meeting with its content; raises `NotFoundError`."""
    file_id = session().scalar(
        select(MeetingPhoto.file_id)
        .join(Meeting, Meeting.id == MeetingPhoto.meeting_id)
        .join(Laboratory, Laboratory.id == Meeting.laboratory_id)
        .where(
            Laboratory.slug == slug,
            MeetingPhoto.meeting_id == meeting_id,
            MeetingPhoto.id == photo_id,
        )
    )
    if file_id is None:
        raise NotFoundError
    return get_stored_file(file_id)


def document_is_of_meeting(meeting_id: int, document_id: int) -> bool:
    """Say whether a document belongs to a meeting."""
    statement = select(LaboratoryDocument.id).where(
        LaboratoryDocument.id == document_id, LaboratoryDocument.meeting_id == meeting_id
    )
    return session().scalar(statement) is not None


def list_meetings_to_remind() -> list[int]:
    """Return the meetings of the next day whose people have not been reminded yet."""
    now = utc_now()
    statement = select(Meeting.id).where(
        Meeting.state == MeetingState.PLANNED,
        Meeting.reminded_at.is_(None),
        Meeting.starts_at > now,
        Meeting.starts_at <= now + REMIND_BEFORE,
    )
    return list(session().scalars(statement.order_by(Meeting.id)))


def list_meetings_with_lapsed_offers() -> list[int]:
    """Return the meetings in which a place was offered and not taken in time."""
    statement = (
        select(MeetingSignUp.meeting_id)
        .where(MeetingSignUp.state == "offered", MeetingSignUp.offer_until_at <= utc_now())
        .distinct()
        .order_by(MeetingSignUp.meeting_id)
    )
    return list(session().scalars(statement))


def _meetings(columns: tuple[Any, ...]) -> Select[Any]:
    return select(*columns).join_from(Meeting, Laboratory, Laboratory.id == Meeting.laboratory_id)
