"""Meetings of a laboratory: who registers, who came, what was said and shown.

How many people have a place is counted by the database itself, as with shifts: a trigger on
`meeting_sign_up` keeps the three counts (migration 0031), nobody else can write them, and CHECKs
refuse one more than there are places.
"""

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.core.sign_ups import SignUpState
from portal.laboratories.models.laboratories import LONGEST_TITLE, Laboratory
from portal.laboratories.states import AttendanceSource, MeetingKind, MeetingState
from portal.places.models import Place

LARGEST_PARTY = 10
"""People somebody registers at once: a family, neighbours."""
LONGEST_ALT = 300


class Meeting(Timestamped, Base):
    """People of a laboratory meet at a certain time and place."""

    __tablename__ = "laboratory_meeting"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("ends_at <= starts_at + interval '24 hours'", name="ends_within_a_day"),
        CheckConstraint("capacity > 0", name="has_places"),
        CheckConstraint("waiting_capacity >= 0", name="waiting_capacity_not_negative"),
        CheckConstraint(
            "confirmed_count >= 0 AND offered_count >= 0"
            " AND (capacity IS NULL OR confirmed_count + offered_count <= capacity)",
            name="places_not_exceeded",
        ),
        CheckConstraint(
            "waiting_count BETWEEN 0 AND waiting_capacity", name="waiting_list_not_exceeded"
        ),
        CheckConstraint("closes_at <= starts_at", name="closes_before_start"),
        CheckConstraint("opens_at IS NULL OR opens_at < closes_at", name="opens_before_it_closes"),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_says_why"
        ),
        CheckConstraint(
            "(minutes_published_at IS NULL) OR (minutes IS NOT NULL AND length(trim(minutes)) > 0)",
            name="published_minutes_have_text",
        ),
        UniqueConstraint("created_by_id", "form_key"),
        Index(None, "laboratory_id", "starts_at", "id"),
        Index(None, "starts_at", "id"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    kind: Mapped[MeetingKind] = mapped_column(
        enum_type(MeetingKind), default=MeetingKind.OPEN, server_default=sql_text("'open'")
    )
    agenda: Mapped[str | None] = mapped_column(Text)
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    place_name: Mapped[str] = mapped_column(String(150))
    """Of the place, or in words where it is none of them."""
    address: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[MeetingState] = mapped_column(
        enum_type(MeetingState), default=MeetingState.PLANNED
    )
    cancelled_reason: Mapped[str | None] = mapped_column(String(500))
    has_registration: Mapped[bool] = mapped_column(server_default=sql_text("true"), default=True)
    """False: whoever wants comes, nobody registers."""
    capacity: Mapped[int | None]
    """Places; None: as many as come."""
    waiting_capacity: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    confirmed_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    offered_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    waiting_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    opens_at: Mapped[UtcTime | None]
    closes_at: Mapped[UtcTime]
    minutes: Mapped[str | None] = mapped_column(Text)
    decisions: Mapped[str | None] = mapped_column(Text)
    minutes_published_at: Mapped[UtcTime | None]
    people_without_name: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    """Who came and left no name: they count, and nothing else is known of them."""
    reminded_at: Mapped[UtcTime | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    version: Mapped[int] = mapped_column(server_default=sql_text("1"), default=1)
    laboratory: Mapped[Laboratory] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class MeetingSignUp(Timestamped, Base):
    """A person, with whom they bring, registered for a meeting. The waiting list goes by `id`."""

    __tablename__ = "meeting_sign_up"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('left', 'lapsed')) = (left_at IS NOT NULL)", name="left_has_time"
        ),
        CheckConstraint(
            "(state = 'offered') = (offer_until_at IS NOT NULL)", name="offer_has_an_end"
        ),
        CheckConstraint(f"people BETWEEN 1 AND {LARGEST_PARTY}", name="people_are_few"),
        Index(
            "uq_meeting_sign_up_held",
            "meeting_id",
            "user_id",
            unique=True,
            postgresql_where=sql_text("state NOT IN ('left', 'lapsed')"),
        ),
        Index(
            "ix_meeting_sign_up_waiting",
            "meeting_id",
            "id",
            postgresql_where=sql_text("state = 'waiting'"),
        ),
        Index(
            "ix_meeting_sign_up_offered",
            "offer_until_at",
            postgresql_where=sql_text("state = 'offered'"),
        ),
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[SignUpState] = mapped_column(enum_type(SignUpState))
    people: Mapped[int] = mapped_column(server_default=sql_text("1"), default=1)
    """How many places it takes."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """The clerk who did it on the telephone; None: the person."""
    offer_until_at: Mapped[UtcTime | None]
    left_at: Mapped[UtcTime | None]
    meeting: Mapped[Meeting] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class MeetingAttendee(Timestamped, Base):
    """Somebody who came to a meeting, with an account or without."""

    __tablename__ = "meeting_attendee"
    __table_args__ = (
        CheckConstraint("num_nonnulls(user_id, full_name) = 1", name="is_one_person"),
        CheckConstraint("full_name IS NULL OR length(trim(full_name)) > 0", name="has_name"),
        Index(
            "uq_meeting_attendee_user",
            "meeting_id",
            "user_id",
            unique=True,
            postgresql_where=sql_text("user_id IS NOT NULL"),
        ),
        Index(
            "uq_meeting_attendee_name",
            "meeting_id",
            sql_text("lower(full_name::text)"),
            sql_text("coalesce(lower(contact::text), '')"),
            unique=True,
            postgresql_where=sql_text("full_name IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    full_name: Mapped[str | None] = mapped_column(String(150))
    contact: Mapped[str | None] = mapped_column(String(200))
    """Telephone or e-mail of who has no account; for the office alone."""
    on_behalf_of: Mapped[str | None] = mapped_column(String(250))
    """The association, school or group they came for, in words."""
    shows_name: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """Chose to stand in the minutes by name (behaviour 23)."""
    source: Mapped[AttendanceSource] = mapped_column(enum_type(AttendanceSource))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))


class MeetingPhoto(Timestamped, Base):
    """A picture of a meeting, with words for who cannot see it."""

    __tablename__ = "meeting_photo"
    __table_args__ = (CheckConstraint("length(trim(alt_text)) > 0", name="has_alt_text"),)

    id: Mapped[Id]
    meeting_id: Mapped[int] = mapped_column(ForeignKey(Meeting.id), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    alt_text: Mapped[str] = mapped_column(String(LONGEST_ALT))
    added_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


register_constraints(
    {
        "ck_laboratory_meeting_has_title": (_l("Write a title."), "title"),
        "ck_laboratory_meeting_ends_after_start": (
            _l("A meeting ends after it starts: mend one of the two."),
            "ends_time",
        ),
        "ck_laboratory_meeting_ends_within_a_day": (
            _l("A meeting lasts at most 24 hours: make two of it."),
            "ends_time",
        ),
        "ck_laboratory_meeting_has_places": (
            _l("Write at least one place, or leave the places empty."),
            "capacity",
        ),
        "ck_laboratory_meeting_places_not_exceeded": (
            _l("The last place has just been taken: look at the meeting again."),
            None,
        ),
        "ck_laboratory_meeting_waiting_list_not_exceeded": (
            _l("The waiting list has just filled up: look at the meeting again."),
            None,
        ),
        "ck_laboratory_meeting_closes_before_start": (
            _l("People register until the meeting starts at the latest."),
            "closes_at",
        ),
        "ck_laboratory_meeting_opens_before_it_closes": (
            _l("People register from a moment before they no longer can."),
            "opens_at",
        ),
        "ck_laboratory_meeting_published_minutes_have_text": (
            _l("Write the minutes before you publish them."),
            "minutes",
        ),
        "uq_laboratory_meeting_created_by_id_form_key": (
            _l("This meeting has been saved already."),
            None,
        ),
        "uq_meeting_sign_up_held": (_l("You are already registered for this meeting."), None),
        "uq_meeting_attendee_user": (_l("This person is in the list already."), None),
        "uq_meeting_attendee_name": (_l("This person is in the list already."), "full_name"),
        "ck_meeting_photo_has_alt_text": (
            _l("Say what the picture shows, for who cannot see it."),
            "alt_text",
        ),
    }
)
