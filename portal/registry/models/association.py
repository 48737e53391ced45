"""An association of the province, what it does, and what makes the list of all of them quick."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, Id, Timestamped, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.registry.states import (
    AssociationKind,
    AssociationState,
    RemovalCause,
    RuntsSection,
)
from portal.territory.models import District, Municipality

LONGEST_NAME = 200
LONGEST_ACRONYM = 30
LONGEST_SLUG = 100
LONGEST_DESCRIPTION = 2_000
LONGEST_PURPOSES = 3_000
LONGEST_MEETING_TIMES = 1_000
LONGEST_AUDIENCE = 200
LONGEST_PERSON = 120

_IS_PUBLIC = text("state <> 'removed'")

association_activity_area = Table(
    "association_activity_area",
    Base.metadata,
    Column("association_id", BigInteger, ForeignKey("association.id"), primary_key=True),
    Column("area_code", String(30), ForeignKey("activity_area.code"), primary_key=True),
    Index("ix_association_activity_area_area_code", "area_code", "association_id"),
)


class ActivityArea(Base):
    """What an association may be busy with; the city's own list, changed by staff."""

    __tablename__ = "activity_area"
    __table_args__ = (
        CheckConstraint("code ~ '^[a-z]+(-[a-z]+)*$'", name="code_fits_addresses"),
        UniqueConstraint("name"),
    )

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    """As it stands in addresses (`sport`, `protezione-civile`)."""
    name: Mapped[str] = mapped_column(String(100))
    position: Mapped[int] = mapped_column(SmallInteger)
    """Place in the list."""


