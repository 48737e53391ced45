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
    pieces: list[Piece] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece(Part.SAME, "".join(old[i1:i2])))
        else:
            pieces += _whole("".join(old[i1:i2]), "".join(new[j1:j2]))
    return pieces


def _whole(before: str, after: str) -> list[Piece]:
    both = (Piece(Part.GONE, before), Piece(Part.NEW, after))
    return [piece for piece in both if piece.text]
