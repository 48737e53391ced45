"""Who knows where a project or an initiative comes from (ADR 29)."""

from portal.chain.queries.origins import find_origin_of_initiative, find_origin_of_project
from portal.core.origins import OriginSource
from portal.places.services.initiatives import HISTORY as INITIATIVE
from portal.volunteering.services.projects import HISTORY as PROJECT

ORIGIN_TABLE: tuple[OriginSource, ...] = (
    OriginSource(subject_kind=PROJECT, find_origin=find_origin_of_project),
    OriginSource(subject_kind=INITIATIVE, find_origin=find_origin_of_initiative),
)
