"""Where something comes from, when it comes from something else.

A feature knows none above or beside it: `origin_table.py` at the top names who knows where a
project or an initiative comes from (ADR 29). Later rows answer where earlier ones do not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, current_app


class OriginKind(StrEnum):
    """What something comes from; worded in `components/origin.html`."""

    SHEET = "sheet"
    """A project sheet of a laboratory."""


@dataclass(frozen=True)
class OriginLink:
    """A page that leads further back."""

    endpoint: str
    values: Mapping[str, object]
    """Of the page's address."""
    words: str
    """Its own title."""


@dataclass(frozen=True)
class Origin:
    """What something comes from, where everybody may know."""

    kind: OriginKind
    link: OriginLink
    whole: OriginLink | None = None
    """What the link's thing is part of: the agreement of a project sheet."""


@dataclass(frozen=True)
class OriginSource:
    """One row of `origin_table.py`."""

    subject_kind: str
    """What may come from something: the name of its table, as in its history."""
    find_origin: Callable[[int], Origin | None]
    """Its id → what it comes from; one statement."""


def install_origins(app: Flask, table: Sequence[OriginSource]) -> None:
    """Give `app` its table of origins."""
    app.extensions["portal_origins"] = tuple(table)


def find_origin(subject_kind: str, subject_id: int) -> Origin | None:
    """Return what something comes from, or None; one statement a source of its kind."""
    sources: tuple[OriginSource, ...] = current_app.extensions["portal_origins"]
    found = (
        source.find_origin(subject_id) for source in sources if source.subject_kind == subject_kind
    )
    return next((origin for origin in found if origin is not None), None)
