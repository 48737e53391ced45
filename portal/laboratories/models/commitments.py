"""Commitments of the parties of an agreement, and what is reported about them."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql_text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.accounts.models import User
from portal.core.database import Base, FormKey, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.files import StoredFile
from portal.core.person_names import PersonName
from portal.laboratories.models.agreements import Agreement
from portal.laboratories.models.sheets import LONGEST_PARTY_NAME, ProjectSheet
from portal.laboratories.states import CommitmentState, PartyKind, ProgressState
from portal.registry.models import Association

LONGEST_COMMITMENT = 250


class Commitment(Timestamped, Base):
    """What one party of an agreement takes on, and by when."""

    __tablename__ = "commitment"
    __table_args__ = (
        CheckConstraint("length(trim(title)) > 0", name="has_title"),
        CheckConstraint("length(trim(party_name)) > 0", name="has_party"),
        CheckConstraint(
            "(party_kind = 'association') = (association_id IS NOT NULL)",
            name="association_is_listed",
        ),
        CheckConstraint(
            "(state = 'dropped')"
            " = (dropped_reason IS NOT NULL AND length(trim(dropped_reason)) > 0)",
            name="dropped_says_why",
        ),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_has_day"),
        UniqueConstraint("created_by_id", "form_key"),
        UniqueConstraint("agreement_id", "carried_from_id"),
        Index(None, "agreement_id", "position", "id"),
        Index(
            "ix_commitment_open_due_on",
            "due_on",
            "id",
            postgresql_where=sql_text("state IN ('to_do', 'in_progress')"),
        ),
    )

    id: Mapped[Id]
    agreement_id: Mapped[int] = mapped_column(ForeignKey(Agreement.id))
    sheet_id: Mapped[int | None] = mapped_column(ForeignKey(ProjectSheet.id), index=True)
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), index=True)
    """The commitment of the agreement before, of which this goes on."""
    party_kind: Mapped[PartyKind] = mapped_column(enum_type(PartyKind))
    association_id: Mapped[int | None] = mapped_column(ForeignKey(Association.id), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    """Who reports for a party that is no association: the person, a spokesperson."""
    party_name: Mapped[str] = mapped_column(PersonName(LONGEST_PARTY_NAME))
    title: Mapped[str] = mapped_column(String(LONGEST_COMMITMENT))
    details: Mapped[str | None] = mapped_column(Text)
    due_on: Mapped[date]
    """The last day; the day after it is late."""
    indicator: Mapped[str | None] = mapped_column(String(LONGEST_COMMITMENT))
    """How one will see it, in words."""
    state: Mapped[CommitmentState] = mapped_column(
        enum_type(CommitmentState), default=CommitmentState.TO_DO
    )
    done_on: Mapped[date | None]
    dropped_reason: Mapped[str | None] = mapped_column(Text)
    late_reason: Mapped[str | None] = mapped_column(Text)
    """What the party says about being late, in public."""
    reminded_at: Mapped[UtcTime | None]
    position: Mapped[int] = mapped_column(server_default=sql_text("0"), default=0)
    created_by_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    version: Mapped[int] = mapped_column(default=1, server_default=sql_text("1"))
    agreement: Mapped[Agreement] = relationship()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name


class CommitmentProgress(Timestamped, Base):
    """What the committed party reports, with a picture if there is one."""

    __tablename__ = "commitment_progress"
    __table_args__ = (
        CheckConstraint("length(trim(text)) > 0", name="has_text"),
        CheckConstraint(
            "(photo_id IS NULL) = (alt_text IS NULL)"
            " AND (alt_text IS NULL OR length(trim(alt_text)) > 0)",
            name="photo_has_words",
        ),
        CheckConstraint("(state = 'reported') = (decided_at IS NULL)", name="decided_has_time"),
        CheckConstraint(
            "state <> 'refused' OR (reason IS NOT NULL AND length(trim(reason)) > 0)",
            name="refused_says_why",
        ),
        UniqueConstraint("author_id", "form_key"),
        Index(None, "commitment_id", "id"),
    )

    id: Mapped[Id]
    commitment_id: Mapped[int] = mapped_column(ForeignKey(Commitment.id))
    text: Mapped[str] = mapped_column(Text)
    photo_id: Mapped[int | None] = mapped_column(ForeignKey(StoredFile.id), unique=True)
    alt_text: Mapped[str | None] = mapped_column(String(300))
    says_done: Mapped[bool] = mapped_column(server_default=sql_text("false"), default=False)
    """Confirming it means that the commitment is kept."""
    author_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    form_key: Mapped[FormKey]
    state: Mapped[ProgressState] = mapped_column(
        enum_type(ProgressState), default=ProgressState.REPORTED
    )
    decided_at: Mapped[UtcTime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    reason: Mapped[str | None] = mapped_column(Text)


register_constraints(
    {
        "ck_commitment_has_title": (_l("Write what is taken on."), "title"),
        "ck_commitment_has_party": (_l("Write who takes it on."), "party_name"),
        "ck_commitment_dropped_says_why": (_l("Say why it is dropped."), "reason"),
        "uq_commitment_created_by_id_form_key": (
            _l("This commitment has been saved already."),
            None,
        ),
        "ck_commitment_progress_has_text": (_l("Tell what has been done."), "text"),
        "ck_commitment_progress_photo_has_words": (
            _l("Say what the picture shows, for who cannot see it."),
            "alt_text",
        ),
        "uq_commitment_progress_author_id_form_key": (
            _l("This has been reported already."),
            None,
        ),
    }
)
