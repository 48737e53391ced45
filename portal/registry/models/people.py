"""Invitations to represent an association."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.registry.models.association import Association
from portal.registry.states import InvitationState, RepresentativeRole


class Invitation(Timestamped, Base):
    """Somebody is asked by mail to represent an association; the link in it is signed."""

    __tablename__ = "representative_invitation"
    __table_args__ = (
        Index(
            "uq_representative_invitation_pending",
            "association_id",
            text("lower(email)"),
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_representative_invitation_association_id", "association_id", "id"),
        CheckConstraint("expires_at > invited_at", name="ends_after_start"),
        CheckConstraint(
            "(state = 'accepted') = (accepted_by_id IS NOT NULL)", name="accepted_has_person"
        ),
        CheckConstraint("(state = 'pending') = (answered_at IS NULL)", name="answered_has_time"),
    )

    id: Mapped[Id]
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id))
    email: Mapped[str] = mapped_column(String(320))
    role: Mapped[RepresentativeRole] = mapped_column(enum_type(RepresentativeRole))
    invited_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    invited_at: Mapped[UtcTime]
    expires_at: Mapped[UtcTime]
    state: Mapped[InvitationState] = mapped_column(
        enum_type(InvitationState), default=InvitationState.PENDING
    )
    answered_at: Mapped[UtcTime | None]
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))


register_constraints(
    {
        "uq_representative_invitation_pending": (
            _l("This person has been invited already and has not answered yet."),
            "email",
        ),
        # Of a trigger: no person at all is an association nobody looks after.
        "ck_association_representative_has_manager": (
            _l("Somebody must always be responsible: hand the role over first."),
            None,
        ),
    }
)
