"""Days of the demo's past."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from portal.core.clock import frozen, utc_now


@contextmanager
def days_ago(days: int) -> Iterator[None]:
    """Let services act as on the day so many days back."""
    with frozen(utc_now() - timedelta(days=days)):
        yield
