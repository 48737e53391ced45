"""What a web process needs after many requests of every kind, and whether it keeps growing."""

from bench import load, pages
from bench.results import Result, summarise
from bench.stage import Stage, running_portal

EARLY = 2_000
LATE = 10_000
CLIENTS = 4
LONGEST_SECONDS = 300.0


def measure_memory(stage: Stage) -> list[Result]:
    """Return resident memory after 2,000 and after 10,000 requests of a fresh process."""
    paths = ("/", pages.REGISTRY, pages.find_profile(stage), pages.SHIFTS, "/luoghi/",
             "/laboratori/", "/registro/?q=sport", "/cerca?q=citta", "/non-esiste")  # fmt: skip
    requests = [load.get(path) for path in paths]
    requests.append(load.get(pages.REGISTRY, HX_Request="true", HX_Request_Type="partial"))
    with running_portal(stage.environment) as fresh:
        sizes = [
            _after(fresh.port, requests, number) or fresh.memory_mb()
            for number in (EARLY, LATE - EARLY)
        ]
    early, late = sizes
    return [
        summarise("memory of the web process after 2,000 requests", "MB", [early]),
        summarise("memory of the web process after 10,000 requests", "MB", [late], at_most=150),
        summarise("growth from 2,000 to 10,000 requests", "MB", [late - early], at_most=5),
    ]


def _after(port: int, requests: list[str], number: int) -> None:
    outcome = load.run(load.Plan(port, requests, CLIENTS, LONGEST_SECONDS, number))
    if outcome.done < number or any(status[0] == "5" for status in outcome.statuses):
        raise RuntimeError(f"{outcome.done} of {number}: {outcome.statuses}")
