"""What an XLSX file must be before anything in it is read.

A workbook is a zip archive of XML. It is looked through without unpacking it whole: how large it
would become, whether it is locked, whether it brings programs or looks into other files, and
whether its XML declares entities (which can grow without end, or read files of the server). What
reads XML is loaded with the first workbook: most processes never see one.
"""

import zipfile
from io import BytesIO

from portal.core.sentences import Sentence
from portal.core.sentences import sentence as _l
from portal.registry.import_file.rows import RowProblem, UnreadableFileError

LARGEST_WORKBOOK_BYTES = 20 * 1024 * 1024
_MEGABYTE = 1024 * 1024
_MOST_UNPACKED_BYTES = 300 * _MEGABYTE
_MOST_PARTS = 1_000
_MOST_RATIO = 120
"""Unpacked to packed, of a part that is not small; the cells of real lists reach 25."""
_MOST_TEXTS_BYTES = 64 * _MEGABYTE
"""Of the texts of all cells, and below of any part but a sheet: those are held in memory."""
_MOST_OTHER_BYTES = 10 * _MEGABYTE
_NEEDED = {"[content_types].xml", "xl/workbook.xml"}
_FOREIGN = ("vbaproject", "externallinks/", "macrosheets/", "activex/", "embeddings/")
_IS_LOCKED = 0x1

_OLD_OR_LOCKED = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"


def is_workbook(data: bytes) -> bool:
    """Say whether `data` starts as an XLSX file does; raises for its older and locked relatives."""
    if data.startswith(_OLD_OR_LOCKED):
        raise _refused(
            _l(
                "This is an old spreadsheet (.xls) or one with a password: save the list as XLSX"
                " without a password, or as CSV."
            )
        )
    return data.startswith(_ZIP)


def check_archive(data: bytes) -> None:
    """Raise `UnreadableFileError` unless `data` is a harmless workbook."""
    if len(data) > LARGEST_WORKBOOK_BYTES:
        raise _refused(_l("The file is larger than 20 MB."))
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_parts(parts)
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels", ".vml")):
                    _check_start(archive, part)
    except UnreadableFileError:
        raise
    except Exception:  # noqa: BLE001 - whatever a broken archive makes the library raise
        raise broken_workbook() from None


def broken_workbook() -> UnreadableFileError:
    """Return the refusal of what cannot be read as a workbook."""
    return _refused(
        _l("The spreadsheet is broken or incomplete: open it, save it again and try once more.")
    )


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = {part.filename.lower() for part in parts}
    if not names >= _NEEDED:
        raise _refused(
            _l("This is an archive or another kind of document: save the list as XLSX or CSV.")
        )
    if any(part.flag_bits & _IS_LOCKED for part in parts):
        raise _refused(_l("The spreadsheet has a password: save it without."))
    if any(foreign in name for name in names for foreign in _FOREIGN):
        raise _refused(
            _l(
                "The spreadsheet brings programs or looks into other files: copy the values into"
                " a new one, or save the list as CSV."
            )
        )
    is_too_large = (
        len(parts) > _MOST_PARTS
        or sum(part.file_size for part in parts) > _MOST_UNPACKED_BYTES
        or any(_is_swollen(part) for part in parts)
    )
    if is_too_large:
        raise _refused(
            _l("Unpacked, the spreadsheet is far larger than a list can be: nothing was read.")
        )


def _is_swollen(part: zipfile.ZipInfo) -> bool:
    name = part.filename.lower()
    if part.file_size > _MEGABYTE and part.file_size > _MOST_RATIO * max(1, part.compress_size):
        return True
    if name.endswith("sharedstrings.xml"):
        return part.file_size > _MOST_TEXTS_BYTES
    return not name.startswith("xl/worksheets/") and part.file_size > _MOST_OTHER_BYTES


def _check_start(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Read up to the first element: a declaration of entities can only stand before it."""
    from defusedxml import DefusedXmlException  # noqa: PLC0415 - see above
    from defusedxml.ElementTree import ParseError, iterparse  # noqa: PLC0415 - see above

    try:
        with archive.open(part) as content:
            next(iter(iterparse(content, events=("start",), forbid_dtd=True)), None)
    except DefusedXmlException:
        raise _refused(
            _l("The spreadsheet declares entities, as no real one does: nothing was read.")
        ) from None
    except ParseError:
        raise broken_workbook() from None


def _refused(reason: Sentence) -> UnreadableFileError:
    return UnreadableFileError(RowProblem(0, reason))
