"""What happens in a place, and at which times; how many came is a number, never names."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.places.models.places import Place
from portal.places.states import InitiativeState, OccurrenceState
from portal.registry.models import Association

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_DESCRIPTION = 150, 300, 5_000
LONGEST_DETAIL, LONGEST_REASON = 200, 500
MOST_PEOPLE = 10_000
"""Who can have come to something in a place, at one time."""

SEARCH_DOCUMENT = (
    "(setweight(to_tsvector('it'::regconfig, (title)::text), 'A'::\"char\")"
    " || setweight(to_tsvector('it'::regconfig, (((summary)::text || ' '::text)"
    " || (organiser_name)::text)), 'B'::\"char\"))"
)
"""What a search reads, as PostgreSQL writes it back (or every comparison finds a difference)."""


class Initiative(Timestamped, Base):
    """Something that happens in a place, once or many times: a dinner, a course, a desk."""

    __tablename__ = "initiative"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("length(trim(summary)) > 0", name="has_summary"),
        CheckConstraint("length(trim(organiser_name)) > 0", name="has_organiser"),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_reason IS NOT NULL)", name="cancelled_says_why"
        ),
        CheckConstraint(
            "CASE state WHEN 'draft' THEN published_at IS NULL"
            " WHEN 'published' THEN published_at IS NOT NULL ELSE true END",
            name="published_has_time",
        ),
        UniqueConstraint("created_by_id", "form_key"),
        Index(None, "place_id", "id"),
        Index("ix_initiative_search", "search_document", postgresql_using="gin"),
    )

    id: Mapped[Id]
    place_id: Mapped[int] = mapped_column(ForeignKey(Place.id))
    state: Mapped[InitiativeState] = mapped_column(
        enum_type(InitiativeState), default=InitiativeState.DRAFT
    )
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY))
    description: Mapped[str | None] = mapped_column(Text)
    for_whom: Mapped[str | None] = mapped_column(String(LONGEST_DETAIL))
    cost: Mapped[str | None] = mapped_column(String(LONGEST_DETAIL))
    """In words; None: nobody has said, and nothing is said."""
    how_to_join: Mapped[str | None] = mapped_column(String(LONGEST_DETAIL))
    organiser_name: Mapped[str] = mapped_column(String(LONGEST_DETAIL))
    """Who runs it, as people know them."""
    organiser_association_id: Mapped[int | None] = mapped_column(
        ForeignKey(Association.id), index=True
    )
    """The same, where the registry knows it."""
    published_at: Mapped[UtcTime | None]
    """Since when everybody reads of it, also once it is cancelled; None: nobody ever did."""
    cancelled_reason: Mapped[str | None] = mapped_column(String(LONGEST_REASON))
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    version: Mapped[int] = mapped_column(server_default=text("1"), default=1)
    """Raised by every change, so that nobody overwrites what they have not seen."""
    search_document: Mapped[str] = mapped_column(
        TSVECTOR, Computed(SEARCH_DOCUMENT, persisted=True), nullable=True, deferred=True
    )
    place: Mapped[Place] = relationship()


class Occurrence(Timestamped, Base):
    """A time at which an initiative takes place, and how many people came."""

    __tablename__ = "initiative_occurrence"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="ends_after_start"),
        CheckConstraint("ends_at <= starts_at + interval '24 hours'", name="ends_within_a_day"),
        CheckConstraint(f"attendance BETWEEN 0 AND {MOST_PEOPLE}", name="attendance_is_plausible"),
        CheckConstraint(
            "(attendance IS NULL) = (counted_at IS NULL)"
            " AND (attendance IS NULL) = (counted_by_id IS NULL)",
            name="counted_by_somebody",
        ),
        CheckConstraint("counted_at >= starts_at", name="counted_once_begun"),
        CheckConstraint(
            "state <> 'cancelled' OR attendance IS NULL", name="cancelled_has_no_attendance"
        ),
        ExcludeConstraint(
            ("initiative_id", "="),
            (text("tstzrange(starts_at, ends_at)"), "&&"),
            name="ex_initiative_occurrence_no_overlap",
            where=text("state = 'planned'"),
            using="gist",
        ),
        Index(None, "initiative_id", "starts_at", "id"),
    )

    id: Mapped[Id]
    initiative_id: Mapped[int] = mapped_column(ForeignKey(Initiative.id))
    starts_at: Mapped[UtcTime]
    ends_at: Mapped[UtcTime]
    state: Mapped[OccurrenceState] = mapped_column(
        enum_type(OccurrenceState), default=OccurrenceState.PLANNED
    )
    attendance: Mapped[int | None]
    """People who came; None: nobody has counted them yet."""
    counted_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    counted_at: Mapped[UtcTime | None]


TAKEN = _l("It takes place at that time already: choose another one.")
NOT_BEGUN = _l("It has not begun yet: count people once they are there.")
NOT_HELD = _l("It was cancelled at that time: nobody can have come.")
register_constraints(
    {
        "uq_initiative_created_by_id_form_key": (
            _l("This initiative has been written already."),
            None,
        ),
        "ex_initiative_occurrence_no_overlap": (TAKEN, "day"),
        "ck_initiative_occurrence_counted_once_begun": (NOT_BEGUN, "attendance"),
        "ck_initiative_occurrence_cancelled_has_no_attendance": (NOT_HELD, "attendance"),
    }
)
