"""What the registry is asked."""

from portal.registry.queries.associations import (
    ActivityAreaRow,
    count_associations,
    find_association_by_tax_code,
    get_association,
    get_association_by_slug,
    list_activity_areas,
)

__all__ = [
    "ActivityAreaRow",
    "count_associations",
    "find_association_by_tax_code",
    "get_association",
    "get_association_by_slug",
    "list_activity_areas",
]
