"""Search as people write: Italian stems, no accents, forgiving (see migration 0001).

The text search configuration `it` stems and drops accents; `f_unaccent` is the immutable
`unaccent`. Word by word, each as a prefix, so that "associazione sport" finds "associazioni
sportive".
"""

import re

from sqlalchemy import ColumnElement, Function, Text, cast, func, literal_column
from sqlalchemy.orm import InstrumentedAttribute

LONGEST_WORDS = 8


def search_words(text: str) -> list[str]:
    """Return the words of what somebody typed, at most eight; dots of "A.S.D." are dropped."""
    joined = re.sub(r"\b((?:\w\.){2,})", lambda m: m[0].replace(".", ""), text)
    return re.findall(r"[^\W_]+", joined, flags=re.UNICODE)[:LONGEST_WORDS]


def text_query(text: str) -> Function[str] | None:
    """Return the `tsquery` of what somebody typed, each word also as a beginning, or None."""
    words = search_words(text)
    if not words:
        return None
    # Only letters and digits are left in the words, so the query's own syntax cannot be broken.
    return func.to_tsquery(literal_column("'it'"), " & ".join(f"{word}:*" for word in words))


def sort_name(column: ColumnElement[str] | InstrumentedAttribute[str]) -> ColumnElement[str]:
    """Return what a list of names is sorted by: without case and accents."""
    return cast(func.f_unaccent(func.lower(column)), Text)
