"""Times of initiatives as entries of a calendar."""

from collections.abc import Sequence

from flask_babel import gettext as _

from portal.core.calendar import CalendarEvent
from portal.core.mail import absolute_url
from portal.places.queries.initiatives import InitiativeDetail, OccurrenceRow


def initiative_events(
    initiative: InitiativeDetail, occurrences: Sequence[OccurrenceRow]
) -> list[CalendarEvent]:
    """Return the times of an initiative; those that were cancelled say so and stay."""
    return [_event(initiative, occurrence) for occurrence in occurrences]


def _event(initiative: InitiativeDetail, occurrence: OccurrenceRow) -> CalendarEvent:
    is_cancelled = initiative.is_cancelled or occurrence.is_cancelled
    title = initiative.title
    return CalendarEvent(
        key=f"iniziativa-{occurrence.id}",
        title=_("Called off: %(title)s", title=title) if is_cancelled else title,
        starts_at=occurrence.starts_at,
        ends_at=occurrence.ends_at,
        place=", ".join(filter(None, (initiative.place_name, initiative.address))),
        description=initiative.summary,
        address=absolute_url(
            "places.show_initiative", slug=initiative.place_slug, initiative_id=initiative.id
        ),
        # A time never changes but by being cancelled.
        version=initiative.version + int(occurrence.is_cancelled),
        is_cancelled=is_cancelled,
    )
