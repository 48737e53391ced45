"""Letters of a procedure: as they were sent, and the templates they are made from."""

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, UtcTime, enum_type
from portal.core.files import StoredFile
from portal.moderation.models.case import Case
from portal.moderation.states import LetterKind

LONGEST_SUBJECT = 200
LONGEST_LETTER_SUBJECT = LONGEST_SUBJECT + 50
"""Filled in; what is longer is cut."""


def protocol_of(year: int, number: int) -> str:
    """Return the number people quote: `2026/000118`."""
    return f"{year}/{number:06d}"


class ProtocolCounter(Base):
    """The last number given in a year; its row is held while the next is taken, so none is lost."""

    __tablename__ = "protocol_counter"
    __table_args__ = (CheckConstraint("last_number >= 0", name="counts_up"),)

    year: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    last_number: Mapped[int]


class Letter(Base):
    """A letter about a case, registered under its number, as it left: it never changes."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("protocol_year", "protocol_number"),
        UniqueConstraint("file_id"),
        Index("ix_letter_case_id", "case_id", "id"),
        Index(
            "uq_letter_receipt",
            "case_id",
            unique=True,
            postgresql_where=sql("kind = 'receipt'"),
        ),
        CheckConstraint("protocol_number > 0", name="has_number"),
    )

    id: Mapped[Id]
    case_id: Mapped[int] = mapped_column(ForeignKey(Case.id))
    kind: Mapped[LetterKind] = mapped_column(enum_type(LetterKind))
    at: Mapped[UtcTime]
    author_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    """Who signs it; None for what the portal sends by itself."""
    protocol_year: Mapped[int] = mapped_column(SmallInteger)
    protocol_number: Mapped[int]
    subject: Mapped[str] = mapped_column(String(LONGEST_LETTER_SUBJECT))
    body: Mapped[str] = mapped_column(Text)
    file_id: Mapped[int] = mapped_column(ForeignKey(StoredFile.id))
    """The PDF."""

    @property
    def protocol(self) -> str:
        """`2026/000118`: the number people quote."""
        return protocol_of(self.protocol_year, self.protocol_number)


class LetterTemplate(Base):
    """What staff made of a letter's text; without a row the portal's own words hold."""

    __tablename__ = "letter_template"
    __table_args__ = (
        CheckConstraint(
            "length(trim(subject)) > 0 AND length(trim(body)) > 0", name="says_something"
        ),
    )

    kind: Mapped[LetterKind] = mapped_column(enum_type(LetterKind), primary_key=True)
    subject: Mapped[str] = mapped_column(String(LONGEST_SUBJECT))
    body: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[UtcTime]
    updated_by_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    # Two people at once: who saves second is told.
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own name
