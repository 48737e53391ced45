"""What the registry is asked."""

from portal.registry.queries.associations import (
    ActivityAreaRow,
    count_associations,
    find_association_by_tax_code,
    get_association,
    get_association_by_slug,
    list_activity_areas,
)
from portal.registry.queries.claims import (
    ClaimCaseRow,
    ClaimDetail,
    VoiceRow,
    find_open_claim_id,
    get_claim,
    get_claim_case,
    list_claims_of,
)
from portal.registry.queries.counts import (
    Choice,
)
from portal.registry.queries.desk import (
    DeskRow,
    get_desk,
    profile_of,
)
from portal.registry.queries.directory import (
    AssociationRow,
    Directory,
    find_in_directory,
    list_recent,
    search_associations,
)
from portal.registry.queries.export import (
    ExportRow,
    list_for_export,
)
from portal.registry.queries.filters import (
    AssociationFilter,
    AssociationOrder,
)
from portal.registry.queries.map import (
    MapArea,
    RegistryMap,
    get_registry_map,
)
from portal.registry.queries.public_profile import (
    Logo,
    PublicProfile,
    find_successor_slug,
    get_logo,
    get_public_profile,
    public_profile_of,
)
from portal.registry.queries.representatives import (
    RepresentativeRow,
    Represented,
    RepresentedRow,
    find_first_association_of,
    find_represented,
    list_associations_of,
    list_representatives,
)
from portal.registry.queries.requests import (
    AssociationHintRow,
    RequestCaseRow,
    RequestDetail,
    RequestDocumentRow,
    RequestRow,
    find_listed_association,
    find_request_under_way,
    get_request,
    get_request_case,
    has_open_request_of_another,
    list_requests_of,
)

__all__ = [
    "ActivityAreaRow",
    "AssociationFilter",
    "AssociationHintRow",
    "AssociationOrder",
    "AssociationRow",
    "Choice",
    "ClaimCaseRow",
    "ClaimDetail",
    "DeskRow",
    "Directory",
    "ExportRow",
    "Logo",
    "MapArea",
    "PublicProfile",
    "RegistryMap",
    "RepresentativeRow",
    "Represented",
    "RepresentedRow",
    "RequestCaseRow",
    "RequestDetail",
    "RequestDocumentRow",
    "RequestRow",
    "VoiceRow",
    "count_associations",
    "find_association_by_tax_code",
    "find_first_association_of",
    "find_in_directory",
    "find_listed_association",
    "find_open_claim_id",
    "find_represented",
    "find_request_under_way",
    "find_successor_slug",
    "get_association",
    "get_association_by_slug",
    "get_claim",
    "get_claim_case",
    "get_desk",
    "get_logo",
    "get_public_profile",
    "get_registry_map",
    "get_request",
    "get_request_case",
    "has_open_request_of_another",
    "list_activity_areas",
    "list_associations_of",
    "list_claims_of",
    "list_for_export",
    "list_recent",
    "list_representatives",
    "list_requests_of",
    "profile_of",
    "public_profile_of",
    "search_associations",
]
