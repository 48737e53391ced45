"""Enrolment, guardians, interviews, the register of volunteers, insurance."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.volunteering.models.projects import known_values
from portal.volunteering.states import (
    BookingState,
    Citizenship,
    DayPart,
    EnrolmentState,
    GuardianState,
    InterviewOutcome,
    RegisterKind,
    RegisterSection,
    Residence,
    Skill,
    SlotState,
    TimePreference,
    Weekday,
)

AVAILABILITY_SLOTS = tuple(f"{day}-{part}" for day in Weekday for part in DayPart)
"""Every part of every day, `mon-mattina` to `sun-sera`."""


class Enrolment(Timestamped, Base):
    """A person's request to be entered in the register of volunteers, one a person.

    Of what was shown to the office only "valid until, seen by" is kept, never the paper.
    """

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
        CheckConstraint("tax_code ~ '^[A-Z0-9]{16}$'", name="tax_code_has_shape"),
        CheckConstraint("(state = 'left') = (left_on IS NOT NULL)", name="left_has_day"),
        CheckConstraint(
            "(fitness_until IS NULL) = (fitness_seen_by_id IS NULL)", name="fitness_was_seen"
        ),
        CheckConstraint(
            "(permit_until IS NULL) = (permit_seen_by_id IS NULL)", name="permit_was_seen"
        ),
        CheckConstraint(
            "availability <@ ARRAY["
            + ", ".join(f"'{slot}'" for slot in AVAILABILITY_SLOTS)
            + "]::varchar[]",
            name="availability_is_known",
        ),
        CheckConstraint("skills <@ " + known_values(Skill), name="skills_are_known"),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    state: Mapped[EnrolmentState] = mapped_column(
        enum_type(EnrolmentState), default=EnrolmentState.DRAFT
    )
    full_name: Mapped[str | None] = mapped_column(String(150))
    """As in the identity card; the account's name may be shorter."""
    tax_code: Mapped[str | None] = mapped_column(String(16))
    born_on: Mapped[date | None]
    birth_place: Mapped[str | None] = mapped_column(String(100))
    """Where there is no tax code (D.M. 6 October 2021, art. 3)."""
    address: Mapped[str | None] = mapped_column(String(250))
    """Residence or domicile."""
    phone: Mapped[str | None] = mapped_column(String(30))
    residence: Mapped[Residence | None] = mapped_column(enum_type(Residence))
    citizenship: Mapped[Citizenship | None] = mapped_column(enum_type(Citizenship))
    works_for_municipality: Mapped[bool | None]
    availability: Mapped[list[str]] = mapped_column(ARRAY(String(20)), default=list)
    can_start_on: Mapped[date | None]
    time_preference: Mapped[TimePreference | None] = mapped_column(enum_type(TimePreference))
    skills: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), default=list, server_default=text("'{}'")
    )
    motivation: Mapped[str | None] = mapped_column(String(3000))
    permit_until: Mapped[date | None]
    permit_seen_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    fitness_until: Mapped[date | None]
    fitness_seen_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    interviewed_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    """What the office wrote when it returned or refused the request."""
    submitted_at: Mapped[UtcTime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """The clerk who filled it in at the counter; None: the person."""
    left_on: Mapped[date | None]
    wants_calls: Mapped[bool] = mapped_column(server_default=text("true"), default=True)
    """Whether the person may be asked when a shift lacks people."""
    user: Mapped[User] = relationship(foreign_keys=[user_id])


class GuardianAuthorisation(Timestamped, Base):
    """The authorisation of who holds parental responsibility for a minor."""

    __tablename__ = "guardian_authorisation"
    __table_args__ = (
        CheckConstraint("(state = 'asked') = (answered_at IS NULL)", name="answered_has_time"),
        CheckConstraint("email IS NOT NULL OR recorded_by_id IS NOT NULL", name="can_be_reached"),
        Index(
            "uq_guardian_authorisation_current",
            "enrolment_id",
            unique=True,
            postgresql_where=text("state IN ('asked', 'given')"),
        ),
    )

    id: Mapped[Id]
    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id), index=True)
    state: Mapped[GuardianState] = mapped_column(
        enum_type(GuardianState), default=GuardianState.ASKED
    )
    full_name: Mapped[str] = mapped_column(String(150))
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(30))
    answered_at: Mapped[UtcTime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """The clerk who has the signed paper; None: answered by the link."""
    enrolment: Mapped[Enrolment] = relationship()


class InterviewSlot(Timestamped, Base):
    """A time at which somebody of the office talks with a person who wants to enrol."""

    __tablename__ = "interview_slot"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("length(trim(place_name)) > 0", name="has_place"),
        ExcludeConstraint(
            ("interviewer_id", "="),
            (func.tstzrange(text("starts_at"), text("ends_at")), "&&"),
            where=text("state = 'open'"),
            using="gist",
            name="ex_interview_slot_interviewer_once",
        ),
        Index("ix_interview_slot_open", "starts_at", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[Id]
    interviewer_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    place_name: Mapped[str] = mapped_column(String(150))
    address: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[SlotState] = mapped_column(enum_type(SlotState), default=SlotState.OPEN)
    interviewer: Mapped[User] = relationship()


class InterviewBooking(Timestamped, Base):
    """A person's appointment in a slot."""

    __tablename__ = "interview_booking"
    __table_args__ = (
        Index(
            "uq_interview_booking_slot",
            "slot_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index(
            "uq_interview_booking_enrolment",
            "enrolment_id",
            unique=True,
            postgresql_where=text("state = 'booked'"),
        ),
        CheckConstraint("(state = 'held') = (outcome IS NOT NULL)", name="held_has_outcome"),
    )

    id: Mapped[Id]
    slot_id: Mapped[int] = mapped_column(ForeignKey(InterviewSlot.id))
    enrolment_id: Mapped[int] = mapped_column(ForeignKey(Enrolment.id), index=True)
    state: Mapped[BookingState] = mapped_column(
        enum_type(BookingState), default=BookingState.BOOKED
    )
    reminded_at: Mapped[UtcTime | None]
    outcome: Mapped[InterviewOutcome | None] = mapped_column(enum_type(InterviewOutcome))
    note: Mapped[str | None] = mapped_column(Text)
    """What the office keeps of the talk; for the office alone, and nothing about health."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    slot: Mapped[InterviewSlot] = relationship()
    enrolment: Mapped[Enrolment] = relationship()


class RegisterEntry(Base):
    """A line of the register of volunteers, written once (D.M. 6 October 2021, art. 3).

    Triggers refuse UPDATE, DELETE and TRUNCATE whoever asks; a correction is a new line.
    """

    __tablename__ = "register_entry"
    __table_args__ = (
        CheckConstraint("length(trim(full_name)) > 0", name="has_name"),
        CheckConstraint(
            "tax_code IS NOT NULL OR (born_on IS NOT NULL AND birth_place IS NOT NULL)",
            name="says_who",
        ),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("kind <> 'exit' OR ends_on IS NOT NULL", name="exit_has_day"),
        CheckConstraint(
            "section <> 'occasional' OR ends_on IS NOT NULL", name="occasional_has_end"
        ),
        CheckConstraint(
            "kind = 'entry' OR coalesce(length(trim(reason)), 0) > 0", name="change_says_why"
        ),
        CheckConstraint("number > 0", name="number_is_positive"),
        Index(
            "uq_register_entry_section_number",
            "section",
            "number",
            unique=True,
            postgresql_where=text("kind = 'entry'"),
        ),
        Index("ix_register_entry_section_number_id", "section", "number", "id"),
    )

    id: Mapped[Id]
    section: Mapped[RegisterSection] = mapped_column(enum_type(RegisterSection))
    number: Mapped[int]
    """Of the person in the section; corrections and the exit carry the entry's."""
    kind: Mapped[RegisterKind] = mapped_column(enum_type(RegisterKind))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    full_name: Mapped[str] = mapped_column(String(150))
    tax_code: Mapped[str | None] = mapped_column(String(16))
    born_on: Mapped[date | None]
    birth_place: Mapped[str | None] = mapped_column(String(100))
    address: Mapped[str | None] = mapped_column(String(250))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    reason: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[UtcTime] = mapped_column(server_default=func.now())
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    recorded_by_name: Mapped[str] = mapped_column(String(200))


class InsurancePolicy(Timestamped, Base):
    """A policy that covers volunteers: accident, illness, liability (art. 18 D.Lgs. 117/2017)."""

    __tablename__ = "insurance_policy"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("length(trim(insurer)) > 0", name="has_insurer"),
    )

    id: Mapped[Id]
    insurer: Mapped[str] = mapped_column(String(150))
    number: Mapped[str] = mapped_column(String(60), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]


class InsurancePeriod(Timestamped, Base):
    """Days on which a person of the register is covered, both ends included."""

    __tablename__ = "insurance_period"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        ExcludeConstraint(
            ("user_id", "="),
            (func.daterange(text("starts_on"), text("ends_on"), text("'[]'")), "&&"),
            using="gist",
            name="ex_insurance_period_person_once",
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    policy_id: Mapped[int] = mapped_column(ForeignKey(InsurancePolicy.id), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    policy: Mapped[InsurancePolicy] = relationship()


register_constraints(
    {
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
        "ck_enrolment_tax_code_has_shape": (
            _l("A tax code has 16 letters and figures: check it."),
            "tax_code",
        ),
        "uq_guardian_authorisation_current": (
            _l("An authorisation is already asked for, or given."),
            None,
        ),
        "ex_interview_slot_interviewer_once": (
            _l("You already have a slot at that time: choose another one."),
            "starts_at",
        ),
        "uq_interview_booking_slot": (
            _l("Somebody has just booked this time: choose another one."),
            "slot",
        ),
        "uq_interview_booking_enrolment": (
            _l("You already have an appointment: move it instead."),
            "slot",
        ),
        "ck_interview_slot_ends_after_start": (
            _l("The talk ends before it starts: mend one of the two."),
            "ends_at",
        ),
        "ck_register_entry_says_who": (
            _l("The register asks for the tax code, or for day and place of birth."),
            "tax_code",
        ),
        "uq_insurance_policy_number": (_l("There is a policy with this number."), "number"),
        "ck_insurance_policy_ends_after_start": (
            _l("The policy ends before it starts: mend one of the two days."),
            "ends_on",
        ),
        "ex_insurance_period_person_once": (
            _l("This person is covered on some of those days already."),
            "starts_on",
        ),
    }
)
