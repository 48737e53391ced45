"""What was changed in a profile, what waits for the office, and notices of removal."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.person_names import PersonName
from portal.registry.models.association import Association
from portal.registry.states import ChangeState, NoticeState, RemovalCause

Values = dict[str, object]
"""Field of the association → value, as JSON holds it."""


class AssociationChange(Timestamped, Base):
    """One saving of a profile: the fields that changed, as they were and as they were written."""

    __tablename__ = "association_change"
    __table_args__ = (
        Index("ix_association_change_association_id", "association_id", "id"),
        Index(
            "uq_association_change_pending",
            "association_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        CheckConstraint("before <> after", name="changes_something"),
        CheckConstraint(
            "(state IN ('approved', 'refused')) = (decided_at IS NOT NULL)",
            name="decided_has_time",
        ),
    )

    id: Mapped[Id]
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id))
    at: Mapped[UtcTime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """None: the portal itself."""
    author_name: Mapped[str] = mapped_column(PersonName(200))
    state: Mapped[ChangeState] = mapped_column(enum_type(ChangeState))
    before: Mapped[Values] = mapped_column(JSONB)
    after: Mapped[Values] = mapped_column(JSONB)
    restores_id: Mapped[int | None] = mapped_column(ForeignKey("association_change.id"))
    """The change whose `before` was brought back."""
    decided_at: Mapped[UtcTime | None]


class RemovalNotice(Timestamped, Base):
    """What an association is told before it leaves the registry, and from which day it would."""

    __tablename__ = "removal_notice"
    __table_args__ = (
        Index(
            "uq_removal_notice_pending",
            "association_id",
            unique=True,
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_removal_notice_association_id", "association_id", "id"),
        CheckConstraint("effective_on > given_on", name="takes_effect_later"),
        CheckConstraint("length(trim(reason)) > 0", name="says_why"),
    )

    id: Mapped[Id]
    association_id: Mapped[int] = mapped_column(ForeignKey(Association.id))
    cause: Mapped[RemovalCause] = mapped_column(enum_type(RemovalCause))
    reason: Mapped[str] = mapped_column(Text)
    given_on: Mapped[date]
    effective_on: Mapped[date]
    """From this day the association is removed, unless the notice is withdrawn."""
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    state: Mapped[NoticeState] = mapped_column(enum_type(NoticeState), default=NoticeState.PENDING)


register_constraints(
    {
        "uq_association_change_pending": (
            _l("A change of this profile waits for the office already: withdraw it first."),
            None,
        ),
        "uq_removal_notice_pending": (
            _l("This association has been told already: the notice is still running."),
            None,
        ),
    }
)
