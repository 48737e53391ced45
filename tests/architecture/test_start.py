"""What the start of the web process loads: its command becomes the server, which loads the rest."""

import subprocess
import sys

from portal.config import PROJECT_ROOT

LOADED_LATER = ("portal.app", "portal.commands", "flask", "sqlalchemy", "psycopg")
"""By the server, or when something else is asked for."""


def modules_after(program: str) -> set[str]:
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules)"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(answer.stdout.split())


def test_the_command_that_becomes_the_web_server_does_not_load_the_portal():
    loaded = modules_after("from portal.cli import commands; commands.commands['web']")
    assert "portal.web_server" in loaded
    assert loaded.isdisjoint(LOADED_LATER)


def test_the_portal_loads_libraries_of_documents_with_the_first_of_them():
    loaded = modules_after("from portal import create_app")
    assert "portal.app" in loaded
    assert loaded.isdisjoint({"openpyxl", "holidays", "PIL", "icalendar", "segno", "typst"})
