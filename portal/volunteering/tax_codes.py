"""Tax codes of people (codice fiscale): what is wrong with one, and whether it is of that birth.

The library is loaded with the first code, as in `registry.tax_code`.
"""

from datetime import date
from enum import StrEnum

from portal.registry.tax_code import CHARACTERS, TaxCodeProblem, find_tax_code_problem

YEARS_IN_CODE = 100
"""Of the year a code holds two figures."""


class PersonTaxCodeProblem(StrEnum):
    """Why something is not the tax code of a person."""

    WRONG_LENGTH = "wrong_length"
    WRONG_CHARACTERS = "wrong_characters"
    WRONG_CHECK_LETTER = "wrong_check_letter"
    OTHER_BIRTH = "other_birth"
    """It is a good one, of somebody born on another day."""


def find_person_code_problem(code: str, born_on: date | None) -> PersonTaxCodeProblem | None:
    """Say what is wrong with a cleaned tax code of who was born on `born_on`, or None."""
    if len(code) != CHARACTERS:
        return PersonTaxCodeProblem.WRONG_LENGTH
    problem = find_tax_code_problem(code)
    if problem is TaxCodeProblem.WRONG_CHECK_DIGIT:
        return PersonTaxCodeProblem.WRONG_CHECK_LETTER
    if problem is not None:
        return PersonTaxCodeProblem.WRONG_CHARACTERS
    if born_on is not None and not _is_born_on(code, born_on):
        return PersonTaxCodeProblem.OTHER_BIRTH
    return None


def _is_born_on(code: str, day: date) -> bool:
    """Compare day, month and the two figures of the year; the code knows no century."""
    from stdnum.exceptions import ValidationError  # noqa: PLC0415 - see above
    from stdnum.it import codicefiscale  # noqa: PLC0415 - see above

    try:
        birth = codicefiscale.get_birth_date(code)
    except ValidationError:
        return False
    return (birth.day, birth.month, birth.year % YEARS_IN_CODE) == (
        day.day,
        day.month,
        day.year % YEARS_IN_CODE,
    )
