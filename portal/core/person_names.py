"""Columns with people's names, and what is read where somebody has erased theirs (ADR 26)."""

from flask_babel import gettext as _
from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

from portal.core.text import FormerName

NO_NAME = "—"
"""Stands in the column instead of a name that was erased."""


class PersonName(TypeDecorator[str]):
    """A name; an erased one is read as words, in the language of the reader, on every page."""

    impl = String
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Return the name, or what is said instead of it."""
        return FormerName(_("a person no longer registered")) if value == NO_NAME else value
