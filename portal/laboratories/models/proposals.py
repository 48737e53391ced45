"""Proposals: who wrote them, what they say and said, what hangs on them, who supports them.

How many people support a proposal is counted by the database itself (trigger on
`proposal_support`, migration 0032).
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.laboratories.models.laboratories import (
    LONGEST_TITLE,
    Laboratory,
    search_vector,
)
from portal.laboratories.states import CoauthorState, Origin, ProposalCategory, ProposalState
from portal.registry.models import Association
from portal.territory.models import Neighbourhood

LONGEST_PLACE = 200
LONGEST_ASSOCIATION_NAME = 250
LONGEST_AUTHOR_NAME = 150
LONGEST_CONTACT = 200
MAP_SIDE = 1000
"""Width of the map on which a spot is marked, in its own units; its height is never more."""


class ListedProject(Timestamped, Base):
    """A project that a laboratory lists for somebody to adopt, until a day."""

    __tablename__ = "listed_project"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("length(trim(text)) > 0", name="has_text"),
        UniqueConstraint("created_by_id", "form_key"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id), index=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    adopt_until: Mapped[date]
    """The last day on which somebody can put themselves forward."""
    withdrawn_at: Mapped[UtcTime | None]
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]


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
            "state <> 'published' OR (published_at IS NOT NULL AND answer_due_on IS NOT NULL)",
            name="published_has_time",
        ),
        # One withdrawn, or taken down, keeps the day it was published: that is its trace.
        CheckConstraint(
            "published_at IS NULL OR state IN ('published', 'withdrawn', 'refused')",
            name="time_of_publishing_means_published",
        ),
        CheckConstraint(
            "state NOT IN ('returned', 'refused')"
            " OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name="returned_or_refused_says_why",
        ),
        # Behaviour 29: what came by phone, mail or paper was written down by somebody, and has an
        # author by name until the author claims it.
        CheckConstraint(
            "(origin = 'online') = (recorded_by_id IS NULL)", name="recorded_says_by_whom"
        ),
        CheckConstraint("author_id IS NOT NULL OR author_name IS NOT NULL", name="has_author"),
        CheckConstraint("author_id IS NOT NULL OR origin <> 'online'", name="online_has_account"),
        CheckConstraint("(map_x IS NULL) = (map_y IS NULL)", name="spot_is_whole"),
        CheckConstraint(
            f"map_x BETWEEN 0 AND {MAP_SIDE} AND map_y BETWEEN 0 AND {MAP_SIDE}",
            name="spot_is_on_the_map",
        ),
        CheckConstraint("merged_into_id <> id", name="merges_into_another"),
        CheckConstraint("support_count >= 0", name="support_count_not_negative"),
        # The same new form sent twice (double tap) is one proposal.
        UniqueConstraint("author_id", "form_key"),
        Index(
            "uq_proposal_recorded_by_id_form_key",
            "recorded_by_id",
            "form_key",
            unique=True,
            postgresql_where=sql_text("recorded_by_id IS NOT NULL"),
        ),
        Index(None, "laboratory_id", "state", "published_at", "id"),
        Index(None, "laboratory_id", "state", "support_count", "id"),
        Index(None, "search", postgresql_using="gin"),
        Index(
            None,
            "plain_title",
            postgresql_using="gin",
            postgresql_ops={"plain_title": "gin_trgm_ops"},
        ),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    needs: Mapped[str | None] = mapped_column(Text)
    """Which needs it answers."""
    what_i_offer: Mapped[str | None] = mapped_column(Text)
    category: Mapped[ProposalCategory | None] = mapped_column(enum_type(ProposalCategory))
    place_words: Mapped[str | None] = mapped_column(String(LONGEST_PLACE))
    """Where, in the author's words."""
    neighbourhood_id: Mapped[int | None] = mapped_column(ForeignKey(Neighbourhood.id), index=True)
    map_x: Mapped[int | None]
    map_y: Mapped[int | None]
    """The spot on the city's map, in the units of `MAP_SIDE` from its upper left corner."""
    origin: Mapped[Origin] = mapped_column(
        enum_type(Origin), default=Origin.ONLINE, server_default=sql_text("'online'")
    )
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    author_name: Mapped[str | None] = mapped_column(String(LONGEST_AUTHOR_NAME))
    """As the clerk heard or read it, for who has no account (yet)."""
    author_contact: Mapped[str | None] = mapped_column(String(LONGEST_CONTACT))
    """How to reach them; for the office alone."""
    claim_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the code on the receipt with which the author claims it; None once claimed."""
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    association_name: Mapped[str | None] = mapped_column(String(LONGEST_ASSOCIATION_NAME))
    """As it was when the proposal was written."""
    listed_project_id: Mapped[int | None] = mapped_column(ForeignKey(ListedProject.id), index=True)
    """The listed project that it would adopt."""
    form_key: Mapped[FormKey]
    state: Mapped[ProposalState] = mapped_column(
        enum_type(ProposalState), default=ProposalState.DRAFT
    )
    state_at: Mapped[UtcTime]
    """Since when it is in its state."""
    submitted_at: Mapped[UtcTime | None]
    """When it was handed in last."""
    published_at: Mapped[UtcTime | None]
    answer_due_on: Mapped[date | None]
    """By when the municipality answers; set when it is published."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("proposal.id"), index=True)
    support_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    """Written by the database alone."""
    comment_count: Mapped[int] = mapped_column(server_default=sql_text("0"))
    """Of those that everybody reads; written by the database alone."""
    reason: Mapped[str | None] = mapped_column(Text)
    """What the office wrote with its last decision; for the author, not for the public."""
    search: Mapped[str] = mapped_column(TSVECTOR, search_vector("title", "text"), deferred=True)
    plain_title: Mapped[str] = mapped_column(
        Text, Computed("f_unaccent(lower((title)::text))", persisted=True), deferred=True
    )
    """The title without capitals and accents, to find similar ones."""
    # Two tabs at once: who saves second is told.
    version: Mapped[int] = mapped_column(default=1)

    laboratory: Mapped[Laboratory] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class ProposalVersion(Base):
    """What a proposal said from a moment on; the first one is what was published."""

    __tablename__ = "proposal_version"
    __table_args__ = (UniqueConstraint("proposal_id", "number"),)

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    needs: Mapped[str | None] = mapped_column(Text)
    what_i_offer: Mapped[str | None] = mapped_column(Text)
    place_words: Mapped[str | None] = mapped_column(String(LONGEST_PLACE))
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    saved_at: Mapped[UtcTime]


