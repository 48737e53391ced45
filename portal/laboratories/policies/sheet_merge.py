"""What becomes of the texts of a sheet when two people write at once: a three-way comparison."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.registry.differences import Piece, word_difference

SHEET_PARTS = ("contents", "aims", "actions", "times", "spaces")
"""The parts of a sheet's text, in the order of the page."""
SHEET_TEXTS = ("title", "family", *SHEET_PARTS, "contact")
"""The texts that are written together, in the order of the form."""


@dataclass(frozen=True)
class Clash:
    """A text that two people changed, each in another way."""

    name: str
    before: str
    """What both of them started from."""
    theirs: str
    """What was saved meanwhile."""
    mine: str

    @property
    def their_pieces(self) -> list[Piece]:
        """Return what the other side changed, word by word."""
        return word_difference(self.before, self.theirs)

    @property
    def my_pieces(self) -> list[Piece]:
        """Return what one changed oneself, word by word."""
        return word_difference(self.before, self.mine)


@dataclass(frozen=True)
class Merge:
    """The texts of both sides together."""

    texts: Mapping[str, str]
    """With one's own words where both wrote."""
    clashes: tuple[Clash, ...]
    """To be decided by who saves."""
    taken: tuple[str, ...]
    """Names of the texts that only the others changed."""


def merge_texts(
    before: Mapping[str, str], theirs: Mapping[str, str], mine: Mapping[str, str]
) -> Merge:
    """Put two people's texts together, seen from what both of them started from.

    What only one side changed, or both in the same way, stands; a text that both changed
    differently is a clash, in which nobody's words are dropped unasked. Browsers send line ends
    of their own: they are no change.
    """
    texts: dict[str, str] = {}
    clashes: list[Clash] = []
    taken: list[str] = []
    for name in SHEET_TEXTS:
        was, other, own = (_same_line_ends(side.get(name, "")) for side in (before, theirs, mine))
        texts[name] = own
        if other in (was, own):
            continue
        if own == was:
            texts[name] = other
            taken.append(name)
        else:
            clashes.append(Clash(name, before=was, theirs=other, mine=own))
    return Merge(texts, tuple(clashes), tuple(taken))


def _same_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def merge_choices(seen: frozenset[int], chosen: frozenset[int], now: frozenset[int]) -> set[int]:
    """Return what is chosen after somebody who saw `seen` chose `chosen`, while `now` holds.

    Each side keeps what it added and what it took away.
    """
    return (set(now) | (chosen - seen)) - (seen - chosen)
