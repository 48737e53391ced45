"""Parts of pages made once and kept: a list's cards are the same whatever the filters.

What a macro gives for the same values, in the same language, on the same day, is the same text.
Keeping it is cheaper than Jinja's making it again for every combination of filters (half of a
list of shifts). Only for macros that depend on nothing else: no form, since its token belongs to
one session, nothing about who is looking.
"""

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from flask import request

from portal.core.clock import local_today
from portal.core.translation import language

MOST_PARTS = 512


def kept_part(macro: Callable[..., str], *values: Any) -> str:  # noqa: ANN401 - whatever a macro takes
    """Return what `macro` gives for `values` (all of them hashable), made anew once a day."""
    return _make(macro, language(), request.root_path, local_today(), *values)


@lru_cache(MOST_PARTS)
def _make(
    macro: Callable[..., str],
    _language: str,
    _root: str,
    _day: date,
    *values: Any,  # noqa: ANN401
) -> str:
    return macro(*values)
