"""Agreements: their text, its frozen versions, who signed which of them.

A frozen version can neither be changed nor deleted, and the database itself computes that its
fingerprint is that of its text (migration 0034). A signature names the fingerprint it signed; the
foreign key makes it the fingerprint of its version.
"""

from datetime import date
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.laboratories.models.laboratories import LONGEST_SUMMARY, LONGEST_TITLE, Laboratory
from portal.laboratories.models.sheets import LONGEST_PARTY_NAME, ProjectSheet
from portal.laboratories.states import AgreementState, PartyKind, SignatureMode
from portal.registry.models import Association
from portal.territory.models import District, Neighbourhood

if TYPE_CHECKING:
    from portal.laboratories.models.commitments import Commitment

LONGEST_RESOLUTION = 40
AGREEMENT_PARTS = ("premises", "context", "needs", "objectives", "key_project")
"""The parts of the text, in the order of the page."""

agreement_district = Table(
    "agreement_district",
    Base.metadata,
    Column(
        "agreement_id", BigInteger, ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True
    ),
    Column("district_id", BigInteger, ForeignKey(District.id), primary_key=True, index=True),
)

agreement_neighbourhood = Table(
    "agreement_neighbourhood",
    Base.metadata,
    Column(
        "agreement_id", BigInteger, ForeignKey("agreement.id", ondelete="CASCADE"), primary_key=True
    ),
    Column(
        "neighbourhood_id", BigInteger, ForeignKey(Neighbourhood.id), primary_key=True, index=True
    ),
)
"""The neighbourhoods as they were grouped when it was drafted: their rows carry the days."""


