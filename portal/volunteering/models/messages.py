"""Messages to volunteers, and searches that tell when something fits."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.accounts.models import User
from portal.core.database import Base, Id, Timestamped, UtcTime
from portal.core.errors import register_constraints
from portal.volunteering.models.projects import VolunteeringProject
from portal.volunteering.models.shifts import Shift


class VolunteerMessage(Timestamped, Base):
    """What a tutor or the office wrote to volunteers of a project; answers go to the sender."""

    __tablename__ = "volunteer_message"
    __table_args__ = (
        CheckConstraint("length(trim(subject)) > 0", name="has_subject"),
        CheckConstraint("length(trim(body)) > 0", name="has_body"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey(VolunteeringProject.id), index=True)
    shift_id: Mapped[int | None] = mapped_column(ForeignKey(Shift.id), index=True)
    """The shift whose people it went to; None: people of the whole project."""
    sender_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    subject: Mapped[str] = mapped_column(String(150))
    body: Mapped[str] = mapped_column(String(5000))


class MessageRecipient(Base):
    """One who was written to; whether it left stands with the mail of that event key."""

    __tablename__ = "message_recipient"
    __table_args__ = (UniqueConstraint("message_id", "user_id"),)

    id: Mapped[Id]
    message_id: Mapped[int] = mapped_column(ForeignKey(VolunteerMessage.id))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    event_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    """Of the mail; None: the person has no e-mail address and is to be called."""


class SavedSearch(Timestamped, Base):
    """Filters of "serve aiuto" that a person wants to hear about, once a day at most."""

    __tablename__ = "saved_search"
    __table_args__ = (UniqueConstraint("user_id", "filters"),)

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    filters: Mapped[str] = mapped_column(String(1000))
    """The query of the list's address, in the order of the form; empty: everything."""
    mailed_at: Mapped[UtcTime | None]
    """When something was last found; shifts made since then are new."""


register_constraints(
    {
        "uq_saved_search_user_id_filters": (_l("You already hear about these shifts."), None),
    }
)
