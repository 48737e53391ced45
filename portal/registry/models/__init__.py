"""Tables of the registry."""

from portal.registry.models.association import (
    ActivityArea,
    Association,
    AssociationCount,
    AssociationWord,
    association_activity_area,
)
from portal.registry.models.changes import AssociationChange, RemovalNotice
from portal.registry.models.imports import ImportProgress, ImportRun
from portal.registry.models.people import Invitation
from portal.registry.models.requests import (
    Claim,
    ClaimCode,
    RegistryRequest,
    Representative,
    RequestDocument,
)

__all__ = [
    "ActivityArea",
    "Association",
    "AssociationChange",
    "AssociationCount",
    "AssociationWord",
    "Claim",
    "ClaimCode",
    "ImportProgress",
    "ImportRun",
    "Invitation",
    "RegistryRequest",
    "RemovalNotice",
    "Representative",
    "RequestDocument",
    "association_activity_area",
]
