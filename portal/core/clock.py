"""The only module that asks what time it is; tests freeze it here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ROME = ZoneInfo("Europe/Rome")

_frozen_at: datetime | None = None


def utc_now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return _frozen_at or datetime.now(UTC)


def local_now() -> datetime:
    """Return the present moment on the wall clocks of the city (Europe/Rome)."""
    return utc_now().astimezone(ROME)


def local_today() -> date:
    """Return today's date in the city."""
    return local_now().date()


def start_of_today() -> datetime:
    """Return the moment at which the city's day began."""
    return datetime.combine(local_today(), time.min, tzinfo=ROME)


def to_local(moment: datetime) -> datetime:
    """Return `moment` (aware) on the wall clocks of the city."""
    return moment.astimezone(ROME)


def from_local(moment: datetime) -> datetime:
    """Return the UTC moment of a naive wall-clock time of the city.

    Where summer time ends an hour happens twice: the first of the two is meant.
    """
    return moment.replace(tzinfo=ROME).astimezone(UTC)


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the clock of this process at `moment` (aware); for tests and demo data."""
    global _frozen_at  # noqa: PLW0603 - one clock a process is the point
    before, _frozen_at = _frozen_at, moment
    try:
        yield
    finally:
        _frozen_at = before
