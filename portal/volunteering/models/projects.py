"""Programmes with their rules, projects, and who looks after them."""

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.person_names import PersonName
from portal.places.models import Place
from portal.registry.models import Association
from portal.territory.models import District
from portal.volunteering.states import (
    ApplicationState,
    ProjectCheckKind,
    ProjectState,
    ResidenceRule,
    Sector,
    Skill,
    TimeKind,
)

LARGEST_GROUP = 100

SEARCH_DOCUMENT = (
    "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\")"
    " || setweight(to_tsvector('it'::regconfig, (((((summary)::text || ' '::text)"
    " || (place_name)::text) || ' '::text)"
    " || (COALESCE(partner_name, ''::character varying))::text)), 'B'::\"char\"))"
)
"""What a search reads, as PostgreSQL writes it back (or every comparison finds a difference)."""


def known_values(values: type[Skill]) -> str:
    """Return the SQL array that a column of many choices may hold."""
    return "ARRAY[" + ", ".join(f"'{value}'" for value in values) + "]::varchar[]"


class Programme(Timestamped, Base):
    """A programme of the municipality, such as R+, with the rules of its projects.

    The rules are data: ages, residence, what has to be seen. A project may override each.
    """

    __tablename__ = "programme"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint("youngest_age BETWEEN 0 AND 120", name="youngest_age_is_plausible"),
        CheckConstraint("oldest_age >= youngest_age", name="oldest_is_not_younger"),
        CheckConstraint("fitness_from_age > 0", name="fitness_age_is_positive"),
        CheckConstraint("points_per_hour >= 0", name="points_not_negative"),
        CheckConstraint("offer_hours BETWEEN 1 AND 168", name="offer_hours_are_plausible"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    summary: Mapped[str] = mapped_column(String(300), server_default=text("''"))
    requires_enrolment: Mapped[bool]
    """Whether its projects are only for people in the register of volunteers."""
    youngest_age: Mapped[int] = mapped_column(server_default=text("0"))
    """Years, included; 0: any age."""
    oldest_age: Mapped[int | None]
    """Years, included; None: any age."""
    requires_guardian: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether who is under 18 needs the authorisation of who holds parental responsibility."""
    fitness_from_age: Mapped[int | None]
    """Years from which a certificate of fitness has to be seen every year; None: never."""
    residence_rule: Mapped[ResidenceRule] = mapped_column(
        enum_type(ResidenceRule), server_default=ResidenceRule.ANYWHERE
    )
    requires_permit: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether who comes from outside the European Union shows a valid residence permit."""
    requires_interview: Mapped[bool] = mapped_column(server_default=text("false"))
    requires_training: Mapped[bool] = mapped_column(server_default=text("false"))
    requires_insurance: Mapped[bool] = mapped_column(server_default=text("false"))
    refuses_employees: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether who works for the municipality is refused (rules of April 2019)."""
    points_per_hour: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default=text("0"))
    """Points of the youth card for each verified hour; 0: none."""
    offer_hours: Mapped[int] = mapped_column(server_default=text("24"))
    """Hours in which a place that is offered is to be taken; fewer near the start."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Raised by every change, so that nobody overwrites rules they have not seen."""


class VolunteeringProject(Timestamped, Base):
    """Something the city does with volunteers, in shifts or when people can.

    A rule that is None is as its programme says.
    """

    __tablename__ = "volunteering_project"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "time_kind <> 'flexible' OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
            name="flexible_has_period",
        ),
        CheckConstraint("youngest_age BETWEEN 0 AND 120", name="youngest_age_is_plausible"),
        CheckConstraint("people_wanted > 0", name="wants_people"),
        CheckConstraint(f"group_cap BETWEEN 2 AND {LARGEST_GROUP}", name="group_cap_is_plausible"),
        CheckConstraint("leave_until_hours BETWEEN 0 AND 336", name="leave_until_is_plausible"),
        CheckConstraint("skills <@ " + known_values(Skill), name="skills_are_known"),
        CheckConstraint("(state = 'closed') = (closed_reason IS NOT NULL)", name="closed_says_why"),
        Index("ix_volunteering_project_search", "search_document", postgresql_using="gin"),
    )

    id: Mapped[Id]
    programme_id: Mapped[int] = mapped_column(ForeignKey(Programme.id), index=True)
    slug: Mapped[str] = mapped_column(String(100), unique=True)
    state: Mapped[ProjectState] = mapped_column(
        enum_type(ProjectState), server_default=ProjectState.PUBLISHED
    )
    title: Mapped[str] = mapped_column(String(150))
    summary: Mapped[str] = mapped_column(String(300))
    description: Mapped[str] = mapped_column(Text)
    tasks: Mapped[str | None] = mapped_column(String(2000))
    """What people will do, one thing a line."""
    you_learn: Mapped[str | None] = mapped_column(String(1000))
    what_to_bring: Mapped[str | None] = mapped_column(String(500))
    sector: Mapped[Sector] = mapped_column(enum_type(Sector))
    skills: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), default=list, server_default=text("'{}'")
    )
    """Values of `Skill` that help; nobody is refused for lacking one."""
    time_kind: Mapped[TimeKind] = mapped_column(enum_type(TimeKind), server_default=TimeKind.SHIFTS)
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    people_wanted: Mapped[int | None]
    """How many a project without shifts looks for; None: whoever comes."""
    district_id: Mapped[int] = mapped_column(ForeignKey(District.id), index=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey(Place.id), index=True)
    place_name: Mapped[str] = mapped_column(String(150))
    address: Mapped[str | None] = mapped_column(String(200))
    tutor_name: Mapped[str] = mapped_column(PersonName(120))
    """How the tutor is presented to who takes part; who may act stands in `project_tutor`."""
    partner_name: Mapped[str | None] = mapped_column(String(200))
    """The association it is done with, as people know it."""
    partner_association_id: Mapped[int | None] = mapped_column(
        ForeignKey(Association.id), index=True
    )
    """The same, where the registry knows it."""
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    """Who handed it in for the partner association; None: a project of the office."""
    answer_reason: Mapped[str | None] = mapped_column(Text)
    """What the office wrote when it returned or refused the proposal."""
    closed_reason: Mapped[str | None] = mapped_column(String(500))
    group_cap: Mapped[int | None]
    """How many people may come as one group; None: one by one."""
    leave_until_hours: Mapped[int] = mapped_column(server_default=text("24"))
    """Hours before a shift until which a place left is free for others; later the tutor is told."""
    requires_enrolment: Mapped[bool | None]
    youngest_age: Mapped[int | None]
    oldest_age: Mapped[int | None]
    requires_guardian: Mapped[bool | None]
    fitness_from_age: Mapped[int | None]
    residence_rule: Mapped[ResidenceRule | None] = mapped_column(enum_type(ResidenceRule))
    requires_permit: Mapped[bool | None]
    requires_interview: Mapped[bool | None]
    requires_training: Mapped[bool | None]
    requires_insurance: Mapped[bool | None]
    refuses_employees: Mapped[bool | None]
    requires_record_check: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether a criminal-record certificate is to be seen (work with minors)."""
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Raised by every change, so that nobody overwrites what they have not seen."""
    search_document: Mapped[str] = mapped_column(
        TSVECTOR, Computed(SEARCH_DOCUMENT, persisted=True), deferred=True
    )
    programme: Mapped[Programme] = relationship()
    district: Mapped[District] = relationship()


