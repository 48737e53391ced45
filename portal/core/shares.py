"""Shares of a whole, as people add them up."""

from collections.abc import Sequence

WHOLE = 100


def percents_of(parts: Sequence[int]) -> list[int]:
    """Return parts (each at least 0) as whole per cents that add up to 100; of nothing, noughts.

    Each is rounded down, then those that lost most are given what is left (largest remainder).
    """
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    percents = [WHOLE * part // total for part in parts]
    by_loss = sorted(range(len(parts)), key=lambda n: -(WHOLE * parts[n] % total))
    for n in by_loss[: WHOLE - sum(percents)]:
        percents[n] += 1
    return percents
