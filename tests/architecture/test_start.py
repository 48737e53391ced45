"""What the start of the web process loads: its command becomes the server, which loads the rest."""

import os
import subprocess
import sys

from portal.config import PROJECT_ROOT

LOADED_LATER = ("portal.app", "portal.commands", "flask", "sqlalchemy", "psycopg")
"""By the server, or when something else is asked for."""
LIBRARIES_OF_DOCUMENTS = {
    "openpyxl", "defusedxml", "holidays", "PIL", "icalendar", "segno", "typst", "stdnum",
}  # fmt: skip
LIBRARIES_OF_COMMANDS = {"alembic", "flask_migrate"}

SETTINGS = {
    "DATABASE_URL": "postgresql://127.0.0.1:1/none",
    "SECRET_KEY": "s" * 40,
    "PORTAL_DEMO": "",
}
AS_THE_SERVER = "from portal.web_server import load_portal; load_portal()"


def modules_after(program: str) -> set[str]:
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\nprint(*sys.modules)"],
        cwd=PROJECT_ROOT, env=os.environ | SETTINGS, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return set(answer.stdout.split())


def test_the_command_that_becomes_the_web_server_does_not_load_the_portal():
    loaded = modules_after("from portal.cli import commands; commands.commands['web']")
    assert "portal.web_server" in loaded
    assert loaded.isdisjoint(LOADED_LATER)


def test_the_server_loads_libraries_of_documents_with_the_first_of_them():
    loaded = modules_after(AS_THE_SERVER)
    assert "portal.app" in loaded
    assert loaded.isdisjoint(LIBRARIES_OF_DOCUMENTS)


def test_the_server_loads_nothing_that_only_commands_need():
    loaded = modules_after(AS_THE_SERVER)
    assert loaded.isdisjoint(LIBRARIES_OF_COMMANDS)
    assert {name for name in loaded if name.startswith("portal.demo")} == set()


def test_what_the_server_loads_is_there_to_stay():
    report = "import gc; print('kept' if gc.get_freeze_count() and gc.isenabled() else 'watched')"
    assert "kept" in modules_after(f"{AS_THE_SERVER}; {report}")
