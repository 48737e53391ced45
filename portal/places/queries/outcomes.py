"""What has come of initiatives, as parts of a statement: counted where it happens."""

from sqlalchemy import ColumnElement, ScalarSelect, func, select

from portal.core.clock import utc_now
from portal.places.models import Initiative, Occurrence
from portal.places.states import OccurrenceState


def count_held_times() -> ScalarSelect[int]:
    """Return at how many times of an initiative people came."""
    return _of_initiative(func.count(), Occurrence.attendance > 0)


def sum_attendance() -> ScalarSelect[int]:
    """Return how many people came to an initiative, each time counted anew."""
    return _of_initiative(func.coalesce(func.sum(Occurrence.attendance), 0))


def count_coming_times() -> ScalarSelect[int]:
    """Return at how many times an initiative takes place from now on."""
    return _of_initiative(
        func.count(),
        Occurrence.state == OccurrenceState.PLANNED,
        Occurrence.ends_at > utc_now(),
    )


def _of_initiative(
    number: ColumnElement[int], *conditions: ColumnElement[bool]
) -> ScalarSelect[int]:
    return (
        select(number)
        .select_from(Occurrence)
        .where(Occurrence.initiative_id == Initiative.id, *conditions)
        .correlate(Initiative)
        .scalar_subquery()
    )
