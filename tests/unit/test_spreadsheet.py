"""Cells that a spreadsheet would run, and lists as CSV."""

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.spreadsheet import csv_lines, neutralised, restored


@pytest.mark.parametrize(
    "cell", ["=1+1", "+39 0522", "-2", "@mario", "\tx", "\r=1", "'=1", "''+ Insieme", "'-"]
)
def test_what_would_run_gets_an_apostrophe(cell):
    assert neutralised(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Insieme", "'O sole mio", "1+1", " =1", "''", "100 - 1"])
def test_what_would_not_run_stays(cell):
    assert neutralised(cell) == cell
    assert restored(cell) == cell


@given(st.text(alphabet="'=+-@\t\rab1 ", max_size=8))
def test_a_restored_cell_is_what_it_was(cell):
    assert restored(neutralised(cell)) == cell


def test_a_list_reads_back_as_it_was():
    rows = [("+ Insieme", 'La "Quercia"', 3), ("a, b", "due\nrighe", None)]
    text = "".join(csv_lines(rows, header=("nome", "sigla", "numero")))
    assert text.startswith("\ufeffnome,sigla,numero\r\n")
    read = list(csv.reader(StringIO(text.removeprefix("\ufeff"))))
    assert read[1:] == [["'+ Insieme", 'La "Quercia"', "3"], ["a, b", "due\nrighe", ""]]


def test_a_long_list_comes_in_pieces():
    pieces = list(csv_lines(((n,) for n in range(1_200)), header=("n",)))
    assert len(pieces) == 4
    assert len("".join(pieces).splitlines()) == 1_201