class Agreement(Timestamped, Base):
    """What a laboratory leads to: who takes on what, for about a year."""

    __tablename__ = "agreement"
    __table_args__ = (
        CheckConstraint("slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'", name="slug_fits_an_address"),
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("ends_on > starts_on", name="ends_after_start"),
        CheckConstraint(
            "state IN ('drafting', 'shared') OR (starts_on IS NOT NULL AND ends_on IS NOT NULL)",
            name="approved_has_days",
        ),
        CheckConstraint(
            "(resolution_number IS NULL) = (resolution_on IS NULL)", name="resolution_is_whole"
        ),
        CheckConstraint(
            "state IN ('drafting', 'shared') OR resolution_number IS NOT NULL",
            name="approved_has_resolution",
        ),
        CheckConstraint(
            "(state IN ('in_force', 'closed', 'renewed', 'ended_early'))"
            " = (in_force_at IS NOT NULL)",
            name="in_force_has_time",
        ),
        CheckConstraint(
            "(state IN ('closed', 'renewed', 'ended_early')) = (ended_at IS NOT NULL)",
            name="ended_has_time",
        ),
        CheckConstraint(
            "state <> 'ended_early' OR coalesce(length(trim(closing_words)), 0) > 0",
            name="ended_early_says_why",
        ),
        CheckConstraint("renews_id <> id", name="renews_another"),
        CheckConstraint(
            "account_published_at IS NULL OR coalesce(length(trim(account_words)), 0) > 0",
            name="account_has_words",
        ),
        CheckConstraint(
            "state NOT IN ('closed', 'renewed') OR account_published_at IS NOT NULL",
            name="closed_has_account",
        ),
        CheckConstraint(
            "(told_days_before IS NULL) = (told_ends_on IS NULL)", name="told_is_whole"
        ),
        CheckConstraint("told_days_before IN (90, 30)", name="told_twice"),
        Index(None, "state", "ends_on", "id"),
    )

    id: Mapped[Id]
    laboratory_id: Mapped[int] = mapped_column(ForeignKey(Laboratory.id), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    summary: Mapped[str] = mapped_column(
        String(LONGEST_SUMMARY), server_default=sql_text("''"), default=""
    )
    state: Mapped[AgreementState] = mapped_column(
        enum_type(AgreementState), default=AgreementState.DRAFTING
    )
    state_at: Mapped[UtcTime]
    premises: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    context: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    needs: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    objectives: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    key_project: Mapped[str] = mapped_column(Text, server_default=sql_text("''"), default="")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    """The last day it holds."""
    sign_until: Mapped[date | None]
    """The last day on which it can be signed; None: as long as it is open."""
    resolution_number: Mapped[str | None] = mapped_column(String(LONGEST_RESOLUTION))
    resolution_on: Mapped[date | None]
    in_force_at: Mapped[UtcTime | None]
    ended_at: Mapped[UtcTime | None]
    closing_words: Mapped[str | None] = mapped_column(Text)
    """Why it ended early."""
    account_words: Mapped[str | None] = mapped_column(Text)
    """The final account in words; its numbers stand with the sheets' indicators and money."""
    account_published_at: Mapped[UtcTime | None]
    told_days_before: Mapped[int | None]
    """How many days before the end its signatories were told last: 90, then 30."""
    told_ends_on: Mapped[date | None]
    """The last day they were told; an amendment may move it, and then they are told again."""
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("agreement.id"), index=True)
    """The agreement before."""
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    laboratory: Mapped[Laboratory] = relationship(foreign_keys=[laboratory_id])
    districts: Mapped[list[District]] = relationship(
        secondary=agreement_district, order_by=(District.name, District.id)
    )
    neighbourhoods: Mapped[list[Neighbourhood]] = relationship(
        secondary=agreement_neighbourhood, order_by=(Neighbourhood.name, Neighbourhood.id)
    )
    sheets: Mapped[list[ProjectSheet]] = relationship(
        primaryjoin=lambda: ProjectSheet.agreement_id == Agreement.id,
        order_by=(ProjectSheet.position, ProjectSheet.id),
    )
    # Read only: who adds one says to which agreement, and has this read anew.
    commitments: Mapped[list["Commitment"]] = relationship(
        order_by="Commitment.position, Commitment.id", viewonly=True
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class AgreementVersion(Base):
    """The text of an agreement as it was frozen; nobody changes it ever after."""

    __tablename__ = "agreement_version"
    __table_args__ = (
        UniqueConstraint("agreement_id", "number"),
        UniqueConstraint("id", "sha256"),
        UniqueConstraint("id", "agreement_id"),
        CheckConstraint("number >= 1", name="number_counts_from_one"),
        CheckConstraint(
            "sha256 = encode(sha256(convert_to(canonical, 'UTF8')), 'hex')",
            name="fingerprint_is_of_text",
        ),
        CheckConstraint(
            "(number = 1) OR (changes IS NOT NULL AND length(trim(changes)) > 0)",
            name="amendment_says_what",
        ),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    number: Mapped[int]
    canonical: Mapped[str] = mapped_column(Text)
    """The whole text as JSON in one form: keys sorted, no spaces, accents composed."""
    sha256: Mapped[str] = mapped_column(String(64))
    changes: Mapped[str | None] = mapped_column(Text)
    """What is different from the version before, for those who sign it."""
    frozen_at: Mapped[UtcTime]
    frozen_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    agreement: Mapped[Agreement] = relationship()


class AgreementDocument(Base):
    """A PDF the portal made of a version: whoever has a copy can have it checked."""

    __tablename__ = "agreement_document"
    __table_args__ = (
        UniqueConstraint("sha256"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),
        Index(None, "version_id", "made_at", "id"),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey(AgreementVersion.id))
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the file's bytes."""
    signatures: Mapped[int]
    """How many signatures it lists."""
    made_at: Mapped[UtcTime]
    file_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    """None: a later one has taken its place; it can still be checked."""


class Signature(Timestamped, Base):
    """Somebody signed a version, for themselves or for a body (behaviour 24)."""

    __tablename__ = "agreement_signature"
    __table_args__ = (
        ForeignKeyConstraint(
            ["version_id", "fingerprint"],
            ["agreement_version.id", "agreement_version.sha256"],
            name="fk_agreement_signature_version",
        ),
        CheckConstraint("length(trim(signer_name)) > 0", name="has_name"),
        CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)", name="association_is_listed"
        ),
        CheckConstraint(
            "(kind = 'person') = (party_name IS NULL)", name="who_is_not_a_person_has_a_name"
        ),
        CheckConstraint(
            "kind = 'person' OR (role_words IS NOT NULL AND length(trim(role_words)) > 0)",
            name="who_signs_for_others_says_as_what",
        ),
        CheckConstraint(
            "(mode = 'paper') = (scan_id IS NOT NULL)"
            " AND (mode = 'paper') = (recorded_by_id IS NOT NULL)",
            name="paper_has_its_scan",
        ),
        CheckConstraint(
            "mode = 'paper' OR user_id IS NOT NULL OR erased_at IS NOT NULL",
            name="online_has_account",
        ),
        Index(
            "uq_agreement_signature_person",
            "version_id",
            "user_id",
            unique=True,
            postgresql_where=sql_text("kind = 'person' AND user_id IS NOT NULL"),
        ),
        Index(
            "uq_agreement_signature_association",
            "version_id",
            "association_id",
            unique=True,
            postgresql_where=sql_text("association_id IS NOT NULL"),
        ),
        Index(
            "uq_agreement_signature_municipality",
            "version_id",
            unique=True,
            postgresql_where=sql_text("kind = 'municipality'"),
        ),
        Index(
            "uq_agreement_signature_party",
            "version_id",
            "kind",
            sql_text("lower(party_name::text)"),
            unique=True,
            postgresql_where=sql_text("kind IN ('school', 'body', 'group')"),
        ),
        Index(None, "version_id", "id"),
    )

    id: Mapped[Id]
    version_id: Mapped[int]
    fingerprint: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the text that was signed."""
    kind: Mapped[PartyKind] = mapped_column(enum_type(PartyKind))
    """In which capacity."""
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    signer_name: Mapped[str] = mapped_column(String(150))
    """As it was; stays when the account goes, for the agreement stays."""
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    party_name: Mapped[str | None] = mapped_column(String(LONGEST_PARTY_NAME))
    """The body signed for, as it was called."""
    role_words: Mapped[str | None] = mapped_column(String(100))
    """As what: "presidente", "dirigente", "portavoce"."""
    shows_initials: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """The public reads initials instead of a citizen's name (behaviour 28)."""
    mode: Mapped[SignatureMode] = mapped_column(enum_type(SignatureMode))
    signed_at: Mapped[UtcTime]
    scan_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    claim_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """SHA-256 of the code with which who signed on paper claims it; None once claimed."""
    erased_at: Mapped[UtcTime | None]
    """When the account behind it was erased."""
    signed_version: Mapped[AgreementVersion] = relationship()


