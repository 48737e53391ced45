"""Requests to be included, claims of listed bodies, and who represents whom."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.registry.models.association import (
    LONGEST_ACRONYM,
    LONGEST_AUDIENCE,
    LONGEST_NAME,
    LONGEST_PERSON,
    Association,
)
from portal.registry.states import (
    AssociationKind,
    DocumentKind,
    RepresentativeRole,
    RequestState,
)
from portal.territory.models import District, Municipality

LONGEST_ROLE = 100
LONGEST_EVIDENCE = 2_000
MOST_OFFICERS = 10
"""How many a request names; a board is seldom larger, and the bylaws say the rest."""

_COMPLETE = (
    "name IS NOT NULL AND tax_code IS NOT NULL AND kind IS NOT NULL"
    " AND municipality_code IS NOT NULL AND description IS NOT NULL"
    " AND cardinality(areas) > 0 AND email IS NOT NULL AND applicant_role IS NOT NULL"
    " AND has_declared AND submitted_at IS NOT NULL"
    " AND purposes IS NOT NULL AND legal_representative IS NOT NULL"
)


class RegistryRequest(Timestamped, Base):
    """A request to be included in the registry: what the applicant wrote, step by step.

    A draft may have gaps; what is handed in has none, and the database holds that.
    """

    __tablename__ = "registry_request"
    __table_args__ = (
        CheckConstraint(f"state = 'draft' OR ({_COMPLETE})", name="submitted_is_complete"),
        CheckConstraint(
            "(state = 'accepted') = (association_id IS NOT NULL)", name="accepted_has_association"
        ),
        CheckConstraint("tax_code ~ '^([0-9]{11}|[A-Z0-9]{16})$'", name="tax_code_has_shape"),
        CheckConstraint("website ~* '^https?://'", name="website_is_address"),
        # One request at a time a person, so that its address needs no number while it is written.
        Index(
            "uq_registry_request_open_applicant",
            "applicant_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'submitted', 'returned')"),
        ),
        # A draft blocks nobody: the first to hand in is the one.
        Index(
            "uq_registry_request_open_tax_code",
            "tax_code",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'returned')"),
        ),
        Index("ix_registry_request_applicant_id", "applicant_id", "id"),
    )

    id: Mapped[Id]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[RequestState] = mapped_column(enum_type(RequestState), default=RequestState.DRAFT)
    submitted_at: Mapped[UtcTime | None]
    """When it was handed in, or handed in again."""
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    """What became of it."""

    name: Mapped[str | None] = mapped_column(String(LONGEST_NAME))
    acronym: Mapped[str | None] = mapped_column(String(LONGEST_ACRONYM))
    tax_code: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[AssociationKind | None] = mapped_column(enum_type(AssociationKind))
    municipality_code: Mapped[str | None] = mapped_column(ForeignKey(Municipality.istat_code))
    district_id: Mapped[int | None] = mapped_column(ForeignKey(District.id))
    areas: Mapped[list[str]] = mapped_column(ARRAY(String(30)), default=list)
    description: Mapped[str | None] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(String(320))
    is_email_public: Mapped[bool] = mapped_column(default=False)
    phone: Mapped[str | None] = mapped_column(String(40))
    is_phone_public: Mapped[bool] = mapped_column(default=False)
    website: Mapped[str | None] = mapped_column(String(300))
    address: Mapped[str | None] = mapped_column(String(200))
    is_address_public: Mapped[bool] = mapped_column(default=False)
    purposes: Mapped[str | None] = mapped_column(Text)
    audience: Mapped[str | None] = mapped_column(String(LONGEST_AUDIENCE))
    meeting_times: Mapped[str | None] = mapped_column(Text)
    certified_email: Mapped[str | None] = mapped_column(String(320))
    legal_representative: Mapped[str | None] = mapped_column(String(LONGEST_PERSON))
    officers: Mapped[list[dict[str, str]]] = mapped_column(
        JSONB, default=list, server_default=text("'[]'")
    )
    """`{"name": …, "role": …}` each."""
    applicant_role: Mapped[str | None] = mapped_column(String(LONGEST_ROLE))
    has_declared: Mapped[bool] = mapped_column(default=False)
    """Took on that the association is non-profit, democratic and no party, union or order."""


class RequestDocument(Timestamped, Base):
    """A document of a request: one of each kind, replaced until the request is handed in."""

    __tablename__ = "registry_request_document"
    __table_args__ = (UniqueConstraint("request_id", "kind"), UniqueConstraint("file_id"))

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey(RegistryRequest.id, ondelete="CASCADE"))
    kind: Mapped[DocumentKind] = mapped_column(enum_type(DocumentKind))
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))


class ClaimCode(Timestamped, Base):
    """A code sent to the certified e-mail of a listed association, for one person to type in."""

    __tablename__ = "registry_claim_code"
    __table_args__ = (
        UniqueConstraint("association_id", "user_id"),
        CheckConstraint("tries BETWEEN 0 AND 10", name="tries_are_few"),
    )

    id: Mapped[Id]
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    code_hash: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[UtcTime]
    expires_at: Mapped[UtcTime]
    tries: Mapped[int] = mapped_column(default=0)


class Claim(Timestamped, Base):
    """A person's word, with what shows it, to speak for a listed association."""

    __tablename__ = "registry_claim"
    __table_args__ = (
        CheckConstraint("has_declared", name="has_declaration"),
        CheckConstraint("length(trim(evidence)) > 0", name="says_how_it_shows"),
        CheckConstraint("state <> 'draft'", name="has_no_draft"),
        # Several persons may claim the same association: staff sees and weighs them.
        Index(
            "uq_registry_claim_open_applicant_association",
            "applicant_id",
            "association_id",
            unique=True,
            postgresql_where=text("state IN ('submitted', 'returned')"),
        ),
        Index("ix_registry_claim_applicant_id", "applicant_id", "id"),
    )

    id: Mapped[Id]
    applicant_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id), index=True)
    state: Mapped[RequestState] = mapped_column(
        enum_type(RequestState), default=RequestState.SUBMITTED
    )
    submitted_at: Mapped[UtcTime]
    applicant_role: Mapped[str] = mapped_column(String(LONGEST_ROLE))
    evidence: Mapped[str] = mapped_column(Text)
    has_declared: Mapped[bool]
    certified_at: Mapped[UtcTime | None]
    """When the claimant typed the code that was sent to the certified e-mail."""


