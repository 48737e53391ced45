"""Amendments: what is to change in an agreement that is in force.

Until it holds, an amendment stands beside the agreement: whoever reads the agreement reads what
was signed. Frozen, it is a version of the agreement like the first one (`agreement_version`).
"""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.laboratories.models.agreements import AGREEMENT_PARTS, Agreement, AgreementVersion
from portal.laboratories.models.commitments import LONGEST_COMMITMENT, Commitment
from portal.laboratories.models.laboratories import LONGEST_SUMMARY
from portal.laboratories.models.sheets import LONGEST_PARTY_NAME, ProjectSheet
from portal.laboratories.states import AmendmentState, PartyKind
from portal.registry.models import Association

AMENDED_TEXTS = ("summary", *AGREEMENT_PARTS)
"""What an amendment may write anew."""
AMENDED = (*AMENDED_TEXTS, "ends_on")
"""The same and the last day: a change of them touches everybody who signed."""


class Amendment(Timestamped, Base):
    """One change of an agreement, signed by those it touches (behaviour 24)."""

    __tablename__ = "agreement_amendment"
    __table_args__ = (
        CheckConstraint("length(trim(changes)) > 0", name="says_what_changes"),
        CheckConstraint("state <> 'drafting' OR version_id IS NULL", name="draft_is_not_frozen"),
        CheckConstraint(
            "state NOT IN ('open', 'in_force') OR version_id IS NOT NULL", name="open_is_frozen"
        ),
        CheckConstraint(
            "state <> 'withdrawn' OR coalesce(length(trim(withdrawn_reason)), 0) > 0",
            name="withdrawn_says_why",
        ),
        ForeignKeyConstraint(
            ["version_id", "agreement_id"],
            ["agreement_version.id", "agreement_version.agreement_id"],
            name="fk_agreement_amendment_version",
        ),
        UniqueConstraint("version_id"),
        Index(
            "uq_agreement_amendment_at_a_time",
            "agreement_id",
            unique=True,
            postgresql_where=sql_text("state IN ('drafting', 'open')"),
        ),
        Index(None, "agreement_id", "id"),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    state: Mapped[AmendmentState] = mapped_column(
        enum_type(AmendmentState), default=AmendmentState.DRAFTING
    )
    state_at: Mapped[UtcTime]
    changes: Mapped[str] = mapped_column(Text)
    """What is different and why, for those who sign it."""
    summary: Mapped[str | None] = mapped_column(String(LONGEST_SUMMARY))
    """None, here and below: what the agreement says stays."""
    premises: Mapped[str | None] = mapped_column(Text)
    context: Mapped[str | None] = mapped_column(Text)
    needs: Mapped[str | None] = mapped_column(Text)
    objectives: Mapped[str | None] = mapped_column(Text)
    key_project: Mapped[str | None] = mapped_column(Text)
    ends_on: Mapped[date | None]
    sign_until: Mapped[date | None]
    """The last day on which it can be signed; None: as long as it is open."""
    version_id: Mapped[int | None] = mapped_column(BigInteger)
    withdrawn_reason: Mapped[str | None] = mapped_column(Text)
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    agreement: Mapped[Agreement] = relationship(foreign_keys=[agreement_id])
    frozen: Mapped[AgreementVersion | None] = relationship(
        primaryjoin=lambda: AgreementVersion.id == Amendment.version_id,
        foreign_keys=lambda: [Amendment.version_id],
        viewonly=True,
    )
    entries: Mapped[list["AmendedCommitment"]] = relationship(
        order_by="AmendedCommitment.id", back_populates="amendment", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name

    @property
    def changed(self) -> dict[str, str | date]:
        """Return the texts and the day it changes, as they are to be, by name."""
        written = {name: getattr(self, name) for name in AMENDED}
        return {name: value for name, value in written.items() if value is not None}


class AmendedCommitment(Timestamped, Base):
    """A commitment as an amendment writes it: one of the agreement anew, or another one."""

    __tablename__ = "amended_commitment"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("length(trim(party_name)) > 0", name="has_party"),
        CheckConstraint(
            "(party_kind = 'association') = (association_id IS NOT NULL)",
            name="association_is_listed",
        ),
        UniqueConstraint("amendment_id", "commitment_id"),
        UniqueConstraint("amendment_id", "form_key"),
    )

    id: Mapped[Id]
    amendment_id: Mapped[int] = mapped_column(ForeignKey(Amendment.id, ondelete="CASCADE"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey(Commitment.id), index=True)
    """The commitment it takes the place of; None: it is new."""
    party_kind: Mapped[PartyKind] = mapped_column(enum_type(PartyKind))
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    party_name: Mapped[str] = mapped_column(String(LONGEST_PARTY_NAME))
    title: Mapped[str] = mapped_column(String(LONGEST_COMMITMENT))
    details: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    indicator: Mapped[str | None] = mapped_column(String(LONGEST_COMMITMENT))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey(ProjectSheet.id), index=True)
    form_key: Mapped[FormKey]
    amendment: Mapped[Amendment] = relationship(back_populates="entries")


register_constraints(
    {
        "ck_agreement_amendment_says_what_changes": (_l("Say what changes, and why."), "changes"),
        "ck_agreement_amendment_withdrawn_says_why": (
            _l("Say why the change is withdrawn."),
            "reason",
        ),
        "uq_agreement_amendment_at_a_time": (
            _l("Another change of this agreement is on its way already."),
            None,
        ),
        "ck_amended_commitment_has_title": (_l("Write what is taken on."), "title"),
        "ck_amended_commitment_has_party": (_l("Write who takes it on."), "party_name"),
        "uq_amended_commitment_amendment_id_commitment_id": (
            _l("This change says something about this commitment already."),
            None,
        ),
        "uq_amended_commitment_amendment_id_form_key": (
            _l("This commitment has been saved already."),
            None,
        ),
    }
)
