"""Tax codes of associations."""

import csv
from pathlib import Path

import pytest

from portal.registry.tax_code import TaxCodeProblem, clean_tax_code, find_tax_code_problem

LIST = Path(__file__).parents[2] / "portal" / "demo" / "data" / "5x1000_2022_provincia_RE.csv"


def test_every_code_of_the_real_list_is_good():
    with LIST.open(encoding="utf-8", newline="") as file:
        codes = [row["codice_fiscale"] for row in csv.DictReader(file)]
    assert len(codes) == 751
    assert [c for c in codes if find_tax_code_problem(c)] == []


def test_a_good_check_digit_is_enough_where_the_office_number_is_none():
    # The check for VAT numbers refuses it: no tax office has number 567.
    assert find_tax_code_problem("91234565678") is None


def test_a_personal_code_is_good():
    assert find_tax_code_problem("RCCMNL83S18D969H") is None


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("", TaxCodeProblem.MISSING),
        ("9101675035", TaxCodeProblem.WRONG_LENGTH),
        ("910167503555", TaxCodeProblem.WRONG_LENGTH),
        ("91075680355", TaxCodeProblem.WRONG_CHECK_DIGIT),
        ("00000000000", TaxCodeProblem.WRONG_CHECK_DIGIT),
        ("9107568035A", TaxCodeProblem.WRONG_CHARACTERS),
        ("９１０７５６８０３５４", TaxCodeProblem.WRONG_CHARACTERS),
        ("9.1075680354E+10", TaxCodeProblem.WRONG_CHARACTERS),
        ("RCCMNL83S18D969A", TaxCodeProblem.WRONG_CHECK_DIGIT),
        ("0000000000000000", TaxCodeProblem.WRONG_CHARACTERS),
        ("RCCMNL83S18D969", TaxCodeProblem.WRONG_LENGTH),
    ],
)
def test_a_wrong_code_says_what_is_wrong(code, problem):
    assert find_tax_code_problem(code) is problem


def test_spaces_small_letters_and_a_spreadsheets_apostrophe_do_not_matter():
    assert clean_tax_code(" '910 756 80354\t") == "91075680354"
    assert clean_tax_code("rccmnl83s18d969h") == "RCCMNL83S18D969H"
