"""What the database refuses has a name, and the name says the rule."""

import re

import pytest
from sqlalchemy import CheckConstraint, DateTime, Enum, Table, UniqueConstraint

from portal.config import PROJECT_ROOT
from portal.core.database import db
from portal.core.errors import named_constraints

NAME = re.compile(r"^(ck|uq|fk|pk|ix|ex)_[a-z0-9_]+$")
LONGEST_NAME = 63
"""PostgreSQL cuts what is longer, and then nobody finds it."""


@pytest.fixture(scope="module")
def tables(app) -> list[Table]:
    assert app is not None
    return list(db.metadata.sorted_tables)


def full_name(table: Table, name: object) -> str:
    return str(name) if NAME.match(str(name)) else f"ck_{table.name}_{name}"


def test_every_constraint_and_index_is_named_by_the_convention(tables):
    for table in tables:
        for thing in [*table.constraints, *table.indexes]:
            assert thing.name, f"{table.name}: {thing!r}"
            name = full_name(table, thing.name)
            assert NAME.match(name), name
            assert len(name) <= LONGEST_NAME, name
            assert table.name in name, name


def test_what_must_be_written_is_asked_for_also_where_nothing_is(tables):
    """`length(trim(NULL)) > 0` is neither true nor false, and a CHECK lets that pass."""
    loose = []
    for table in tables:
        for rule in table.constraints:
            if not isinstance(rule, CheckConstraint):
                continue
            for column in re.findall(r"OR length\(trim\((\w+)\)\)", str(rule.sqltext)):
                is_asked = f"{column} IS NULL OR" in str(rule.sqltext)
                if table.columns[column].nullable and not is_asked:
                    loose.append(f"{table.name}.{column}")
    assert loose == []


def test_every_refusal_has_a_sentence_or_a_test_that_breaks_it(tables):
    tests = "".join(
        p.read_text(encoding="utf-8")
        for p in (PROJECT_ROOT / "tests").rglob("*.py")
        if p.parent.name != "architecture"
    )
    lists_of_values = {
        f"ck_{table.name}_{column.type.name}"
        for table in tables
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    unproved = []
    for table in tables:
        checks = [c for c in table.constraints if isinstance(c, CheckConstraint | UniqueConstraint)]
        for thing in [*checks, *(i for i in table.indexes if i.unique)]:
            name = full_name(table, thing.name)
            if name in lists_of_values:
                # Made by `enum_type`; `test_constraints.py` compares all of them with the code.
                continue
            rule = name.removeprefix(f"ck_{table.name}_").removeprefix(f"uq_{table.name}_")
            if name not in named_constraints() and name not in tests and f'"{rule}"' not in tests:
                unproved.append(name)
    assert sorted(unproved) == []


def test_moments_are_at_and_days_are_on(tables):
    for table in tables:
        for column in table.columns:
            kind = type(column.type).__name__
            if isinstance(column.type, DateTime):
                assert column.type.timezone, f"{table.name}.{column.name} says no zone"
                assert column.name.endswith("_at") or column.name == "at", column
            if kind == "Date":
                assert re.search(r"_on$|_from$|_until$", column.name), column


def test_texts_have_a_length_or_are_long_on_purpose(tables):
    for table in tables:
        for column in table.columns:
            if type(column.type).__name__ == "String":
                assert column.type.length, f"{table.name}.{column.name}"
