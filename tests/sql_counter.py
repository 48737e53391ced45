"""Counts the statements a block of code sends to the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.core.database import db


@contextmanager
def counted_sql() -> Iterator[list[str]]:
    """Collect every statement sent inside the block."""
    statements: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
