"""Which hours a person may declare."""

from dataclasses import dataclass
from datetime import date

from portal.volunteering.states import HoursRefusal

MINUTES_A_DAY = 24 * 60


@dataclass(frozen=True)
class DeclarableProject:
    """A project for which a person may declare hours, from a day on."""

    id: int
    title: str
    since_on: date
    """When they had their first place, or were accepted."""
    ends_on: date | None


def find_hours_refusal(
    project: DeclarableProject | None, worked_on: date, minutes: int, *, already: int, today: date
) -> HoursRefusal | None:
    """Return why hours cannot be declared; `already` are the minutes that day has without them.

    `project` is None where the person takes no part in it.
    """
    if project is None:
        return HoursRefusal.NOT_IN_PROJECT
    return _find_day_refusal(project, worked_on, today) or _find_time_refusal(minutes, already)


def _find_day_refusal(
    project: DeclarableProject, worked_on: date, today: date
) -> HoursRefusal | None:
    if worked_on > today:
        return HoursRefusal.IN_THE_FUTURE
    if worked_on < project.since_on:
        return HoursRefusal.BEFORE_BEGINNING
    if project.ends_on is not None and worked_on > project.ends_on:
        return HoursRefusal.AFTER_END
    return None


def _find_time_refusal(minutes: int, already: int) -> HoursRefusal | None:
    if not 0 < minutes <= MINUTES_A_DAY:
        return HoursRefusal.NO_TIME
    if already + minutes > MINUTES_A_DAY:
        return HoursRefusal.MORE_THAN_A_DAY
    return None
