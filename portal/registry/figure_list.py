"""The figures of the registry as one list, for tables and files. Pure."""

from portal.registry.queries.figures import RegistryFigures

Value = int | float | None


def list_figures(figures: RegistryFigures) -> list[tuple[str, Value]]:
    """Return `(key, value)` in the order of the page; a component words the keys."""
    times, now = figures.times, figures.now
    return [
        ("enrolled", figures.enrolled),
        ("listed", figures.listed),
        ("received", figures.received),
        *((f"requests_{state}", number) for state, number in figures.requests.items()),
        ("ended", times.ended),
        ("mean_days", times.mean_days),
        ("ninth_days", times.ninth_days),
        ("longest_days", times.longest_days),
        ("ended_late", times.late),
        ("now_late", now.requests_late),
        ("now_suspended", now.requests_suspended),
        ("now_noticed", now.requests_noticed),
        ("claims", now.claims),
        ("edits", now.edits),
        ("removals", now.removals),
        *((f"freshness_{state}", number) for state, number in figures.freshness.items()),
    ]
