"""Tables of the registry."""

from portal.registry.models.association import (
    ActivityArea,
    Association,
    AssociationCount,
    AssociationWord,
    association_activity_area,
)

__all__ = [
    "ActivityArea",
    "Association",
    "AssociationCount",
    "AssociationWord",
    "association_activity_area",
]
