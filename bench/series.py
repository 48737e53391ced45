"""A year of shifts, five a week, made by one series and taken back: services and commit."""

import time
from collections.abc import Callable
from datetime import time as clock
from datetime import timedelta
from typing import TypeVar

from bench.results import Result, summarise
from bench.stage import Stage
from portal.core.access import PORTAL
from portal.core.clock import local_today
from portal.core.database import db
from portal.territory.queries import list_districts
from portal.volunteering.policies import SeriesPattern
from portal.volunteering.services import (
    ProjectContent,
    create_programme,
    create_project,
    create_series,
    undo_series,
)
from portal.volunteering.states import ProjectState, Sector, Weekday

WORKING_DAYS = frozenset(Weekday) - {Weekday.SAT, Weekday.SUN}
SHIFTS = 260
MOST_SECONDS = 2.0

Done = TypeVar("Done")


def measure_series(stage: Stage, *, times: int) -> list[Result]:
    """Return how long it takes to make such a series and to undo it; nothing is left behind."""
    made, undone = [], []
    with stage.app.test_request_context():
        project_id = _make_project()
        pattern = a_year()
        for number in range(times + 1):
            took = _measure(project_id, pattern)
            if number:  # the first warms both up
                made.append(took[0])
                undone.append(took[1])
    name = f"weekly series of {SHIFTS} shifts"
    return [
        summarise(f"{name}: made", "s", made, at_most=MOST_SECONDS),
        summarise(f"{name}: undone", "s", undone, at_most=MOST_SECONDS),
    ]


def a_year() -> SeriesPattern:
    """Return five shifts a week for a year, from the next Monday on."""
    today = local_today()
    first = today + timedelta(days=7 - today.weekday())
    return SeriesPattern(
        weekdays=WORKING_DAYS,
        starts_time=clock(15),
        ends_time=clock(18),
        from_on=first,
        until_on=first + timedelta(weeks=52, days=-1),
        days_left_out=frozenset(),
        capacity=5,
        waiting_capacity=5,
    )


def _make_project() -> int:
    programme = create_programme(actor=PORTAL, name="Serie", requires_enrolment=False)
    content = ProjectContent(
        title="Serie", summary="Per misurare.", description="Per misurare.",
        sector=Sector.GREEN, district_id=list_districts()[0].id, place_name="Qui",
        tutor_name="Tea Misura",
    )  # fmt: skip
    # A draft: no page of another measurement shows it.
    project = create_project(
        actor=PORTAL, programme_id=programme.id, content=content, state=ProjectState.DRAFT
    )
    db.session.commit()
    return project.id


def _measure(project_id: int, pattern: SeriesPattern) -> tuple[float, float]:
    made, seconds = _timed(
        lambda: create_series(actor=PORTAL, project_id=project_id, pattern=pattern)
    )
    undone, more = _timed(
        lambda: undo_series(actor=PORTAL, project_id=project_id, series_id=made.id, seen_version=1)
    )
    if (made.shifts, undone.deleted) != (SHIFTS, SHIFTS):
        raise RuntimeError(f"{made.shifts} shifts were made and {undone.deleted} undone")
    return seconds, more


def _timed(act: Callable[[], Done]) -> tuple[Done, float]:
    start = time.perf_counter()
    done = act()
    db.session.commit()
    return done, time.perf_counter() - start
