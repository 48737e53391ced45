"""What can be done with the registry."""

from portal.registry.services.activity_areas import load_activity_areas
from portal.registry.services.import_associations import import_associations
from portal.registry.services.import_report import (
    ImportReport,
    RowOutcome,
    describe_report,
    report_unreadable,
)
from portal.registry.services.slugs import unused_slug

__all__ = [
    "ImportReport",
    "RowOutcome",
    "describe_report",
    "import_associations",
    "load_activity_areas",
    "report_unreadable",
    "unused_slug",
]
