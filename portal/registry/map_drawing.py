"""How a map shows numbers: in few shades, about as many areas in each, and where names stand."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from portal.territory.topojson import Box

STEPS = 4


@dataclass(frozen=True)
class Step:
    """Numbers that look alike."""

    low: int
    high: int | None
    """None: whatever is more."""


def map_steps(numbers: Iterable[int]) -> tuple[Step, ...]:
    """Return at most four steps from one upwards, lightest first, that split areas evenly."""
    counted = sorted(number for number in numbers if number > 0)
    if not counted:
        return ()
    highest = [counted[ceil(len(counted) * part / STEPS) - 1] for part in range(1, STEPS)]
    bounds = [bound for bound in sorted(set(highest)) if bound < counted[-1]]
    lows = [1, *(bound + 1 for bound in bounds)]
    return tuple(Step(low, high) for low, high in zip(lows, [*bounds, None], strict=True))


def step_of(number: int, steps: Sequence[Step]) -> int:
    """Return the place of the step a number belongs to, from 1; 0 for none."""
    if number <= 0:
        return 0
    return sum(1 for step in steps if number >= step.low)


LETTER_WIDTH = 7
"""Of the names on the map, in its own units: rather too wide than too narrow."""


@dataclass(frozen=True)
class Label:
    """A name on the map."""

    words: str
    x: int
    y: int
    is_inside: bool
    """Whether it fits into its area, and may be written in white on a dark one."""


def label_of(words: str, area: Box, whole: Box) -> Label:
    """Return where `words` stand: in the middle of their area, but not over the map's edge."""
    half = len(words) * LETTER_WIDTH // 2
    x, y = area.middle
    x = max(whole.left + half, min(x, whole.right - half))
    return Label(words, x, y, is_inside=area.left <= x - half and x + half <= area.right)