class Association(Timestamped, Base):
    """An association: matched by tax code, never by name (names change spelling every year)."""

    __tablename__ = "association"
    __table_args__ = (
        UniqueConstraint("slug"),
        UniqueConstraint("tax_code"),
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_fits_addresses"),
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint("tax_code ~ '^([0-9]{11}|[A-Z0-9]{16})$'", name="tax_code_has_shape"),
        CheckConstraint("website ~* '^https?://'", name="website_is_address"),
        CheckConstraint("source_year BETWEEN 1990 AND 2100", name="source_year_is_a_year"),
        CheckConstraint(
            "state <> 'enrolled' OR enrolled_on IS NOT NULL", name="enrolled_since_a_day"
        ),
        CheckConstraint("runts_number > 0", name="runts_number_is_positive"),
        CheckConstraint(
            "merged_into_id IS NULL OR (state = 'removed' AND merged_into_id <> id)",
            name="merged_is_removed",
        ),
        CheckConstraint(
            "num_nonnulls(removed_on, removal_cause) = CASE state WHEN 'removed' THEN 2 ELSE 0 END",
            name="removed_has_day_and_cause",
        ),
        # The public list in the order of names, whole or within a filter: twenty rows are read,
        # however many there are.
        Index("ix_association_sort_name", "sort_name", "id", postgresql_where=_IS_PUBLIC),
        Index(
            "ix_association_municipality_code_kind",
            *("municipality_code", "kind", "sort_name", "id"),
            postgresql_where=_IS_PUBLIC,
        ),
        Index(
            "ix_association_municipality_code",
            *("municipality_code", "sort_name", "id"),
            postgresql_where=_IS_PUBLIC,
        ),
        Index("ix_association_kind", "kind", "sort_name", "id", postgresql_where=_IS_PUBLIC),
        Index(
            "ix_association_district_id",
            *("district_id", "sort_name", "id"),
            postgresql_where=_IS_PUBLIC,
        ),
        Index("ix_association_section", "section", "sort_name", "id", postgresql_where=_IS_PUBLIC),
        Index(
            "ix_association_profile_updated_on",
            *(text("profile_updated_on DESC NULLS LAST"), "sort_name", "id"),
            postgresql_where=_IS_PUBLIC,
        ),
        # Without the pending list of GIN: it would make a search slow after every import.
        Index(
            "ix_association_search_vector",
            "search_vector",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
        ),
    )

    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(LONGEST_SLUG))
    """Its address; never changes, whatever the name becomes."""
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    acronym: Mapped[str | None] = mapped_column(String(LONGEST_ACRONYM))
    tax_code: Mapped[str] = mapped_column(String(16))
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey(Municipality.istat_code))
    """Seat; None while unknown."""
    district_id: Mapped[int | None] = mapped_column(ForeignKey(District.id))
    kind: Mapped[AssociationKind] = mapped_column(enum_type(AssociationKind))
    state: Mapped[AssociationState] = mapped_column(
        enum_type(AssociationState), default=AssociationState.LISTED
    )
    enrolled_on: Mapped[date | None]
    description: Mapped[str | None] = mapped_column(Text)
    # Contacts: only what the association chose to make public.
    email: Mapped[str | None] = mapped_column(String(320))
    phone: Mapped[str | None] = mapped_column(String(40))
    website: Mapped[str | None] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(200))
    """Street and number."""
    certified_email: Mapped[str | None] = mapped_column(String(320))
    """PEC: never public unless the association shows it as its e-mail."""
    purposes: Mapped[str | None] = mapped_column(Text)
    """What the bylaws say it is for."""
    audience: Mapped[str | None] = mapped_column(String(LONGEST_AUDIENCE))
    """For whom it works."""
    meeting_times: Mapped[str | None] = mapped_column(Text)
    """When and where one finds it, a line each."""
    legal_representative: Mapped[str | None] = mapped_column(String(LONGEST_PERSON))
    """First and last name; everybody reads the initial of the last one only."""
    officers: Mapped[list[dict[str, str]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    """`{"name": …, "role": …}` each; read by the office and the association."""
    logo_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    section: Mapped[RuntsSection | None] = mapped_column(enum_type(RuntsSection))
    """In the national register (RUNTS); None: not enrolled there, as far as we know."""
    runts_number: Mapped[int | None]
    """Its number there (repertorio)."""
    runts_enrolled_on: Mapped[date | None]
    runts_list_on: Mapped[date | None]
    """Day of the national list that said so, as far as its name tells."""
    is_network: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """An associative network of the third sector."""
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("association.id"), index=True)
    """The same body under another entry; its old address leads there."""
    removed_on: Mapped[date | None]
    removal_cause: Mapped[RemovalCause | None] = mapped_column(enum_type(RemovalCause))
    source: Mapped[str | None] = mapped_column(String(100))
    """Public list it was first read from; None when it came by request."""
    source_year: Mapped[int | None] = mapped_column(SmallInteger)
    profile_updated_on: Mapped[date | None]
    """Last time the association itself wrote or confirmed its profile."""
    # Two people at once: who saves second is told (SQLAlchemy compares it in every UPDATE).
    version: Mapped[int] = mapped_column(default=1)
    # Functions of migration 0003.
    sort_name: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("association_sort_name((name)::text)", persisted=True)
    )
    search_vector: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "association_search_vector((name)::text, (acronym)::text, description,"
            " (kind)::text, (municipality_code)::text)",
            persisted=True,
        ),
        deferred=True,
    )

    municipality: Mapped[Municipality | None] = relationship()
    district: Mapped[District | None] = relationship()
    areas: Mapped[list[ActivityArea]] = relationship(
        secondary=association_activity_area, order_by=ActivityArea.position
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class AssociationCount(Base):
    """How many public associations there are, by whatever the list can be filtered by.

    Kept by triggers (migration 0003) in the transaction of the change, so it never lies: counting
    100,000 rows on every page would cost more than the page. Without an area (`area_code` empty)
    a row counts associations; with one, those busy in that area. Empty string and 0 stand for
    "unknown".
    """

    __tablename__ = "association_count"

    municipality_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    section: Mapped[str] = mapped_column(String(40), primary_key=True)
    district_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    area_code: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[int]


class AssociationWord(Base):
    """A word that stands in the name of public associations, to correct typing errors.

    Kept by the same triggers.
    """

    __tablename__ = "association_word"
    __table_args__ = (
        # Words one error apart, and words that look alike.
        Index(
            "ix_association_word_keys",
            text("association_word_keys(word)"),
            postgresql_using="gin",
        ),
        Index(
            "ix_association_word_trigrams",
            "word",
            postgresql_using="gin",
            postgresql_ops={"word": "gin_trgm_ops"},
        ),
    )

    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    number: Mapped[int]
    """In how many names."""


register_constraints(
    {
        "uq_association_tax_code": (
            _l("An association with this tax code is already in the registry: you can claim it."),
            "tax_code",
        ),
        "ck_association_tax_code_has_shape": (
            _l("A tax code has 11 digits, or 16 letters and digits: copy it from the bylaws."),
            "tax_code",
        ),
        "ck_association_has_name": (_l("Write the name of the association."), "name"),
        "ck_association_website_is_address": (
            _l("Write the whole address of the site, starting with https://."),
            "website",
        ),
    }
)
