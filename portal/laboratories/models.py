"""Laboratories and the proposals written in them."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.states import Phase, ProposalState
from portal.registry.models import Association
from portal.territory.models import District

LONGEST_TITLE = 150
LONGEST_SUMMARY = 300
LONGEST_PLACE = 200
LONGEST_ASSOCIATION_NAME = 250
FORM_KEY_LENGTH = 32


def _search_vector(title: str, text: str) -> Computed:
    # Written as PostgreSQL prints it, so that a comparison with the database finds no difference.
    return Computed(
        f"(setweight(to_tsvector('it'::regconfig, ({title})::text), 'A'::\"char\")"
        f" || setweight(to_tsvector('it'::regconfig, {text}), 'B'::\"char\"))",
        persisted=True,
    )


laboratory_district = Table(
    "laboratory_district",
    Base.metadata,
    Column(
        "laboratory_id",
        BigInteger,
        ForeignKey("laboratory.id", ondelete="CASCADE"),
        primary_key=True,
    ),
    Column("district_id", BigInteger, ForeignKey(District.id), primary_key=True, index=True),
)


class Laboratory(Timestamped, Base):
    """A laboratory of one district, of several, or (with none) of the whole city."""

    __tablename__ = "laboratory"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_fits_an_address"),
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint(
            "(proposals_open_from IS NULL) = (proposals_until IS NULL)", name="window_is_whole"
        ),
        CheckConstraint("proposals_until >= proposals_open_from", name="window_ends_after_start"),
        Index(None, "search", postgresql_using="gin"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY))
    description: Mapped[str] = mapped_column(Text)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase), default=Phase.LISTENING)
    proposals_open_from: Mapped[date | None]
    proposals_until: Mapped[date | None]
    """The last day on which a proposal can be handed in."""
    archived_at: Mapped[UtcTime | None]
    search: Mapped[str] = mapped_column(
        TSVECTOR, _search_vector("title", "description"), deferred=True
    )
    districts: Mapped[list[District]] = relationship(
        secondary=laboratory_district, order_by=(District.name, District.id)
    )


class Proposal(Timestamped, Base):
    """What somebody suggests to a laboratory, in their own name or an association's."""

    __tablename__ = "proposal"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR length(trim(text)) > 0", name="sent_has_text"
        ),
        CheckConstraint(
            "(association_id IS NULL) = (association_name IS NULL)", name="association_has_name"
        ),
        CheckConstraint("state <> 'draft' OR submitted_at IS NULL", name="draft_was_not_sent"),
        CheckConstraint(
            "state IN ('draft', 'withdrawn') OR submitted_at IS NOT NULL", name="sent_has_time"
        ),
        CheckConstraint(
            "state <> 'published' OR published_at IS NOT NULL", name="published_has_time"
        ),
        # A withdrawn one keeps the day it was published: that is its trace.
        CheckConstraint(
            "published_at IS NULL OR state IN ('published', 'withdrawn')",
            name="time_of_publishing_means_published",
        ),
        CheckConstraint(
            "state NOT IN ('returned', 'refused')"
            " OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name="returned_or_refused_says_why",
        ),
        # The same new form sent twice (double tap) is one proposal.
        UniqueConstraint("author_id", "form_key"),
        Index(None, "laboratory_id", "state", "published_at", "id"),
        Index(None, "search", postgresql_using="gin"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    what_i_offer: Mapped[str | None] = mapped_column(Text)
    place_words: Mapped[str | None] = mapped_column(String(LONGEST_PLACE))
    """Where, in the author's words."""
    author_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), index=True)
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    association_name: Mapped[str | None] = mapped_column(String(LONGEST_ASSOCIATION_NAME))
    """As it was when the proposal was written."""
    form_key: Mapped[str] = mapped_column(String(FORM_KEY_LENGTH))
    state: Mapped[ProposalState] = mapped_column(
        enum_type(ProposalState), default=ProposalState.DRAFT
    )
    state_at: Mapped[UtcTime]
    """Since when it is in its state."""
    submitted_at: Mapped[UtcTime | None]
    """When it was handed in last."""
    published_at: Mapped[UtcTime | None]
    reason: Mapped[str | None] = mapped_column(Text)
    """What the office wrote with its last decision; for the author, not for the public."""
    search: Mapped[str] = mapped_column(TSVECTOR, _search_vector("title", "text"), deferred=True)
    # Two tabs at once: who saves second is told.
    version: Mapped[int] = mapped_column(default=1)

    laboratory: Mapped[Laboratory] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


register_constraints(
    {
        "uq_laboratory_slug": (
            _l("Another laboratory has this address: choose another title."),
            "title",
        ),
        "ck_laboratory_window_is_whole": (
            _l("Write both the first and the last day for proposals, or neither."),
            "proposals_until",
        ),
        "ck_laboratory_window_ends_after_start": (
            _l("The last day for proposals comes before the first: correct one of the two."),
            "proposals_until",
        ),
        "ck_laboratory_has_title": (_l("Write a title."), "title"),
        "ck_proposal_has_title": (_l("Write a title."), "title"),
        "ck_proposal_sent_has_text": (_l("Tell your idea in a few lines."), "text"),
        "uq_proposal_author_id_form_key": (
            _l("This proposal was already saved: you find it in your personal area."),
            None,
        ),
    }
)
