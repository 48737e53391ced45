"""The figures of a year of volunteering as one list, for a file. Pure."""

from collections.abc import Iterator

from portal.volunteering.queries.volunteer_figures import Tally, VolunteerFigures

MINUTES_AN_HOUR, CENTS_A_EURO = 60, 100
FigureLine = tuple[str, str, str, float]
"""What is counted, by what (`all`, `programme`, `sector`, `month`, `project`), which, how much."""


def list_volunteer_figures(figures: VolunteerFigures) -> Iterator[FigureLine]:
    """Return every figure of the page; a component words the keys."""
    for key, number in vars(figures.register).items():
        yield (f"register_{key}", "all", "", number)
    yield from _list_tally("all", "", figures.total)
    for month, minutes in figures.months.items():
        yield ("hours", "month", str(month), minutes / MINUTES_AN_HOUR)
    for name in ("programme", "sector"):
        for which, tally in figures.by(name):
            yield from _list_tally(name, str(which), tally)
    for project in figures.projects:
        yield from _list_tally("project", project.title, project.tally)


def _list_tally(by: str, which: str, tally: Tally) -> Iterator[FigureLine]:
    yield ("shifts", by, which, tally.shifts)
    yield ("offered", by, which, tally.offered)
    yield ("taken", by, which, tally.taken)
    yield ("absent", by, which, tally.absent)
    yield ("hours", by, which, tally.minutes / MINUTES_AN_HOUR)
    yield ("expenses", by, which, tally.cents / CENTS_A_EURO)
