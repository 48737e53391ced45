"""What a measurement gives, and whether it is enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Result:
    """One line of the table."""

    name: str
    unit: str
    median: float
    min: float
    max: float
    ratio: float | None = None
    """Median of the ratios of each pair; None where nothing is compared."""
    ratio_min: float | None = None
    ratio_max: float | None = None
    target: str = ""
    is_met: bool | None = None
    """None: there is no target."""


def summarise(
    name: str,
    unit: str,
    values: Sequence[float],
    ratios: Sequence[float] = (),
    *,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Result:
    """Return the line of `values`; the target is about the ratio where there is one."""
    ratio = median(ratios) if ratios else None
    judged = median(values) if ratio is None else ratio
    target, is_met = "", None
    if at_least is not None:
        target, is_met = f"≥ {at_least:g}", judged >= at_least
    if at_most is not None:
        target, is_met = f"≤ {at_most:g}", judged <= at_most
    return Result(
        name=name,
        unit=unit,
        median=median(values),
        min=min(values),
        max=max(values),
        ratio=ratio,
        ratio_min=min(ratios) if ratios else None,
        ratio_max=max(ratios) if ratios else None,
        target=target,
        is_met=is_met,
    )
