"""Who may import whom, what each kind of file keeps away from, and how large things grow."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config import PROJECT_ROOT
from tests.architecture.conftest import PORTAL, modules, name_of, nodes_of, tree_of

LONGEST_FILE = 400
LONGEST_BODY = 40
"""Of a function: thirty lines of code and what explains them; its signature may be long."""
VAGUE_NAMES = {"util", "utils", "helper", "helpers", "common", "misc", "manager", "managers"}
KINDS = ("routes", "services", "queries", "policies", "models", "states", "forms", "emails")

MUST_NOT_IMPORT = {
    # Columns and sessions belong to services and queries.
    "routes": ("portal.core.database", "sqlalchemy", ".models"),
    # A service is called by jobs and imports too: nobody is at a browser.
    "services": ("flask.request", "flask.session", "flask.g", "flask_login"),
    "queries": ("flask.request", "flask.session", "flask.g", "flask_login"),
    "policies": ("flask", "flask_login", "sqlalchemy", "portal.core.database", ".models"),
    "forms": (".models", ".queries", ".services", "portal.core.database", "flask_login"),
    "models": (".queries", ".services", ".routes", ".policies", "flask", "flask_login"),
    "emails": ("flask.request", "flask_login", "portal.core.database"),
    "states": ("flask", "sqlalchemy", ".models", ".queries", ".services"),
}
EXCEPTIONS = {
    # Names the type of whom the library signs in; the row came from a service.
    "portal/accounts/routes/sessions.py": {"portal.accounts.models.User"},
}
SHAPES = re.compile(r"\.([A-Z][A-Z0-9_]+|\w*(?:Row|Detail|Line|Choice|Content|Person|Mark))$")
"""Limits of columns, rows and choices handed in, and what a service is handed: the shapes that a
form may know of the layers below."""


def kind_of(path: Path) -> str | None:
    """Return what kind of file a feature's module is: `routes.py` or anything in `routes/`."""
    parts = path.relative_to(PORTAL).with_suffix("").parts
    return next((part for part in parts[1:] if part in KINDS), None)


def imports_of(path: Path) -> Iterator[str]:
    """Return the dotted names a module imports, also inside functions."""
    for node in nodes_of(path):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_forbidden(imported: str, forbidden: str) -> bool:
    if forbidden.startswith("."):
        return imported.startswith("portal.") and f"{forbidden}." in f"{imported}."
    return imported == forbidden or imported.startswith(forbidden + ".")


def test_higher_imports_lower_only():
    # A process of its own: the tool sets up logging anew and would silence ours.
    ended = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"],
        cwd=PROJECT_ROOT,
        env=os.environ | {"PYTHONPATH": str(PROJECT_ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_keeps_away_from_what_is_not_its_business(path):
    forbidden = MUST_NOT_IMPORT.get(kind_of(path) or "", ())
    allowed = EXCEPTIONS.get(name_of(path), set())
    found = [
        imported
        for imported in imports_of(path)
        for name in forbidden
        if is_forbidden(imported, name)
        and imported not in allowed
        and not (kind_of(path) == "forms" and SHAPES.search(imported))
    ]
    assert found == []


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_module_stays_small(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= LONGEST_FILE
    for node in nodes_of(path):
        if isinstance(node, ast.FunctionDef):
            first = node.body[1 if ast.get_docstring(node) and len(node.body) > 1 else 0]
            length = (node.end_lineno or 0) - first.lineno + 1
            assert length <= LONGEST_BODY, f"{node.name} has {length} lines"


def test_modules_are_named_by_what_they_hold():
    vague = [name_of(p) for p in PORTAL.rglob("*") if p.stem in VAGUE_NAMES]
    assert vague == []


def test_only_one_module_asks_the_time():
    asking = {"now", "utcnow", "today", "time", "time_ns"}
    found = []
    for path in modules():
        if name_of(path) == "portal/core/clock.py":
            continue
        for node in nodes_of(path):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            owner = node.func.value
            owner_name = getattr(owner, "attr", getattr(owner, "id", ""))
            if node.func.attr in asking and owner_name in {"datetime", "date", "time"}:
                found.append(f"{name_of(path)}:{node.lineno}")
    assert found == []


def test_only_one_module_knows_the_headers_of_htmx():
    knowing = [
        name_of(p)
        for p in modules()
        if any("HX-" in text for text in _strings(p)) and name_of(p) != "portal/core/htmx.py"
    ]
    assert knowing == []


def test_only_one_place_commits():
    allowed = {
        "portal/core/unit_of_work.py",
        # The command line is no request: it ends what it began by itself.
        "portal/commands.py",
        "portal/demo/seed.py",
    }
    committing = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if name_of(path) not in allowed
        for node in nodes_of(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "commit"
    ]
    assert committing == []


def test_services_take_who_acts_first_and_the_rest_by_name():
    wrong = []
    for path in modules():
        if kind_of(path) != "services":
            continue
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                names = [a.arg for a in node.args.kwonlyargs]
                taken = [a.arg for a in node.args.args]
                if "actor" in taken or ("actor" in names and (taken or names[0] != "actor")):
                    wrong.append(f"{name_of(path)}: {node.name}")
    assert wrong == []


def _strings(path: Path) -> Iterator[str]:
    for node in nodes_of(path):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