class ProposalCoauthor(Timestamped, Base):
    """A person or an association asked to stand beside the author; counts once accepted."""

    __tablename__ = "proposal_coauthor"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint("association_id IS NOT NULL OR email IS NOT NULL", name="can_be_asked"),
        CheckConstraint("(state = 'invited') = (answered_at IS NULL)", name="answer_has_time"),
        CheckConstraint("state <> 'accepted' OR user_id IS NOT NULL", name="accepted_by_somebody"),
        Index(
            "uq_proposal_coauthor_proposal_email",
            "proposal_id",
            sql_text("lower(email::text)"),
            unique=True,
            postgresql_where=sql_text("email IS NOT NULL"),
        ),
        Index(
            "uq_proposal_coauthor_proposal_association",
            "proposal_id",
            "association_id",
            unique=True,
            postgresql_where=sql_text("association_id IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id))
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    """Who accepted, for themselves or for the association."""
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    email: Mapped[str | None] = mapped_column(String(320))
    """Where a person was asked; never public."""
    name: Mapped[str] = mapped_column(String(LONGEST_ASSOCIATION_NAME))
    """As the page shows it, once accepted: the association's, or the person's own display name."""
    state: Mapped[CoauthorState] = mapped_column(
        enum_type(CoauthorState), default=CoauthorState.INVITED
    )
    answered_at: Mapped[UtcTime | None]
    invited_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))


class ProposalFile(Timestamped, Base):
    """A document of a proposal."""

    __tablename__ = "proposal_file"
    __table_args__ = (CheckConstraint("length(trim(title)) > 0", name="has_title"),)

    id: Mapped[Id]
    proposal_id: Mapped[int] = mapped_column(ForeignKey(Proposal.id), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    """What it shows, in the author's words."""
    file: Mapped[StoredFile] = relationship()


class ProposalSupport(Base):
    """One person supports a proposal; taking the support back deletes the row."""

    __tablename__ = "proposal_support"

    proposal_id: Mapped[int] = mapped_column(
        ForeignKey(Proposal.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    supported_at: Mapped[UtcTime]


register_constraints(
    {
        "ck_proposal_has_title": (_l("Write a title."), "title"),
        "ck_proposal_sent_has_text": (_l("Tell your idea in a few lines."), "text"),
        "ck_proposal_merges_into_another": (
            _l("A proposal cannot be merged into itself: choose another one."),
            "merged_into",
        ),
        "ck_proposal_spot_is_on_the_map": (
            _l("This spot is outside the map: choose another one."),
            "spot",
        ),
        "uq_proposal_author_id_form_key": (
            _l("This proposal was already saved: you find it in your personal area."),
            None,
        ),
        "uq_proposal_recorded_by_id_form_key": (
            _l("This proposal was already recorded."),
            None,
        ),
        "uq_proposal_coauthor_proposal_email": (
            _l("This person has been asked already."),
            "email",
        ),
        "uq_proposal_coauthor_proposal_association": (
            _l("This association has been asked already."),
            "association",
        ),
        "ck_proposal_file_has_title": (_l("Say what the document shows."), "title"),
        "ck_listed_project_has_title": (_l("Write a title."), "title"),
        "ck_listed_project_has_text": (_l("Tell what the project is about."), "text"),
    }
)
