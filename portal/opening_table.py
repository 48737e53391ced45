"""Who opens something from a project sheet, for laboratories to tell (ADR 29)."""

from portal.chain.queries import openings
from portal.laboratories.openings import OpeningSource

OPENING_TABLE: tuple[OpeningSource, ...] = (
    OpeningSource(list_openings=openings.list_openings, participants=openings.participants),
)
