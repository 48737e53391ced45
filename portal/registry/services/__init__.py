"""What can be done with the registry."""

from portal.registry.services.activity_areas import load_activity_areas
from portal.registry.services.slugs import unused_slug

__all__ = ["load_activity_areas", "unused_slug"]
