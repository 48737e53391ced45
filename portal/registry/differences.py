"""How two texts differ, word by word, for people to read. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

MOST_WORDS = 1_000
"""Comparing costs the product of both lengths; longer texts are shown one after the other."""
_TOO_DIFFERENT = 0.3
"""Below this share of common words a patchwork is harder to read than two texts."""
_WORDS = re.compile(r"\s+|[^\s]+")


class Part(StrEnum):
    """Where a piece of text stands."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Words that follow one another and are all the same, gone, or new."""

    part: Part
    text: str


def word_difference(before: str, after: str) -> list[Piece]:
    """Return the pieces of both texts in reading order; what is gone stands before what is new.

    The pieces that are not new make `before`, those that are not gone make `after`.
    """
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    if len(old) + len(new) > 2 * MOST_WORDS:
        return _whole(before, after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if before != after and matcher.ratio() < _TOO_DIFFERENT:
        return _whole(before, after)
    parts = [
        (tag == "equal", "".join(old[i1:i2]), "".join(new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
    pieces: list[Piece] = []
    gone = fresh = ""
    for number, (is_same, left, right) in enumerate(parts):
        if is_same and not (left.isspace() and "\n" not in left and 0 < number < len(parts) - 1):
            pieces += [*_whole(gone, fresh), Piece(Part.SAME, left)]
            gone = fresh = ""
        else:
            # Changes with only a space between them are one: word by word nobody can read them.
            gone, fresh = gone + left, fresh + right
    return pieces + _whole(gone, fresh)


def _whole(before: str, after: str) -> list[Piece]:
    both = (Piece(Part.GONE, before), Piece(Part.NEW, after))
    return [piece for piece in both if piece.text]
