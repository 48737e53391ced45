"""Where a project comes from, when it comes from something else.

Volunteering knows no feature above or beside it: `origin_table.py` at the top names who knows
(ADR 29). Later rows answer where earlier ones do not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from flask import Flask, current_app


class OriginKind(StrEnum):
    """What a project comes from; worded in `components/origin.html`."""

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
    """What a project comes from, where everybody may know."""

    kind: OriginKind
    link: OriginLink
    whole: OriginLink | None = None
    """What the link's thing is part of: the agreement of a project sheet."""


@dataclass(frozen=True)
class OriginSource:
    """One row of `origin_table.py`."""

    find_origin: Callable[[int], Origin | None]
    """Id of a project → what it comes from; one statement."""


def install_origins(app: Flask, table: Sequence[OriginSource]) -> None:
    """Give `app` its table of origins."""
    app.extensions["portal_origins"] = tuple(table)


def find_origin(project_id: int) -> Origin | None:
    """Return what a project comes from, or None; one statement a source."""
    sources: tuple[OriginSource, ...] = current_app.extensions["portal_origins"]
    found = (source.find_origin(project_id) for source in sources)
    return next((origin for origin in found if origin is not None), None)
