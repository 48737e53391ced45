"""Money, as people write and read it."""

import re

from flask_babel import format_decimal

CENTS_A_EURO = 100
LONGEST_AMOUNT = 12
"""Characters of an amount; longer is no amount anybody would ask for."""

_EURO = re.compile(r"€|euro|eur", re.IGNORECASE)
_WITH_THOUSANDS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]{1,2})?", re.ASCII)
_PLAIN = re.compile(r"[0-9]+(?:[.,][0-9]{1,2})?", re.ASCII)


def parse_money(text: str) -> int | None:
    """Return the cents of an amount as people type it, or None for what is none.

    `12,50`, `12.50`, `€ 12`, `12 euro`, `1.250,00`. A dot before three figures parts thousands,
    as everybody in Italy writes them.
    """
    typed = "".join(_EURO.sub("", text).split())
    if len(typed) > LONGEST_AMOUNT:
        return None
    if _WITH_THOUSANDS.fullmatch(typed):
        typed = typed.replace(".", "")
    elif not _PLAIN.fullmatch(typed):
        return None
    euros, _comma, cents = typed.replace(".", ",").partition(",")
    return int(euros) * CENTS_A_EURO + int(cents.ljust(2, "0") or 0)


def format_money(cents: int) -> str:
    """`12,50 €`, which no line ever ends in the middle of."""
    return f"{format_decimal(cents / CENTS_A_EURO, '#,##0.00')}\N{NO-BREAK SPACE}€"


def spreadsheet_money(cents: int) -> str:
    """`12,50`: an amount as an Italian spreadsheet reads it."""
    return f"{cents / CENTS_A_EURO:.2f}".replace(".", ",")
