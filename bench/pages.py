"""Public pages against the bare one: requests a second, in turns, under the same server."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from itertools import count

from bench import load
from bench.results import Result, summarise
from bench.stage import Server, Stage

CLIENTS = 4
"""As many as the server has threads."""
MOST_REQUESTS = 50_000
REGISTRY = "/registro/"
MAP = "/registro/mappa"
SHIFTS = "/volontariato/"
WARM_UP_SECONDS = 0.5
MOST_IN_A_TURN = 3_000
_visits = count()
BARE = [load.get("/")]


@dataclass(frozen=True)
class MeasuredPage:
    """A page of the portal, asked for in one way."""

    name: str
    requests: Callable[[], Sequence[str]]
    """Called for each turn."""
    status: str
    at_least: float


def measure_pages(stage: Stage, *, pairs: int, seconds: float) -> list[Result]:
    """Return how each page does against the reference, reference and portal in turns."""
    pages = list(_pages(stage))
    for page in pages:
        _run(stage.portal, page.requests(), WARM_UP_SECONDS)
    _run(stage.reference, BARE, WARM_UP_SECONDS)
    speeds: dict[str, list[float]] = {page.name: [] for page in pages}
    ratios: dict[str, list[float]] = {page.name: [] for page in pages}
    bare: list[float] = []
    for _ in range(pairs):
        for page in pages:
            bare.append(_run(stage.reference, BARE, seconds).per_second)
            outcome = _run(stage.portal, page.requests(), seconds)
            if set(outcome.statuses) != {page.status}:
                raise RuntimeError(f"{page.name}: {outcome.statuses}")
            speeds[page.name].append(outcome.per_second)
            ratios[page.name].append(outcome.per_second / bare[-1])
    lines = [
        summarise(p.name, "requests/s", speeds[p.name], ratios[p.name], at_least=p.at_least)
        for p in pages
    ]
    return [summarise("reference: bare page of 20 rows", "requests/s", bare), *lines]


def _pages(stage: Stage) -> Iterator[MeasuredPage]:
    addresses = {
        "registry list": REGISTRY,
        "registry profile": find_profile(stage),
        "shift list": SHIFTS,
    }
    for name, path in addresses.items():
        anew = partial(requests_made_anew, path)
        yield MeasuredPage(f"{name}, made anew each time", anew, "200", 0.5)
    for name, path in addresses.items():
        again = partial(list, [load.get(path)])
        yield MeasuredPage(f"{name}, as it was kept", again, "200", 0.5)
    # A page whose tag holds for the day: that of the list is another one each minute.
    tag = fetch(stage.portal, MAP)[1]["etag"]
    known = partial(list, [load.get(MAP, If_None_Match=tag)])
    yield MeasuredPage("registry map, revalidated (304)", known, "304", 1.0)


def requests_made_anew(path: str) -> list[str]:
    """Return requests for `path` by addresses never asked for before, so that no page was kept.

    The page does not tell them apart, but the portal cannot know that.
    """
    mark = "&" if "?" in path else "?"
    return [load.get(f"{path}{mark}visita={next(_visits)}") for _ in range(MOST_IN_A_TURN)]


def find_profile(stage: Stage) -> str:
    """Return the address of the first association on the list."""
    page = fetch(stage.portal, REGISTRY)[2].decode()
    start = page.index('href="/registro/', page.index("data-id="))
    return page[start + len('href="') : page.index('"', start + len('href="'))]


def fetch(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (names in small letters) and body of one GET."""
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(
            "GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, names, answer.read()
    finally:
        connection.close()


def _run(server: Server, requests: Sequence[str], seconds: float) -> load.Outcome:
    return load.run(load.Plan(server.port, requests, CLIENTS, seconds, MOST_REQUESTS))
