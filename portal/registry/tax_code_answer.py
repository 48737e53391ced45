"""What is said of a tax code while it is typed: one pure rule for the page and the tests."""

from enum import StrEnum

from portal.registry.tax_code import TaxCodeProblem


class TaxCodeAnswer(StrEnum):
    """What the portal says of a tax code; nothing that is not public."""

    NOTHING_YET = "nothing_yet"
    """Too few characters to say anything: whoever is still typing is not told off."""
    INVALID = "invalid"
    LISTED = "listed"
    """It is in the registry: its page can be claimed."""
    ASKED = "asked"
    """Somebody else has asked to include it."""
    FREE = "free"


def answer_tax_code(
    problem: TaxCodeProblem | None, *, is_listed: bool, is_asked_by_another: bool
) -> TaxCodeAnswer:
    """Return what to say of a code with this `problem`, or without one."""
    if problem is TaxCodeProblem.MISSING:
        return TaxCodeAnswer.NOTHING_YET
    if problem is not None:
        return TaxCodeAnswer.INVALID
    if is_listed:
        return TaxCodeAnswer.LISTED
    return TaxCodeAnswer.ASKED if is_asked_by_another else TaxCodeAnswer.FREE
