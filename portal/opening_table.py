"""Who opens something from a project sheet, for laboratories to tell (ADR 29)."""

from portal.chain.queries import initiative_openings, project_openings
from portal.laboratories.openings import OpeningSource

OPENING_TABLE: tuple[OpeningSource, ...] = (
    OpeningSource(
        list_openings=project_openings.list_openings, participants=project_openings.participants
    ),
    OpeningSource(list_openings=initiative_openings.list_openings),
)
