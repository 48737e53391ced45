"""Uploaded documents: rows beside what they belong to (ADR 0011)."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.database import Base, Id, Timestamped, enum_type

LARGEST_FILE_BYTES = 10 * 1024 * 1024
LONGEST_FILE_NAME = 200


class MediaType(StrEnum):
    """What a file really is, by its first bytes and never by its name."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


class StoredFile(Timestamped, Base):
    """A document somebody uploaded, or one the portal made."""

    __tablename__ = "stored_file"
    __table_args__ = (
        CheckConstraint("octet_length(content) = size", name="size_is_of_content"),
        CheckConstraint(f"size BETWEEN 1 AND {LARGEST_FILE_BYTES}", name="size_is_allowed"),
        CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256_is_hexadecimal"),
        CheckConstraint("length(trim(name)) > 0", name="has_name"),
    )

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(LONGEST_FILE_NAME))
    """As it was uploaded, for who downloads it."""
    media_type: Mapped[MediaType] = mapped_column(enum_type(MediaType))
    size: Mapped[int]
    """Bytes."""
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
