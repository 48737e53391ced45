"""Programmes, projects, shifts, sign-ups, enrolments.

How many people a shift has is counted by the database itself: a trigger on `sign_up` keeps
`shift.confirmed_count` and `shift.waiting_count` (migration 0006), nobody else can write them,
and CHECKs refuse one more than there are places, whatever the code above does.
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.registry.models import Association
from portal.territory.models import District
from portal.volunteering.states import (
    DayPart,
    EnrolmentState,
    Residence,
    Sector,
    ShiftState,
    SignUpState,
    Weekday,
)

AVAILABILITY_SLOTS = tuple(f"{day}-{part}" for day in Weekday for part in DayPart)
"""Every part of every day, `mon-mattina` to `sun-sera`."""

SEARCH_DOCUMENT = (
    "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\")"
    " || setweight(to_tsvector('it'::regconfig, (((((summary)::text || ' '::text)"
    " || (place_name)::text) || ' '::text)"
    " || (COALESCE(partner_name, ''::character varying))::text)), 'B'::\"char\"))"
)
"""What a search reads, as PostgreSQL writes it back (or every comparison finds a difference)."""


class Programme(Timestamped, Base):
    """A programme of the municipality, such as R+, with the rules of its projects."""

    __tablename__ = "programme"
    __table_args__ = (CheckConstraint("length(trim(name)) > 0", name="has_name"),)

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    requires_enrolment: Mapped[bool]
    """Whether its projects are only for people in the register of volunteers."""


class VolunteeringProject(Timestamped, Base):
    """Something the city does with volunteers, in shifts."""

    __tablename__ = "volunteering_project"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        Index("ix_volunteering_project_search", "search_document", postgresql_using="gin"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey(Programme.id), index=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    what_to_bring: Mapped[str | None] = mapped_column(String(500))
    sector: Mapped[Sector] = mapped_column(enum_type(Sector))
    district_id: Mapped[int] = mapped_column(ForeignKey(District.id), index=True)
    place_name: Mapped[str] = mapped_column(String(150))
    address: Mapped[str | None] = mapped_column(String(200))
    tutor_name: Mapped[str] = mapped_column(String(120))
    partner_name: Mapped[str | None] = mapped_column(String(200))
    """The association it is done with, as people know it."""
    partner_association_id: Mapped[int | None] = mapped_column(
        ForeignKey(Association.id), index=True
    )
    """The same, where the registry knows it."""
    requires_enrolment: Mapped[bool | None]
    """None: as its programme says."""
    search_document: Mapped[str] = mapped_column(
        TSVECTOR, Computed(SEARCH_DOCUMENT, persisted=True), deferred=True
    )
    programme: Mapped[Programme] = relationship()
    district: Mapped[District] = relationship()


class Shift(Timestamped, Base):
    """A project at a certain time, with a certain number of places."""

    __tablename__ = "shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("capacity > 0", name="has_places"),
        CheckConstraint("waiting_capacity >= 0", name="waiting_capacity_not_negative"),
        CheckConstraint("confirmed_count BETWEEN 0 AND capacity", name="places_not_exceeded"),
        CheckConstraint(
            "waiting_count BETWEEN 0 AND waiting_capacity", name="waiting_list_not_exceeded"
        ),
        CheckConstraint("closes_at <= starts_at", name="closes_before_start"),
        CheckConstraint("opens_at IS NULL OR opens_at < closes_at", name="opens_before_it_closes"),
        # The list of what is to come, soonest first.
        Index(
            "ix_shift_open_starts_at", "starts_at", "id", postgresql_where=text("state = 'open'")
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    state: Mapped[ShiftState] = mapped_column(enum_type(ShiftState), default=ShiftState.OPEN)
    capacity: Mapped[int]
    waiting_capacity: Mapped[int]
    confirmed_count: Mapped[int] = mapped_column(server_default=text("0"))
    waiting_count: Mapped[int] = mapped_column(server_default=text("0"))
    opens_at: Mapped[UtcTime | None]
    """From when places can be taken; None: from the beginning."""
    closes_at: Mapped[UtcTime]
    """Until when places can be taken."""
    project: Mapped[VolunteeringProject] = relationship()


class SignUp(Timestamped, Base):
    """A person in a shift. The waiting list is in the order of `id`."""

    __tablename__ = "sign_up"
    __table_args__ = (
        CheckConstraint("(state = 'left') = (left_at IS NOT NULL)", name="left_has_time"),
        # The same person once a shift; who has left may come back, at the end of the list.
        Index(
            "uq_sign_up_held_shift_user",
            "shift_id",
            "user_id",
            unique=True,
            postgresql_where=text("state <> 'left'"),
        ),
        Index("ix_sign_up_waiting", "shift_id", "id", postgresql_where=text("state = 'waiting'")),
    )

    id: Mapped[Id]
    shift_id: Mapped[int] = mapped_column(ForeignKey(Shift.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[SignUpState] = mapped_column(enum_type(SignUpState))
    left_at: Mapped[UtcTime | None]
    shift: Mapped[Shift] = relationship()
    user: Mapped[User] = relationship()


class Enrolment(Timestamped, Base):
    """A person's request to be entered in the register of volunteers, one a person."""

    __tablename__ = "enrolment"
    __table_args__ = (
        UniqueConstraint("user_id"),
        CheckConstraint(
            "state = 'draft' OR (born_on IS NOT NULL AND phone IS NOT NULL"
            " AND residence IS NOT NULL AND cardinality(availability) > 0)",
            name="handed_in_is_complete",
        ),
        CheckConstraint(
            "(state IN ('returned', 'refused')) = (reason IS NOT NULL)", name="reason_is_said"
        ),
        CheckConstraint("state = 'draft' OR submitted_at IS NOT NULL", name="handed_in_has_time"),
        CheckConstraint("born_on > DATE '1900-01-01'", name="birth_is_plausible"),
        CheckConstraint(
            "availability <@ ARRAY["
            + ", ".join(f"'{slot}'" for slot in AVAILABILITY_SLOTS)
            + "]::varchar[]",
            name="availability_is_known",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    state: Mapped[EnrolmentState] = mapped_column(
        enum_type(EnrolmentState), default=EnrolmentState.DRAFT
    )
    born_on: Mapped[date | None]
    phone: Mapped[str | None] = mapped_column(String(30))
    residence: Mapped[Residence | None] = mapped_column(enum_type(Residence))
    availability: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    motivation: Mapped[str | None] = mapped_column(String(3000))
    reason: Mapped[str | None] = mapped_column(Text)
    """What the office wrote when it returned or refused the request."""
    submitted_at: Mapped[UtcTime | None]
    user: Mapped[User] = relationship()


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
        "ck_shift_has_places": (_l("A shift has at least one place."), "capacity"),
        "ck_shift_closes_before_start": (
            _l("Places can be taken until the shift starts at the latest."),
            "closes_at",
        ),
        "ck_shift_opens_before_it_closes": (
            _l("Places can be taken from a moment before they no longer can."),
            "opens_at",
        ),
        "uq_volunteering_project_slug": (_l("Another project has this address."), "slug"),
        "uq_enrolment_user_id": (
            _l("Your request is already open in another window: reload the page."),
            None,
        ),
        "ck_enrolment_handed_in_is_complete": (
            _l("Something is still missing: fill in the steps before sending."),
            None,
        ),
        "ck_enrolment_birth_is_plausible": (
            _l("Check the year of birth: it is too far back."),
            "born_on",
        ),
    }
)