class ProjectDistrict(Base):
    """A further district that a project is for, besides that of its place."""

    __tablename__ = "project_district"

    project_id: Mapped[int] = mapped_column(
        ForeignKey(VolunteeringProject.id, ondelete="CASCADE"), primary_key=True
    )
    district_id: Mapped[int] = mapped_column(ForeignKey(District.id), primary_key=True)


class ProjectTutor(Timestamped, Base):
    """A person who looks after a project and its volunteers."""

    __tablename__ = "project_tutor"
    __table_args__ = (UniqueConstraint("project_id", "user_id"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id, ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    user: Mapped[User] = relationship()


class ProjectCheck(Timestamped, Base):
    """Something that somebody has seen of a person for a project: done or shown, nothing more."""

    __tablename__ = "project_check"
    __table_args__ = (UniqueConstraint("project_id", "user_id", "kind"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    kind: Mapped[ProjectCheckKind] = mapped_column(enum_type(ProjectCheckKind))
    seen_on: Mapped[date]
    seen_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class ProjectApplication(Timestamped, Base):
    """A person's wish to join a project without shifts, and the tutor's answer."""

    __tablename__ = "project_application"
    __table_args__ = (
        Index(
            "uq_project_application_live_project_user",
            "project_id",
            "user_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'accepted')"),
        ),
        CheckConstraint(
            "state NOT IN ('accepted', 'refused') OR answered_at IS NOT NULL",
            name="answered_has_time",
        ),
        CheckConstraint("state <> 'refused' OR reason IS NOT NULL", name="refused_says_why"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    state: Mapped[ApplicationState] = mapped_column(
        enum_type(ApplicationState), default=ApplicationState.SUBMITTED
    )
    message: Mapped[str | None] = mapped_column(String(3000))
    reason: Mapped[str | None] = mapped_column(String(1000))
    answered_at: Mapped[UtcTime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    project: Mapped[VolunteeringProject] = relationship()
    user: Mapped[User] = relationship(foreign_keys=[user_id])


register_constraints(
    {
        "uq_volunteering_project_slug": (_l("Another project has this address."), "slug"),
        "uq_programme_slug": (_l("Another programme has this name."), "name"),
        "ck_programme_oldest_is_not_younger": (
            _l("The oldest age is below the youngest: mend one of the two."),
            "oldest_age",
        ),
        "ck_volunteering_project_ends_after_start": (
            _l("The project ends before it starts: mend one of the two days."),
            "ends_on",
        ),
        "ck_volunteering_project_flexible_has_period": (
            _l("Say from when to when people can come: both days are needed."),
            "starts_on",
        ),
        "uq_project_application_live_project_user": (
            _l("You have already asked to join this project."),
            None,
        ),
        "uq_project_tutor_project_id_user_id": (
            _l("This person is a tutor of the project already."),
            "email",
        ),
    }
)
