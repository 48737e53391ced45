"""Laboratories: their phases, who takes part, what is told and kept."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import (
    text as sql_text,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.laboratories.states import Ability, DocumentKind, Phase
from portal.territory.models import District

LONGEST_TITLE = 150
LONGEST_SUMMARY = 300
LONGEST_PHASE_NAME = 60


def search_vector(title: str, body: str) -> Computed:
    """Return the column that holds the words of `title` and, weighing less, of `body`."""
    # Written as PostgreSQL prints it, so that a comparison with the database finds no difference.
    return Computed(
        f"(setweight(to_tsvector('it'::regconfig, ({title})::text), 'A'::\"char\")"
        f" || setweight(to_tsvector('it'::regconfig, {body}), 'B'::\"char\"))",
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
        CheckConstraint("answer_days BETWEEN 1 AND 365", name="answers_within_a_year"),
        # It is always in one of its own phases.
        ForeignKeyConstraint(
            ["id", "phase"],
            ["laboratory_phase.laboratory_id", "laboratory_phase.kind"],
            name="fk_laboratory_phase_is_own",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        Index(None, "search", postgresql_using="gin"),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(String(LONGEST_SUMMARY))
    description: Mapped[str] = mapped_column(Text)
    phase: Mapped[Phase] = mapped_column(enum_type(Phase), default=Phase.LISTENING)
    """The kind of the phase it is in."""
    answer_days: Mapped[int] = mapped_column(server_default=sql_text("30"), default=30)
    """Days after its publication by which a proposal is answered."""
    architect_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    """Who leads it, named on its page; None: nobody by name."""
    renews_id: Mapped[int | None] = mapped_column(
        ForeignKey("agreement.id", use_alter=True, name="fk_laboratory_renews_id"), index=True
    )
    """The agreement from which it goes on."""
    archived_at: Mapped[UtcTime | None]
    form_key: Mapped[FormKey | None] = mapped_column(unique=True)
    """None: opened before there was one, or by the portal itself."""
    search: Mapped[str] = mapped_column(
        TSVECTOR, search_vector("title", "description"), deferred=True
    )
    # Two architects at once: who saves second is told.
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    districts: Mapped[list[District]] = relationship(
        secondary=laboratory_district, order_by=(District.name, District.id)
    )
    phases: Mapped[list["LaboratoryPhase"]] = relationship(
        foreign_keys="LaboratoryPhase.laboratory_id",
        order_by="LaboratoryPhase.position",
        cascade="all, delete-orphan",
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class LaboratoryPhase(Timestamped, Base):
    """One phase of a laboratory: when, under which name, and what it allows."""

    __tablename__ = "laboratory_phase"
    __table_args__ = (
        UniqueConstraint("laboratory_id", "kind"),
        UniqueConstraint("laboratory_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("position >= 1", name="position_counts_from_one"),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint("name IS NULL OR length(trim(name)) > 0", name="own_name_is_not_blank"),
        CheckConstraint(
            "allows <@ ARRAY[" + ", ".join(f"'{ability}'" for ability in Ability) + "]::varchar[]",
            name="abilities_are_known",
        ),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id, ondelete="CASCADE"))
    kind: Mapped[Phase] = mapped_column(enum_type(Phase))
    position: Mapped[int]
    """In the laboratory's own order, from 1."""
    name: Mapped[str | None] = mapped_column(String(LONGEST_PHASE_NAME))
    """Its own name; None: the official one."""
    words: Mapped[str | None] = mapped_column(String(LONGEST_SUMMARY))
    """What happens in it; None: the official words."""
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """The last day; a plan until the phase is reached."""
    allows: Mapped[list[str]] = mapped_column(
        ARRAY(String(20)), default=list, server_default=sql_text("'{}'")
    )
    """Values of `Ability`."""


class LaboratoryPerson(Base):
    """Somebody who takes part in a laboratory or follows it."""

    __tablename__ = "laboratory_person"

    laboratory_id: Mapped[int] = mapped_column(
        ForeignKey(Laboratory.id, ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(
        ForeignKey(User.id, ondelete="CASCADE"), primary_key=True, index=True
    )
    takes_part: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    follows: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """Is mailed the news."""
    shows_name: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """Stands among those who take part by name; else only in their number."""
    since_at: Mapped[UtcTime]


class LaboratoryNews(Timestamped, Base):
    """A piece of news of a laboratory."""

    __tablename__ = "laboratory_news"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("length(trim(text)) > 0", name="has_text"),
        UniqueConstraint("author_id", "form_key"),
        Index(None, "laboratory_id", "published_at", "id"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    """The same form sent twice is one piece of news."""
    published_at: Mapped[UtcTime]
    mailed_at: Mapped[UtcTime | None]
    """When those who follow were told."""


class LaboratoryDocument(Timestamped, Base):
    """A document everybody can read in a laboratory, of a meeting where it belongs to one."""

    __tablename__ = "laboratory_document"
    __table_args__ = (CheckConstraint("length(trim(title)) > 0", name="has_title"),)

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id), index=True)
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("laboratory_meeting.id"), index=True)
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    file: Mapped[StoredFile] = relationship()


register_constraints(
    {
        "uq_laboratory_slug": (
            _l("Another laboratory has this address: choose another title."),
            "title",
        ),
        "uq_laboratory_form_key": (_l("This laboratory has been opened already."), None),
        "ck_laboratory_has_title": (_l("Write a title."), "title"),
        "ck_laboratory_answers_within_a_year": (
            _l("Proposals are answered within 1 to 365 days."),
            "answer_days",
        ),
        "ck_laboratory_phase_ends_after_start": (
            _l("The last day of a phase comes before its first: correct one of the two."),
            "ends_on",
        ),
        "ck_laboratory_news_has_title": (_l("Write a title."), "title"),
        "ck_laboratory_news_has_text": (_l("Write the news."), "text"),
        "ck_laboratory_document_has_title": (_l("Write a title."), "title"),
    }
)
