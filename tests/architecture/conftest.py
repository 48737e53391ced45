"""The portal as code: no database, no request."""

import ast
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.engine import make_url

from portal.app import create_app
from portal.config import PROJECT_ROOT, Settings

PORTAL = PROJECT_ROOT / "portal"
TEMPLATES = PROJECT_ROOT / "templates"


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    """The portal with all features, on a database that is never asked."""
    return create_app(settings, database_url=make_url("postgresql+psycopg://127.0.0.1:1/none"))


def modules() -> list[Path]:
    """Return every module of the portal."""
    return sorted(PORTAL.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    """Return what a module says, read once; nobody changes it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return everything a module is made of, walked through once."""
    return tuple(ast.walk(tree_of(path)))


def name_of(path: Path) -> str:
    """Return a path as messages name it."""
    return str(path.relative_to(PROJECT_ROOT))
