"""What the demo's citizen wants to hear about, and the address of her calendar."""

from portal.accounts.services import renew_calendar_key
from portal.core.access import Actor
from portal.volunteering.services import save_search
from portal.volunteering.shift_filters import ShiftFilters
from portal.volunteering.states import DayPart, Sector, Weekday

CITIZEN = "cittadina@example.org"

SEARCHES = (
    ShiftFilters(weekdays=frozenset({Weekday.SAT, Weekday.SUN})),
    ShiftFilters(
        sectors=frozenset({Sector.SCHOOL, Sector.LIBRARY}),
        day_parts=frozenset({DayPart.AFTERNOON}),
    ),
)


def seed_alerts(people: dict[str, Actor]) -> None:
    """Keep two searches and make a calendar address."""
    for filters in SEARCHES:
        save_search(actor=people[CITIZEN], filters=filters)
    renew_calendar_key(actor=people[CITIZEN])
