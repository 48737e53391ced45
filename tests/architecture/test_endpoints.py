"""Who may ask for what: every endpoint against the permissions, both ways."""

import ast

from werkzeug.routing.converters import NumberConverter

from portal.access_table import ACCESS_TABLE
from portal.core.addresses import LARGEST_ID
from portal.permissions import Permission
from tests.architecture.conftest import PORTAL, TEMPLATES, modules, name_of

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}

WRITES_NOTHING: dict[str, str] = {
    "laboratories.check_agreement": "compares a copy; nothing of it is kept",
    "laboratories.check_any_agreement": "compares a copy; nothing of it is kept",
    "volunteering.preview_thanks": "shows the page as it would be",
    "moderation.preview_letter_text": "shows what is typed; too long for an address",
    "volunteering.preview_slots": "shows what would be opened",
    "volunteering.preview_series": "shows what would be made",
    "volunteering.preview_series_change": "shows what would be touched",
    "laboratories.pick_spot": "shows the form with the spot that was tapped",
    "laboratories.pick_spot_again": "shows the form with the spot that was tapped",
    "laboratories.pick_recorded_spot": "shows the form with the spot that was tapped",
    "registry.preview_profile": "shows what is typed; a text may be too long for an address",
}
"""Endpoint → why its POST changes nothing in the database."""


def test_every_endpoint_says_its_permission(app):
    unguarded = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(
            getattr(app.view_functions[rule.endpoint], "permission", None), Permission
        )
    ]
    assert unguarded == []


def test_every_permission_has_its_row_in_the_table():
    assert set(ACCESS_TABLE) == set(Permission)


def test_every_permission_is_asked_somewhere():
    asked = "".join(
        path.read_text(encoding="utf-8")
        for path in [*modules(), *TEMPLATES.rglob("*.html")]
        if path.name not in {"permissions.py", "access_table.py"}
    )
    unused = [p.name for p in Permission if f"Permission.{p.name}" not in asked]
    assert unused == []


def test_only_what_changes_something_commits(app):
    for rule in app.url_map.iter_rules():
        writes = getattr(app.view_functions[rule.endpoint], "writes", False)
        if not CHANGING & (rule.methods or set()):
            assert not writes, f"{rule.endpoint} is read by GET and must not write"
        elif rule.endpoint not in WRITES_NOTHING:
            assert writes, f"{rule.endpoint} changes something and does not commit"


def test_one_endpoint_does_not_both_show_and_change(app):
    both = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if CHANGING & (rule.methods or set()) and "GET" in (rule.methods or set())
    ]
    assert both == []


def test_permission_is_asked_before_anything_is_written():
    for path in modules():
        if "routes" not in path.relative_to(PORTAL).as_posix():
            continue
        for view in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(view, ast.FunctionDef):
                continue
            order = [_decorator_name(d) for d in view.decorator_list]
            if "writes" in order:
                where = f"{name_of(path)}: {view.name}"
                assert order[-1] == "writes", f"{where}: @writes stands last"
                assert "requires" in order, where


def _decorator_name(decorator: ast.expr) -> str:
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def test_no_address_takes_a_number_that_no_row_can_have(app):
    """PostgreSQL refuses larger ones: without the bound they would be an error of the server."""
    unbounded = [
        rule.rule
        for rule in app.url_map.iter_rules()
        for converter in rule._converters.values()
        if isinstance(converter, NumberConverter)
        and (converter.max is None or converter.max > LARGEST_ID or converter.signed)
    ]
    assert unbounded == []