class ExpectedSignature(Timestamped, Base):
    """A party that is to sign a version: the architect sees who is missing."""

    __tablename__ = "expected_signature"
    __table_args__ = (
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
        CheckConstraint(
            "(kind = 'association') = (association_id IS NOT NULL)", name="association_is_listed"
        ),
        Index(
            "uq_expected_signature_party",
            "version_id",
            "kind",
            # Two associations may have the same name.
            sql_text("coalesce(association_id, 0)"),
            sql_text("lower(name::text)"),
            unique=True,
        ),
    )

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(ForeignKey(AgreementVersion.id))
    kind: Mapped[PartyKind] = mapped_column(enum_type(PartyKind))
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_PARTY_NAME))
    told_at: Mapped[UtcTime | None]


register_constraints(
    {
        "uq_agreement_slug": (
            _l("Another agreement has this address: choose another title."),
            "title",
        ),
        "ck_agreement_has_title": (_l("Write a title."), "title"),
        "ck_agreement_ends_after_start": (
            _l("An agreement ends after it starts: mend one of the two days."),
            "ends_on",
        ),
        "ck_agreement_approved_has_days": (
            _l("Write from when to when the agreement holds."),
            "ends_on",
        ),
        "ck_agreement_account_has_words": (
            _l("Write how it went, in your own words."),
            "words",
        ),
        "ck_agreement_resolution_is_whole": (
            _l("Write both the number and the day of the resolution."),
            "resolution_on",
        ),
        "uq_agreement_signature_person": (_l("You have signed this text already."), None),
        "uq_agreement_signature_association": (
            _l("This association has signed this text already."),
            None,
        ),
        "uq_agreement_signature_municipality": (
            _l("The municipality has signed this text already."),
            None,
        ),
        "uq_agreement_signature_party": (
            _l("Who has this name has signed this text already."),
            "party_name",
        ),
        "uq_expected_signature_party": (_l("This party is expected already."), "name"),
    }
)
