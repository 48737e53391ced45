"""Uploaded documents: rows beside what they belong to (ADR 0011).

What a file is, is told by its first bytes; its name is for people alone.
"""

import hashlib
import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column, undefer
from werkzeug.datastructures import FileStorage

from portal.core.database import Base, Id, Timestamped, enum_type, session
from portal.core.errors import NotFoundError, RuleBrokenError
from portal.core.pictures import LONGEST_SIDE, BrokenPictureError, HugePictureError, draw_anew
from portal.core.text import has_forbidden_characters

LARGEST_FILE_BYTES = 10 * 1024 * 1024
LONGEST_FILE_NAME = 200


class MediaType(StrEnum):
    """What a file really is, by its first bytes and never by its name."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


ANY_DOCUMENT = frozenset(MediaType)
PICTURES = frozenset({MediaType.JPEG, MediaType.PNG})

_BEGINNINGS = {
    MediaType.PDF: b"%PDF-",
    MediaType.JPEG: b"\xff\xd8\xff",
    MediaType.PNG: b"\x89PNG\r\n\x1a\n",
}
_ENDINGS = {
    MediaType.PDF: (".pdf",),
    MediaType.JPEG: (".jpg", ".jpeg"),
    MediaType.PNG: (".png",),
}
_KINDS_OF_PICTURE = {MediaType.JPEG: "JPEG", MediaType.PNG: "PNG"}
_PDF_END = b"%%EOF"
_PDF_END_WITHIN = 1024
"""Bytes before the end in which readers look for the mark (ISO 32000-1, annex H)."""
_NOT_IN_NAMES = re.compile(r'[<>:"|?*\x7f]')
_WITHOUT_NAME = "documento"


class FileRefusal(StrEnum):
    """Why an uploaded file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_ALLOWED = "not_allowed"
    NOT_A_PICTURE = "not_a_picture"
    BROKEN = "broken"
    TWO_IN_ONE = "two_in_one"
    TOO_MANY_PIXELS = "too_many_pixels"


REFUSAL_SENTENCES: Mapping[FileRefusal, object] = {
    FileRefusal.EMPTY: _l("This file is empty: choose another one."),
    FileRefusal.TOO_LARGE: _l("This file is larger than 10 MB: make it smaller and try again."),
    FileRefusal.NOT_ALLOWED: _l("This is not a PDF, a JPEG or a PNG: save it as one of them."),
    FileRefusal.NOT_A_PICTURE: _l("This is not a JPEG or PNG picture: choose one."),
    FileRefusal.BROKEN: _l("This file is broken or cut off: open it to check, then try again."),
    FileRefusal.TWO_IN_ONE: _l("There is another file hidden in this PDF: print it anew as PDF."),
    FileRefusal.TOO_MANY_PIXELS: _l("This picture has too many pixels: make it smaller."),
}


class FileRefusedError(RuleBrokenError):
    """An uploaded file is not taken; `refusal` says why, `sentence` says so to the person."""

    def __init__(self, refusal: FileRefusal, field: str | None = None) -> None:
        """Keep the reason; `field` is the form field it belongs to."""
        super().__init__(REFUSAL_SENTENCES[refusal], field)
        self.refusal = refusal


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


@dataclass(frozen=True)
class CheckedFile:
    """An uploaded file as it may be kept."""

    name: str
    media_type: MediaType
    content: bytes


def check_upload(
    upload: FileStorage, *, allowed: frozenset[MediaType] = ANY_DOCUMENT
) -> CheckedFile:
    """Return what may be kept of an uploaded file, or raise `FileRefusedError`.

    Pictures are drawn anew; a PDF is kept byte for byte (it may be signed).
    """
    upload.stream.seek(0)
    content = upload.stream.read(LARGEST_FILE_BYTES + 1)
    upload.stream.seek(0)
    if not content:
        raise FileRefusedError(FileRefusal.EMPTY)
    if len(content) > LARGEST_FILE_BYTES:
        raise FileRefusedError(FileRefusal.TOO_LARGE)
    media_type = sniff(content)
    if media_type is None or media_type not in allowed:
        only_pictures = MediaType.PDF not in allowed
        raise FileRefusedError(
            FileRefusal.NOT_A_PICTURE if only_pictures else FileRefusal.NOT_ALLOWED
        )
    if media_type is MediaType.PDF:
        _check_pdf(content)
    else:
        content = _draw(content, media_type)
    return CheckedFile(clean_name(upload.filename or "", media_type), media_type, content)


