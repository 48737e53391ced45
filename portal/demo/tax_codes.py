"""Tax codes that belong to nobody."""

from datetime import date

from stdnum import luhn
from stdnum.it import codicefiscale

MONTHS = "ABCDEHLMPRST"
"""Letters of the months in a person's code."""


def demo_tax_code(number: int) -> str:
    """Return an 11-digit code whose check digit is right; no office gives out such low ones."""
    digits = f"{number:010d}"
    return digits + luhn.calc_check_digit(digits)


def demo_person_code(letters: str, born_on: date, *, is_woman: bool = True) -> str:
    """Return the code that an invented person would have: six `letters`, the birth, the city."""
    day = born_on.day + (40 if is_woman else 0)
    start = f"{letters}{born_on:%y}{MONTHS[born_on.month - 1]}{day:02d}H223"
    return start + codicefiscale.calc_check_digit(start)
