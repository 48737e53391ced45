"""Reading the national list, workbooks, our own list; refusing what is poisoned."""

import io
import zipfile
from datetime import date

import pytest

from portal.registry.import_file import (
    OWN_COLUMNS,
    REQUIRED_COLUMNS,
    Layout,
    UnreadableFileError,
    pack_rows,
    read_import_data,
    unpack_rows,
)
from portal.registry.import_file.archive import LARGEST_WORKBOOK_BYTES
from portal.registry.import_file.reading import find_day, find_year
from portal.registry.states import AssociationKind, RuntsSection
from tests.factories.import_files import (
    REPRESENTATIVE,
    RUNTS_NAME,
    make_csv,
    make_workbook,
    rebuilt,
    runts_row,
)


@pytest.fixture(scope="module")
def workbook():
    return make_workbook([runts_row(1), runts_row(2)])


def refusal(data, name=RUNTS_NAME):
    with pytest.raises(UnreadableFileError) as caught:
        read_import_data(data, file_name=name)
    [problem] = caught.value.problems
    return problem.row, str(problem.reason)


@pytest.mark.parametrize("make", [make_workbook, make_csv])
def test_the_national_list_is_read_by_position(make):
    file = read_import_data(
        make([runts_row(1, name="«LA  RONDINE» ODV", section="ORGANIZZAZIONI DI VOLONTARIATO")]),
        file_name=RUNTS_NAME,
    )
    [row] = file.rows
    assert (file.layout, file.year, file.list_day) == (Layout.RUNTS, 2026, date(2026, 8, 4))
    assert (row.row, row.name) == (2, "«LA RONDINE» ODV")
    assert (row.section, row.kind) == (RuntsSection.ODV, AssociationKind.ODV)
    assert (row.runts_number, row.runts_enrolled_on) == (10_001, date(2022, 11, 7))
    assert (row.is_network, row.municipality_name, row.province) == (
        False,
        "REGGIO NELL'EMILIA",
        "RE",
    )


@pytest.mark.parametrize("make", [make_workbook, make_csv])
def test_who_represents_a_body_is_not_kept(make):
    file = read_import_data(make([runts_row(1)]), file_name=RUNTS_NAME)
    assert "GELSOMINA" in REPRESENTATIVE
    assert "GELSOMINA" not in repr(file)
    assert b"GELSOMINA" not in pack_rows(file)


@pytest.mark.parametrize(
    ("written", "section"),
    [
        ("ORGANIZZAZIONI DI VOLONTARIATO", RuntsSection.ODV),
        ("ASSOCIAZIONI DI PROMOZIONE SOCIALE", RuntsSection.APS),
        ("ENTI FILANTROPICI", RuntsSection.PHILANTHROPIC),
        ("IMPRESE SOCIALI", RuntsSection.SOCIAL_ENTERPRISE),
        ("SOCIETA' DI MUTUO SOCCORSO", RuntsSection.MUTUAL_AID),
        ("SOCIETA’ DI MUTUO SOCCORSO", RuntsSection.MUTUAL_AID),
        ("Altri enti del terzo settore", RuntsSection.OTHER),
    ],
)
def test_each_section_is_known(written, section):
    [row] = read_import_data(make_csv([runts_row(1, section=written)]), file_name=RUNTS_NAME).rows
    assert (row.section, row.problem) == (section, None)


def test_naples_is_a_province_and_days_may_be_days():
    data = make_workbook([runts_row(1, province="NA", since=date(2023, 1, 31))])
    [row] = read_import_data(data, file_name=RUNTS_NAME).rows
    assert (row.province, row.runts_enrolled_on) == ("NA", date(2023, 1, 31))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"section": "SEZIONE NUOVA"}, "section"),
        ({"runts_number": "molti"}, "whole number"),
        ({"runts_number": 0}, "whole number"),
        ({"runts_number": 10**12}, "whole number"),
        ({"since": "31/02/2022"}, "day/month/year"),
        ({"since": None}, "day/month/year"),
    ],
)
def test_a_row_with_a_wrong_value_says_which(values, words):
    file = read_import_data(make_workbook([runts_row(1, **values), runts_row(2)]), file_name="x")
    assert words in str(file.rows[0].problem)
    assert file.rows[1].problem is None


@pytest.mark.parametrize(
    "name",
    ["+ENERGIA", "-MENO", "@CASA", "'L OVILE", '"SHQIPONJA" APS', "1909", "VAL D?ENZA", "ΕΛΠΙΔΑ"],
)
def test_strange_names_survive_a_workbook(name):
    [row] = read_import_data(make_workbook([runts_row(1, name=name)]), file_name="x").rows
    assert row.name == name


def test_the_list_of_the_5x1000_may_be_a_workbook():
    data = make_workbook(
        [
            ["91075680354", "CORO", "035033", "X", None, None, None],
            [None] * 7,
            ["1", "B", "2", *[""] * 4],
        ],
        header=REQUIRED_COLUMNS,
        sheet="Dati",
    )
    file = read_import_data(data, file_name="5x1000_2024.xlsx")
    assert (file.layout, file.year, file.encoding) == (Layout.FIVE_PER_MILLE, 2024, None)
    assert [(r.row, r.tax_code, r.flags) for r in file.rows] == [
        (2, "91075680354", {"ets_e_onlus"}),
        (4, "1", frozenset()),
    ]


