"""What the registry is asked."""

from portal.registry.queries.associations import (
    ActivityAreaRow,
    count_associations,
    find_association_by_tax_code,
    get_association,
    get_association_by_slug,
    list_activity_areas,
)
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
    "RepresentativeRow",
    "RepresentedRow",
    "count_associations",
    "find_association_by_tax_code",
    "find_first_association_of",
    "get_association",
    "get_association_by_slug",
    "list_activity_areas",
    "list_association_ids_of",
    "list_associations_of",
    "list_representatives",
]
