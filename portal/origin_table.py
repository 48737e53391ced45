"""Who knows where a volunteering project comes from, for volunteering to tell (ADR 29)."""

from portal.chain.queries import origins
from portal.volunteering.origins import OriginSource

ORIGIN_TABLE: tuple[OriginSource, ...] = (OriginSource(find_origin=origins.find_origin),)
