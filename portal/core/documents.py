"""Documents the portal makes: Typst templates → PDF/UA-1, the accessible kind of PDF.

A template below `templates/documents/` gets its data as JSON: nothing somebody typed is ever read
as Typst's language. Fonts come with the portal and with Typst alone, so that a document is the
same on every machine.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.config import PROJECT_ROOT
from portal.core.clock import to_local
from portal.core.text import without_forbidden_characters

DOCUMENTS = PROJECT_ROOT / "templates" / "documents"
FONTS = DOCUMENTS / "fonts"
NO_GLYPH = "\N{WHITE SQUARE}"
"""Stands for a character that none of the fonts can show."""
MOST_TRIES = 12

_CANNOT_SHOW = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_SURELY_SHOWN = re.compile(
    "[^\n\t -~\u00a0-\u017f\u0218-\u021b\u0391-\u03a9\u03b1-\u03c9\u0410-\u044f"
    "\u2013\u2014\u2018-\u201e\u2022\u2026\u20ac\u25a1]"
)


def render_pdf(template: str, data: Mapping[str, Any], *, made_at: datetime) -> bytes:
    """Return the document as PDF/UA-1: tagged, titled, in Italian, its text selectable.

    `template` is a file of `templates/documents/`, `data` what its `sys.inputs.data` holds,
    `made_at` the moment its properties name. An accessible PDF holds no character without a
    shape: such a one (a smiley, Chinese) is shown as a square here and stands whole wherever the
    portal shows the text itself.
    """
    from typst import TypstError  # noqa: PLC0415 - large, and few processes make a document

    text = json.dumps(_clean(data), ensure_ascii=False)
    for _try in range(MOST_TRIES):
        try:
            return _compile(template, text, made_at)
        except TypstError as error:
            unknown = _CANNOT_SHOW.search(str(error))
            if unknown is None:
                raise
            text = _without(text, _ESCAPED.sub(_character, unknown[1]))
    return _compile(template, _SURELY_SHOWN.sub(NO_GLYPH, text), made_at)


def _compile(template: str, text: str, made_at: datetime) -> bytes:
    from typst import compile as compile_document  # noqa: PLC0415 - see above

    made = compile_document(
        str(DOCUMENTS / template),
        root=str(DOCUMENTS),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],
        sys_inputs={"data": text},
        timestamp=int(to_local(made_at).timestamp()),
    )
    if not isinstance(made, bytes):
        raise TypeError(template)
    return made


def _character(escaped: re.Match[str]) -> str:
    return chr(int(escaped[1], 16))


def _without(text: str, unknown: str) -> str:
    # A cluster may hold a digit or a letter too (a digit in a box): those have their shapes.
    for character in set(unknown):
        if not character.isascii():
            text = text.replace(character, NO_GLYPH)
    return text


def _clean(value: Any) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Compose accents and leave out what cannot stand in a document."""
    if isinstance(value, str):
        return without_forbidden_characters(unicodedata.normalize("NFC", value))
    if isinstance(value, Mapping):
        return {name: _clean(inner) for name, inner in value.items()}
    return [_clean(inner) for inner in value]
