"""People and their roles."""

from flask_babel import lazy_gettext as _l
from flask_security import UserMixin
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.database import Base, Id, Timestamped, UtcTime, enum_type
from portal.core.errors import register_constraints
from portal.core.person_names import NO_NAME, PersonName
from portal.permissions import Role
from portal.territory.models import District


class User(UserMixin, Timestamped, Base):
    """A person with an account; columns that Flask-Security asks for keep its names."""

    __tablename__ = "user_account"
    __table_args__ = (
        # Look-up ignores case, so uniqueness must.
        Index("uq_user_account_email", text("lower(email)"), unique=True),
        CheckConstraint("length(trim(display_name)) > 0", name="has_name"),
        CheckConstraint("locale IN ('it', 'en')", name="locale_is_known"),
        # Who has no address was entered at the front desk and has no way to sign in.
        CheckConstraint("email IS NOT NULL OR password IS NULL", name="sign_in_has_email"),
        CheckConstraint("given_email IS NULL OR email IS NULL", name="given_email_waits"),
        # An erased account is an empty shell that other rows point to (ADR 26).
        CheckConstraint(
            "erased_at IS NULL OR (num_nonnulls(email, given_email, password, us_totp_secrets,"
            f" last_code_counter, confirmed_at) = 0 AND display_name = '{NO_NAME}'"
            " AND NOT active)",
            name="erased_is_empty",
        ),
    )

    id: Mapped[Id]
    email: Mapped[str | None] = mapped_column(String(320))  # type: ignore[assignment] # not None there
    """None: a person without e-mail, looked after by the front desk."""
    given_email: Mapped[str | None] = mapped_column(String(320))
    """Given at the front desk: only its confirmation is mailed there until it is one's own."""
    display_name: Mapped[str] = mapped_column(PersonName(120))
    locale: Mapped[str] = mapped_column(String(2), default="it")
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    confirmed_at: Mapped[UtcTime | None]
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    us_totp_secrets: Mapped[str | None] = mapped_column(Text)
    # Counter of the last e-mail code used, so that a code works once.
    last_code_counter: Mapped[int | None] = mapped_column(BigInteger)
    erased_at: Mapped[UtcTime | None]
    """When the person erased the account; nothing of theirs is left in the row."""

    role_assignments: Mapped[list["RoleAssignment"]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )

    # Flask-Security's own roles are not used: rights follow from the access table.
    roles = ()  # type: ignore[assignment]


class RoleAssignment(Timestamped, Base):
    """A role held by a person; an architect holds it for one district a row."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        CheckConstraint(
            "(role = 'architect') = (district_id IS NOT NULL)", name="architect_has_district"
        ),
        # Everybody is a citizen, and who represents an association follows from the registry.
        CheckConstraint("role IN ('staff', 'architect', 'administrator')", name="role_is_granted"),
        Index(
            "uq_role_assignment_user_role_district",
            "user_id",
            "role",
            text("coalesce(district_id, 0)"),
            unique=True,
        ),
    )

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id", ondelete="CASCADE"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    district_id: Mapped[int | None] = mapped_column(ForeignKey(District.id))
    user: Mapped[User] = relationship(back_populates="role_assignments")


class EndedSession(Base):
    """A session ended by signing out: its cookie, copied before, would still be well signed."""

    __tablename__ = "ended_session"

    key: Mapped[str] = mapped_column(String(43), primary_key=True)
    """Random, kept in the session; says nothing about whose it was."""
    ended_at: Mapped[UtcTime] = mapped_column(index=True)


class CalendarKey(Timestamped, Base):
    """The secret part of the address of a person's calendar feed; a new one ends the old."""

    __tablename__ = "calendar_key"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("user_account.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(String(43), unique=True)


register_constraints(
    {
        "uq_user_account_email": (_l("There is already an account with this address."), "email"),
        "uq_role_assignment_user_role_district": (_l("This person has this role already."), None),
        "ck_role_assignment_architect_has_district": (
            _l("Choose the district of the architect, and only hers."),
            "district",
        ),
    }
)
