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


def test_what_the_server_loads_is_there_to_stay():
    program = (
        "import gc, portal.web_server\n"
        "portal.web_server.load_portal()\n"
        "print('kept' if gc.get_freeze_count() and gc.isenabled() else 'looked through')"
    )
    environment = {"DATABASE_URL": "postgresql://127.0.0.1:1/none", "SECRET_KEY": "s" * 40}
    with_settings = f"import os\nos.environ.update({environment})\n{program}"
    assert "kept" in modules_after(with_settings)