def store_upload(
    *, upload: FileStorage, allowed: frozenset[MediaType] = ANY_DOCUMENT
) -> StoredFile:
    """Keep an uploaded file; raises `FileRefusedError`. The caller says who may read it."""
    checked = check_upload(upload, allowed=allowed)
    return _store(checked)


def store_made(*, name: str, content: bytes, media_type: MediaType = MediaType.PDF) -> StoredFile:
    """Keep a document the portal itself made."""
    return _store(CheckedFile(clean_name(name, media_type), media_type, content))


def get_stored_file(file_id: int) -> StoredFile:
    """Return a kept file with its content. The caller has asked whether it may be read."""
    found = session().scalar(
        select(StoredFile).options(undefer(StoredFile.content)).where(StoredFile.id == file_id)
    )
    if found is None:
        raise NotFoundError
    return found


def delete_stored_file(file_id: int) -> None:
    """Delete a kept file nothing points to any more (flush that change first)."""
    session().execute(delete(StoredFile).where(StoredFile.id == file_id))


def delete_stored_files(file_ids: Iterable[int]) -> None:
    """Delete kept files nothing points to any more (flush those changes first)."""
    session().execute(delete(StoredFile).where(StoredFile.id.in_(list(file_ids))))


def sniff(content: bytes) -> MediaType | None:
    """Return what `content` begins as, or None for anything that is not taken."""
    for media_type, beginning in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    return None


def clean_name(name: str, media_type: MediaType) -> str:
    """Return `name` without a path and what no file name may hold, with the right ending."""
    last = re.split(r"[/\\]", name)[-1]
    kept = "".join(" " if c.isspace() or has_forbidden_characters(c) else c for c in last)
    stem = " ".join(_NOT_IN_NAMES.sub("-", kept).split()).rstrip(".")
    endings = _ENDINGS[media_type]
    ending = next((e for e in endings if stem.lower().endswith(e)), "")
    if ending:
        return _shorten(stem[: -len(ending)], stem[-len(ending) :])
    others = [e for kinds in _ENDINGS.values() for e in kinds]
    wrong = next((e for e in others if stem.lower().endswith(e)), "")
    return _shorten(stem.removesuffix(stem[len(stem) - len(wrong) :]), endings[0])


def _shorten(stem: str, ending: str) -> str:
    room = LONGEST_FILE_NAME - len(ending)
    return (stem[:room].strip(". ") or _WITHOUT_NAME) + ending


def _check_pdf(content: bytes) -> None:
    if _PDF_END not in content[-_PDF_END_WITHIN:]:
        raise FileRefusedError(FileRefusal.BROKEN)
    # A file may be a PDF from its beginning and an archive, or a program in one, from its end.
    if zipfile.is_zipfile(BytesIO(content)):
        raise FileRefusedError(FileRefusal.TWO_IN_ONE)


def _draw(content: bytes, media_type: MediaType) -> bytes:
    kind = _KINDS_OF_PICTURE[media_type]
    try:
        for longest_side in (LONGEST_SIDE, LONGEST_SIDE // 2):
            drawn = draw_anew(content, kind=kind, longest_side=longest_side)
            if len(drawn) <= LARGEST_FILE_BYTES:
                return drawn
    except HugePictureError as error:
        raise FileRefusedError(FileRefusal.TOO_MANY_PIXELS) from error
    except BrokenPictureError as error:
        raise FileRefusedError(FileRefusal.BROKEN) from error
    raise FileRefusedError(FileRefusal.TOO_LARGE)


def _store(checked: CheckedFile) -> StoredFile:
    stored = StoredFile(
        name=checked.name,
        media_type=checked.media_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        content=checked.content,
    )
    session().add(stored)
    session().flush()
    return stored
