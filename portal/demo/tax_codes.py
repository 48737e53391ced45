"""Tax codes that belong to nobody."""

from stdnum import luhn


def demo_tax_code(number: int) -> str:
    """Return an 11-digit code whose check digit is right; no office gives out such low ones."""
    digits = f"{number:010d}"
    return digits + luhn.calc_check_digit(digits)
