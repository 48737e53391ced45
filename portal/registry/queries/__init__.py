"""What the registry is asked."""

from portal.registry.queries.associations import (
    ActivityAreaRow,
    count_associations,
    find_association_by_tax_code,
    get_association,
    get_association_by_slug,
    list_activity_areas,
)
from portal.registry.queries.counts import Choice
from portal.registry.queries.directory import (
    AssociationRow,
    Directory,
    find_in_directory,
    list_recent,
    search_associations,
)
from portal.registry.queries.filters import AssociationFilter, AssociationOrder
from portal.registry.queries.representatives import (
    RepresentativeRow,
    RepresentedRow,
    find_first_association_of,
    list_association_ids_of,
    list_associations_of,
    list_representatives,
)

__all__ = [
    "ActivityAreaRow",
    "AssociationFilter",
    "AssociationOrder",
    "AssociationRow",
    "Choice",
    "Directory",
    "RepresentativeRow",
    "RepresentedRow",
    "count_associations",
    "find_association_by_tax_code",
    "find_first_association_of",
    "find_in_directory",
    "get_association",
    "get_association_by_slug",
    "list_activity_areas",
    "list_association_ids_of",
    "list_associations_of",
    "list_recent",
    "list_representatives",
    "search_associations",
]