class Representative(Timestamped, Base):
    """A person who speaks for an association, from a day until another (none: still today)."""

    __tablename__ = "association_representative"
    __table_args__ = (
        CheckConstraint("until_on IS NULL OR until_on >= since_on", name="ends_after_start"),
        Index(
            "uq_association_representative_current",
            "association_id",
            "user_id",
            unique=True,
            postgresql_where=text("until_on IS NULL"),
        ),
        # Asked with every request of a signed-in person.
        Index(
            "ix_association_representative_user_id",
            "user_id",
            "association_id",
            postgresql_where=text("until_on IS NULL"),
        ),
    )

    id: Mapped[Id]
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    role: Mapped[RepresentativeRole] = mapped_column(enum_type(RepresentativeRole))
    capacity: Mapped[str] = mapped_column(String(LONGEST_ROLE))
    """What the person is in the association, in their own words ("presidente")."""
    since_on: Mapped[date]
    until_on: Mapped[date | None]


register_constraints(
    {
        "uq_registry_request_open_applicant": (
            _l("You already have a request under way: follow that one, or withdraw it first."),
            None,
        ),
        "uq_registry_request_open_tax_code": (
            _l("Somebody has already asked to include this association: we are dealing with it."),
            "tax_code",
        ),
        "ck_registry_request_tax_code_has_shape": (
            _l("A tax code has 11 digits, or 16 letters and digits: copy it from the bylaws."),
            "tax_code",
        ),
        "ck_registry_request_website_is_address": (
            _l("Write the whole address of the site, starting with https://."),
            "website",
        ),
        "ck_registry_request_submitted_is_complete": (
            _l("Something is still missing in your request: complete the steps marked below."),
            None,
        ),
        "uq_registry_claim_open_applicant_association": (
            _l("You have already claimed this association: we are dealing with it."),
            None,
        ),
        "uq_association_representative_current": (
            _l("This person already represents the association."),
            None,
        ),
    }
)
