"""Shifts, the weekly series they come from, and who takes part.

How many people a shift has is counted by the database itself: a trigger on `sign_up` keeps
`shift.confirmed_count`, `offered_count` and `waiting_count` (migrations 0006 and 0021), nobody
else can write them, and CHECKs refuse one more than there are places, whatever the code above
does.
"""

from datetime import date, time

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.sign_ups import SignUpState
from portal.volunteering.models.projects import LARGEST_GROUP, VolunteeringProject
from portal.volunteering.states import Answer, Presence, PresenceSource, ShiftState, Weekday

LONGEST_SERIES_DAYS = 366


class ShiftSeries(Timestamped, Base):
    """A weekly template from which shifts were made, with the days left out.

    Times are those of the city's clocks; an end before the start is on the day after.
    """

    __tablename__ = "shift_series"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="ends_after_start"),
        CheckConstraint(f"until_on - from_on <= {LONGEST_SERIES_DAYS}", name="is_a_year_at_most"),
        CheckConstraint("starts_time <> ends_time", name="takes_time"),
        CheckConstraint("capacity > 0", name="has_places"),
        CheckConstraint("waiting_capacity >= 0", name="waiting_capacity_not_negative"),
        CheckConstraint("opens_days_before > 0", name="opens_before"),
        CheckConstraint("closes_hours_before >= 0", name="closes_before_start"),
        CheckConstraint(
            "cardinality(weekdays) > 0 AND weekdays <@ ARRAY["
            + ", ".join(f"'{day}'" for day in Weekday)
            + "]::varchar[]",
            name="weekdays_are_known",
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    weekdays: Mapped[list[str]] = mapped_column(ARRAY(String(3)))
    starts_time: Mapped[time]
    ends_time: Mapped[time]
    from_on: Mapped[date]
    until_on: Mapped[date]
    days_left_out: Mapped[list[date]] = mapped_column(
        ARRAY(Date), default=list, server_default=text("'{}'")
    )
    capacity: Mapped[int]
    waiting_capacity: Mapped[int]
    opens_days_before: Mapped[int | None]
    """Days before each shift from which places can be taken; None: at once."""
    closes_hours_before: Mapped[int] = mapped_column(server_default=text("0"))
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    undone_at: Mapped[UtcTime | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    project: Mapped[VolunteeringProject] = relationship()


class Shift(Timestamped, Base):
    """A project at a certain time, with a certain number of places."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("ends_at <= starts_at + interval '24 hours'", name="ends_within_a_day"),
        CheckConstraint("capacity > 0", name="has_places"),
        CheckConstraint("waiting_capacity >= 0", name="waiting_capacity_not_negative"),
        CheckConstraint(
            "confirmed_count >= 0 AND offered_count >= 0"
            " AND confirmed_count + offered_count <= capacity",
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
        CheckConstraint("(series_id IS NULL) = (occurs_on IS NULL)", name="series_says_which_day"),
        # The list of what is to come, soonest first.
        Index(
            "ix_shift_open_starts_at", "starts_at", "id", postgresql_where=text("state = 'open'")
        ),
        # A series makes one shift a day, however often it is run.
        Index("uq_shift_series_occurs_on", "series_id", "occurs_on", unique=True),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    series_id: Mapped[int | None] = mapped_column(ForeignKey(ShiftSeries.id))
    occurs_on: Mapped[date | None]
    """The day of the series it was made for, wherever it was moved since."""
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    state: Mapped[ShiftState] = mapped_column(enum_type(ShiftState), default=ShiftState.OPEN)
    cancelled_reason: Mapped[str | None] = mapped_column(String(500))
    capacity: Mapped[int]
    waiting_capacity: Mapped[int]
    confirmed_count: Mapped[int] = mapped_column(server_default=text("0"))
    offered_count: Mapped[int] = mapped_column(server_default=text("0"))
    waiting_count: Mapped[int] = mapped_column(server_default=text("0"))
    opens_at: Mapped[UtcTime | None]
    """From when places can be taken; None: from the beginning."""
    closes_at: Mapped[UtcTime]
    """Until when places can be taken."""
    place_name: Mapped[str | None] = mapped_column(String(150))
    """Where, if not where the project usually is."""
    address: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str | None] = mapped_column(String(300))
    """What is different this time."""
    called_at: Mapped[UtcTime | None]
    """When suitable people were asked to help out, once."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    project: Mapped[VolunteeringProject] = relationship()


class SignUp(Timestamped, Base):
    """A person, or a group with its contact, in a shift. The waiting list goes by `id`."""

    __tablename__ = "sign_up"
    __table_args__ = (
        CheckConstraint(
            "(state IN ('left', 'lapsed')) = (left_at IS NOT NULL)", name="left_has_time"
        ),
        CheckConstraint(
            "(state = 'offered') = (offer_until_at IS NOT NULL)", name="offer_has_an_end"
        ),
        CheckConstraint(
            f"people BETWEEN 1 AND {LARGEST_GROUP} AND (people = 1 OR group_name IS NOT NULL)",
            name="group_has_name",
        ),
        CheckConstraint("(answer IS NULL) = (answered_at IS NULL)", name="answer_has_time"),
        CheckConstraint(
            "(presence IS NULL) = (presence_at IS NULL)"
            " AND (presence IS NULL) = (presence_source IS NULL)",
            name="presence_has_time",
        ),
        CheckConstraint("presence IS NULL OR state = 'confirmed'", name="presence_is_of_confirmed"),
        CheckConstraint(
            "present_people IS NULL"
            " OR (present_people BETWEEN 1 AND people AND (presence = 'present') IS TRUE)",
            name="present_people_are_of_group",
        ),
        # The same person once a shift; who has left may come back, at the end of the list.
        Index(
            "uq_sign_up_held_shift_user",
            "shift_id",
            "user_id",
            unique=True,
            postgresql_where=text("state NOT IN ('left', 'lapsed')"),
        ),
        Index("ix_sign_up_waiting", "shift_id", "id", postgresql_where=text("state = 'waiting'")),
        Index("ix_sign_up_offered", "offer_until_at", postgresql_where=text("state = 'offered'")),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey(Shift.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[SignUpState] = mapped_column(enum_type(SignUpState))
    people: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    """How many places it takes."""
    group_name: Mapped[str | None] = mapped_column(String(120))
    """A class, a family, a company; `user` is its contact."""
    group_members: Mapped[str | None] = mapped_column(String(8000))
    """Names of who comes, one a line, for the tutor and the insurance."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """The clerk who did it at the counter; None: the person."""
    offer_until_at: Mapped[UtcTime | None]
    left_at: Mapped[UtcTime | None]
    has_left_late: Mapped[bool] = mapped_column(server_default=text("false"), default=False)
    """Left after the deadline: the tutor was told, and nobody was offered the place."""
    asked_at: Mapped[UtcTime | None]
    """When "ci sei?" was sent."""
    answer: Mapped[Answer | None] = mapped_column(enum_type(Answer))
    answered_at: Mapped[UtcTime | None]
    presence: Mapped[Presence | None] = mapped_column(enum_type(Presence))
    presence_source: Mapped[PresenceSource | None] = mapped_column(enum_type(PresenceSource))
    presence_at: Mapped[UtcTime | None]
    presence_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    present_people: Mapped[int | None]
    """How many of a group came; None: all of them."""
    shift: Mapped[Shift] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class WalkIn(Timestamped, Base):
    """Somebody who came without a place: an occasional volunteer of that day."""

    __tablename__ = "walk_in"
    __table_args__ = (
        CheckConstraint("length(trim(full_name)) > 0", name="has_name"),
        CheckConstraint("tax_code ~ '^[A-Z0-9]{16}$'", name="tax_code_has_shape"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes_are_of_a_day"),
        # The same person once, however often the phone sends it.
        Index(
            "uq_walk_in_shift_name_contact",
            "shift_id",
            text("lower(full_name)"),
            text("coalesce(lower(contact), '')"),
            unique=True,
        ),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey(Shift.id), index=True)
    full_name: Mapped[str] = mapped_column(String(150))
    contact: Mapped[str | None] = mapped_column(String(200))
    """Telephone or e-mail address."""
    tax_code: Mapped[str | None] = mapped_column(String(16))
    born_on: Mapped[date | None]
    birth_place: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(250))
    minutes: Mapped[int | None]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    shift: Mapped[Shift] = relationship()


register_constraints(
    {
        "ck_shift_places_not_exceeded": (
            _l("The last place has just been taken: look at the shift again."),
            None,
        ),
        "ck_shift_waiting_list_not_exceeded": (
            _l("The waiting list has just filled up: look at the shift again."),
            None,
        ),
        "uq_sign_up_held_shift_user": (_l("You are already signed up for this shift."), None),
        "ck_shift_ends_after_start": (
            _l("A shift ends after it starts: mend one of the two."),
            "ends_at",
        ),
        "ck_shift_ends_within_a_day": (
            _l("A shift lasts at most 24 hours: make two of it."),
            "ends_at",
        ),
        "ck_shift_has_places": (_l("A shift has at least one place."), "capacity"),
        "ck_shift_closes_before_start": (
            _l("Places can be taken until the shift starts at the latest."),
            "closes_at",
        ),
        "ck_shift_opens_before_it_closes": (
            _l("Places can be taken from a moment before they no longer can."),
            "opens_at",
        ),
        "ck_shift_series_ends_after_start": (
            _l("The series ends before it starts: mend one of the two days."),
            "until_on",
        ),
        "ck_shift_series_is_a_year_at_most": (
            _l("A series lasts a year at most: make another one for later."),
            "until_on",
        ),
        "ck_shift_series_takes_time": (
            _l("The shift starts and ends at the same time: mend one of the two."),
            "ends_time",
        ),
        "ck_shift_series_has_places": (_l("A shift has at least one place."), "capacity"),
        "uq_walk_in_shift_name_contact": (
            _l("This person is in the list already."),
            "full_name",
        ),
    }
)
