"""Tax codes of associations (codice fiscale): 11 digits, or 16 characters as a person's.

The library, which brings a good part of Python's own along, is loaded with the first code.
"""

from enum import StrEnum

from portal.core.sentences import sentence as _l

DIGITS = 11
CHARACTERS = 16


class TaxCodeProblem(StrEnum):
    """Why something is no tax code."""

    MISSING = "missing"
    WRONG_LENGTH = "wrong_length"
    WRONG_CHARACTERS = "wrong_characters"
    WRONG_CHECK_DIGIT = "wrong_check_digit"


TAX_CODE_SENTENCES = {
    TaxCodeProblem.MISSING: _l("The tax code is missing."),
    TaxCodeProblem.WRONG_LENGTH: _l(
        "The tax code has the wrong length: it takes 11 digits (a spreadsheet may have dropped"
        " zeros at the beginning), or 16 letters and digits."
    ),
    TaxCodeProblem.WRONG_CHARACTERS: _l(
        "The tax code holds characters that do not belong there: it takes 11 digits, or 16 letters"
        " and digits."
    ),
    TaxCodeProblem.WRONG_CHECK_DIGIT: _l(
        "The last character of the tax code does not match the others: one of them is mistyped."
    ),
}


def clean_tax_code(text: str) -> str:
    """Return what was typed or read without spaces, in capitals (a spreadsheet's ' is dropped)."""
    return "".join(text.split()).upper().removeprefix("'")


def find_tax_code_problem(code: str) -> TaxCodeProblem | None:
    """Say what is wrong with a cleaned tax code, or None.

    Of 11 digits only the check digit is asked for: the office number inside is an office's only
    in VAT numbers, so the check for those would refuse good codes of associations.
    """
    if not code:
        return TaxCodeProblem.MISSING
    if not (code.isascii() and code.isalnum()):
        return TaxCodeProblem.WRONG_CHARACTERS
    if len(code) == DIGITS:
        return _problem_of_digits(code)
    if len(code) == CHARACTERS:
        return _problem_of_characters(code)
    return TaxCodeProblem.WRONG_LENGTH


def _problem_of_digits(code: str) -> TaxCodeProblem | None:
    if not code.isdigit():
        return TaxCodeProblem.WRONG_CHARACTERS
    from stdnum import luhn  # noqa: PLC0415 - see above

    if not luhn.is_valid(code) or set(code) == {"0"}:
        return TaxCodeProblem.WRONG_CHECK_DIGIT
    return None


def _problem_of_characters(code: str) -> TaxCodeProblem | None:
    from stdnum.exceptions import InvalidChecksum, ValidationError  # noqa: PLC0415 - see above
    from stdnum.it import codicefiscale  # noqa: PLC0415 - see above

    try:
        codicefiscale.validate(code)
    except InvalidChecksum:
        return TaxCodeProblem.WRONG_CHECK_DIGIT
    except (ValidationError, ValueError):
        return TaxCodeProblem.WRONG_CHARACTERS
    return None