def test_our_own_list_is_read_back_without_the_apostrophes_of_the_download():
    data = make_csv(
        [
            ["91075680354", "'+ENERGIA", "035033", "aps", "odv", "12"],
            ["91075680354", "''=X", "", "other", "", ""],
            ["91075680354", "Y", "", "circolo", "", ""],
        ],
        header=OWN_COLUMNS,
    )
    file = read_import_data(data, file_name="associazioni.csv")
    first, second, third = file.rows
    assert file.layout is Layout.OWN
    assert (first.name, first.kind, first.section, first.runts_number) == (
        "+ENERGIA",
        AssociationKind.APS,
        RuntsSection.ODV,
        12,
    )
    assert (second.name, second.section, second.runts_number) == ("'=X", None, None)
    assert "kind" in str(third.problem)


def test_rows_are_unpacked_as_they_were_packed(workbook):
    rows = [
        runts_row(1),
        runts_row(2, section="?"),
        runts_row(3, since="ieri", name="ŽIVOT +\u2028"),
        ["", "senza niente", *[None] * 9],
    ]
    file = read_import_data(make_workbook(rows), file_name=RUNTS_NAME)
    assert unpack_rows(pack_rows(file)) == file


def test_a_formula_refuses_the_file_with_its_row():
    data = make_workbook([runts_row(1), runts_row(2, name="=1+1")])
    row, words = refusal(data)
    assert (row, "formula" in words) == (3, True)


def test_a_list_with_too_few_columns_or_an_unknown_header_is_refused():
    assert "columns" in refusal(make_csv([["1", "2"]], header=["Codice fiscale", "Repertorio"]))[1]
    row, words = refusal(make_workbook([["a", "b"]], header=["uno", "due"]))
    assert (row, "names no column" in words) == (1, True)


def test_of_several_sheets_one_must_be_the_list():
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Uno"
    book.create_sheet("Due")
    content = io.BytesIO()
    book.save(content)
    assert "several sheets" in refusal(content.getvalue())[1]


def test_an_empty_workbook_is_refused():
    assert refusal(make_workbook([], header=[]))[0] == 1
    assert refusal(make_workbook([]))[0] == 1


ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>'
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><x>&b;</x>'
WIDE = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">]><x>&a;</x>'.encode("utf-16")


@pytest.mark.parametrize("part", [ENTITY, LAUGHS, WIDE])
@pytest.mark.parametrize(
    "name", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "docProps/x.xml"]
)
def test_entities_are_refused_wherever_they_stand(workbook, part, name):
    assert "entities" in refusal(rebuilt(workbook, {name: part}))[1]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/vbaProject.bin": b"x"}, "programs"),
        ({"xl/externalLinks/externalLink1.xml": b"<x/>"}, "programs"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData>" + b" " * 2_000_000}, "far larger"),
        ({"xl/styles.xml": b"<x>" + bytes(range(32, 127)) * 120_000 + b"</x>"}, "far larger"),
        ({f"xl/media/{n}.png": b"" for n in range(1_001)}, "far larger"),
        ({"xl/workbook.xml": None}, "archive"),
        ({"xl/worksheets/sheet1.xml": None}, "broken"),
        ({"xl/worksheets/sheet1.xml": b"<worksheet"}, "broken"),
        ({"xl/worksheets/sheet1.xml": b"no xml"}, "broken"),
        ({"[Content_Types].xml": b"<Types/>"}, "broken"),
    ],
)
def test_a_poisoned_or_broken_workbook_is_refused(workbook, parts, words):
    assert words in refusal(rebuilt(workbook, parts))[1]


def test_a_row_that_says_it_is_the_billionth_ends_soon(workbook):
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1000000000"><c r="A1000000000" t="inlineStr"><is><t>x</t></is></c></row>'
        b"</sheetData></worksheet>"
    )
    assert refusal(rebuilt(workbook, {"xl/worksheets/sheet1.xml": sheet}))[1]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"PK\x03\x04 an archive that breaks off", "broken"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "password"),
        (b"PK\x03\x04" + b"\0" * LARGEST_WORKBOOK_BYTES, "larger than 20 MB"),
    ],
)
def test_what_only_looks_like_a_workbook_is_refused(data, words):
    assert words in refusal(data)[1]


def test_an_encrypted_part_is_refused(workbook):
    data = bytearray(workbook)
    for start, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(start)
        data[place + offset] |= 1
    assert "password" in refusal(bytes(data))[1]


def test_a_workbook_cut_anywhere_is_refused(workbook):
    for length in range(10, len(workbook), 997):
        refusal(workbook[:length])


def test_another_archive_is_no_workbook():
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("lista.csv", "a,b")
    assert "archive" in refusal(content.getvalue())[1]


@pytest.mark.parametrize(
    ("name", "day", "year"),
    [
        ("20260804_iscritti_v1.0.xlsx", date(2026, 8, 4), 2026),
        ("iscritti-2026-08-04.csv", date(2026, 8, 4), 2026),
        ("5x1000_2022_provincia_RE.csv", None, 2022),
        ("elenco.csv", None, None),
        ("20261399.csv", None, None),
        ("elenco 3026.csv", None, None),
    ],
)
def test_the_name_says_of_when_the_list_is(name, day, year):
    found = find_day(name)
    assert (found, found.year if found else find_year(name)) == (day, year)
