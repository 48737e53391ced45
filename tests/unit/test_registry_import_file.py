"""Reading lists of associations, good ones and broken ones."""

import contextlib
import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.registry.import_file import (
    LONGEST_LINE,
    REQUIRED_COLUMNS,
    UnreadableFileError,
    read_import_file,
)

LIST = Path(__file__).parents[2] / "portal" / "demo" / "data" / "5x1000_2022_provincia_RE.csv"
HEADER = ",".join(REQUIRED_COLUMNS)
ROW = "91075680354,FONDAZIONE GRADE ONLUS,035033,X,,,"
OTHER = "01995220355,FONDAZIONE DI BELLA,035028,X,,,"


def read(tmp_path, content, name="elenco_2022.csv"):
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_import_file(path)


def refusal(tmp_path, content):
    with pytest.raises(UnreadableFileError) as caught:
        read(tmp_path, content)
    return [(p.row, str(p.reason)) for p in caught.value.problems]


def lines(*rows):
    return "\n".join((HEADER, *rows)) + "\n"


def named(name):
    return f"91075680354,{name},035033,X,,,"


def test_the_real_list_is_read_whole():
    file = read_import_file(LIST)
    assert len(file.rows) == 751
    assert (file.problems, file.encoding, file.separator, file.year) == ((), "utf-8", ",", 2022)
    assert file.rows[0].row == 2
    assert file.rows[0].flags == {"ets_e_onlus"}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separator_and_line_ends_are_recognised(tmp_path, separator, end):
    text = lines(ROW, OTHER).replace(",", separator).replace("\n", end)
    file = read(tmp_path, text)
    assert [r.tax_code for r in file.rows] == ["91075680354", "01995220355"]
    assert [r.row for r in file.rows] == [2, 3]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_encodings_are_recognised(tmp_path, encoding):
    file = read(tmp_path, lines(named("CITTÀ È PIÙ")).encode(encoding))
    assert file.rows[0].name == "CITTÀ È PIÙ"


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("+ENERGIA APS", "+ENERGIA APS"),
        ("-MENO SPRECHI", "-MENO SPRECHI"),
        ("=SOMMA(A1)", "=SOMMA(A1)"),
        ('"""SHQIPONJA"" APS"', '"SHQIPONJA" APS'),
        ("CITTA' DEL TRICOLORE", "CITTA' DEL TRICOLORE"),
        ("CITT? FUTURA", "CITT? FUTURA"),
        ("1909", "1909"),
        ('"SOTTO, SOPRA"', "SOTTO, SOPRA"),
        ('"SU DUE\nRIGHE"', "SU DUE RIGHE"),
        ("  TANTI   SPAZI ", "TANTI SPAZI"),
        ("<b>GRASSETTO</b>", "<b>GRASSETTO</b>"),
    ],
)
def test_strange_names_survive(tmp_path, written, name):
    file = read(tmp_path, lines(named(written), OTHER))
    assert [r.name for r in file.rows] == [name, "FONDAZIONE DI BELLA"]


def test_blank_rows_and_empty_cells_at_the_end_do_not_matter(tmp_path):
    file = read(tmp_path, lines(ROW + ",,", "", ",,,,,,", OTHER))
    assert [r.row for r in file.rows] == [2, 5]


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ("91075680354,TROPPO POCO", "columns"),
        (ROW + "X,X,X", "columns"),
        ('91075680354,"UNO" DUE,035033,X,,,', "quotes"),
        (named("CITT\ufffd"), "lost"),
        (named("CITTÃ\u00a0"), "lost"),
        (named("ROVESCIO\u202e"), "lost"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_on(tmp_path, bad, words):
    file = read(tmp_path, lines(ROW, bad, OTHER))
    assert [r.row for r in file.rows] == [2, 4]
    assert [p.row for p in file.problems] == [3]
    assert words in str(file.problems[0].reason)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        (b"", 0),
        (b" \n\n", 0),
        (b"PK\x03\x04 a spreadsheet", 0),
        (b"\x89PNG\r\n\x1a\n\0\0\0", 3),
        (b"\xff\xfea", 0),
        ("ciao, questo è un testo\nqualsiasi\n", 1),
        (HEADER + "\n", 1),
        (lines(ROW).replace(",", "§"), 1),
        (lines(ROW).replace(",comuni", "", 1), 1),
        (lines(ROW).replace(",asd", ",comuni", 1), 1),
        (lines(ROW, '91075680354,"NON CHIUDE,035033,X,,,', OTHER, OTHER), 3),
        (lines(ROW, OTHER, '91075680354,"NON CHIUDE').rstrip(), 4),
        (lines(ROW, '1,"NON CHIUDE,035033,X,,,', OTHER, '2,"ALTRA",035033,X,,,'), 3),
        (lines(ROW, '1,"NON CHIUDE,035033,X,,,', *[OTHER] * 100), 3),
        (lines(ROW, "x" * 10_000_000, OTHER), 3),
        (lines(ROW, '1,"' + "x" * LONGEST_LINE), 3),
        (lines(ROW, OTHER).encode() + b"91075680354,A\0B,035033,X,,,\n", 4),
        (lines(named("CITTÀ")).encode() + named("PIÙ").encode("cp1252") + b"\n", 3),
    ],
)
def test_a_broken_file_is_refused_with_the_row_where_it_shows(tmp_path, content, row):
    problems = refusal(tmp_path, content)
    assert problems[0][0] == row
    assert all(reason for _row, reason in problems)


def test_a_file_without_a_column_says_which(tmp_path):
    [(_row, reason)] = refusal(tmp_path, lines(ROW).replace(",comuni", ""))
    assert "comuni" in reason


@pytest.mark.parametrize("path", ["/nowhere/list.csv", "/", "/dev/null", "a\0b", "x" * 5000])
def test_what_is_no_file_is_refused(path):
    with pytest.raises(UnreadableFileError):
        read_import_file(Path(path))


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("bytes") / "x.csv"
    path.write_bytes(HEADER.encode() + b"\n" + data)
    with contextlib.suppress(UnreadableFileError):
        read_import_file(path)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=30), max_size=10
    )
)
def test_any_names_written_by_a_spreadsheet_are_read_back(tmp_path_factory, names):
    names = [n for n in names if "Ã" not in n and "Â" not in n and "\ufffd" not in n]
    buffer = io.StringIO()
    csv.writer(buffer).writerows(
        [REQUIRED_COLUMNS, *[["91075680354", n, "035033", "X", "", "", ""] for n in names]]
    )
    path = tmp_path_factory.mktemp("names") / "x.csv"
    path.write_bytes(buffer.getvalue().encode())
    if not names:
        return
    assert [r.name for r in read_import_file(path).rows] == names
