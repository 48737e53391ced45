"""`portal import-associations`, as a terminal or another program runs it."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from portal.cli import commands
from portal.core.database import db
from portal.registry.import_file import REQUIRED_COLUMNS
from portal.registry.models import Association
from tests.conftest import sqlalchemy_url
from tests.factories.registry import tax_code_of
from tests.integration.test_registry_import import LIST

HEADER = ",".join(REQUIRED_COLUMNS)


@pytest.fixture
def run(server, database, monkeypatch, tmp_path):
    monkeypatch.setenv("DATABASE_URL", sqlalchemy_url(server, "portal").render_as_string(False))
    monkeypatch.setenv("PORTAL_DEMO", "1")
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path))

    def call(*arguments, report=True):
        path = tmp_path / "report.json"
        path.unlink(missing_ok=True)
        options = ["--report", str(path)] if report else []
        result = CliRunner().invoke(commands, ["import-associations", *arguments, *options])
        assert result.exception is None or isinstance(result.exception, SystemExit)
        content = json.loads(path.read_text()) if path.exists() and path.read_text() else None
        return result.exit_code, content, result.output

    return call


def count():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Association))


def row(number, name="Prova", municipality="035033"):
    return f"{tax_code_of(number)},{name},{municipality},X,,,"


def write(tmp_path, *rows):
    path = tmp_path / "list.csv"
    path.write_text("\n".join((HEADER, *rows)) + "\n")
    return str(path)


def test_without_apply_nothing_changes(run):
    code, report, output = run(str(LIST))
    assert (code, count()) == (2, 0)
    assert (report["new"], report["rejected"], len(report["rows"])) == (708, 43, 751)
    assert "Non è cambiato nulla." in output


def test_the_real_list_is_applied_and_the_second_time_all_is_unchanged(run):
    code, report, _output = run(str(LIST), "--apply")
    assert (code, count(), report["new"]) == (2, 708, 708)
    assert set(report) == {"new", "changed", "unchanged", "rejected", "rows"}
    public = report["rows"][1]
    assert public["row"] == 3
    assert public["outcome"] == "rejected"
    assert "ente pubblico" in public["reason"]
    code, report, _output = run(str(LIST), "--apply")
    assert (code, count()) == (2, 708)
    assert (report["new"], report["changed"], report["unchanged"]) == (0, 0, 708)


def test_a_list_without_a_bad_row_ends_well(run, tmp_path):
    code, report, _output = run(write(tmp_path, row(1), row(2)), "--apply")
    assert (code, report["new"], count()) == (0, 2, 2)


def test_bad_rows_are_named_and_the_others_go_in(run, tmp_path):
    path = write(tmp_path, row(1), "123,Corta,035033,X,,,", row(2, municipality="000000"))
    code, report, output = run(path, "--apply")
    assert (code, report["new"], report["rejected"], count()) == (2, 1, 2, 1)
    assert [r["row"] for r in report["rows"] if r["outcome"] == "rejected"] == [3, 4]
    assert "riga 3: " in output


@pytest.mark.parametrize(
    ("content", "number"),
    [
        (b"", 0),
        (b"\x89PNG\r\n\0\0", 2),
        (b"uno,due\n1,2\n", 1),
        (f'{HEADER}\n{row(1)}\n1,"APERTA,035033,X,,,\n{row(2)}\n'.encode(), 3),
        (f"{HEADER}\n{row(1)}\n".encode() + b"x" * 10_000_000 + f"\n{row(2)}\n".encode(), 3),
    ],
)
def test_a_broken_file_changes_nothing_and_says_where(run, tmp_path, content, number):
    path = tmp_path / "broken.csv"
    path.write_bytes(content)
    code, report, output = run(str(path), "--apply")
    assert (code, count()) == (1, 0)
    assert (report["new"], report["rejected"]) == (0, len(report["rows"]))
    assert report["rows"][0]["row"] == number
    assert report["rows"][0]["reason"]
    assert "Traceback" not in output


@pytest.mark.parametrize("path", ["/nowhere.csv", "/"])
def test_what_is_no_file_ends_with_one(run, path):
    assert run(path, "--apply")[0] == 1


def test_a_report_that_cannot_be_written_stops_before_anything_is_done(run, tmp_path):
    path = write(tmp_path, row(1))
    code, _report, output = run(path, "--apply", "--report", "/nowhere/x.json", report=False)
    assert (code, count()) == (1, 0)
    assert "The report cannot be written" in output
