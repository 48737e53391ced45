"""Tables of the registry."""

from portal.registry.models.association import (
    ActivityArea,
    Association,
    AssociationCount,
    AssociationWord,
    association_activity_area,
)
from portal.registry.models.requests import Claim, RegistryRequest, Representative

__all__ = [
    "ActivityArea",
    "Association",
    "AssociationCount",
    "AssociationWord",
    "Claim",
    "RegistryRequest",
    "Representative",
    "association_activity_area",
]
