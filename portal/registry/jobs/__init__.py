"""What the registry does by itself."""

from portal.registry.jobs.removals import apply_removal_notices

__all__ = [
    "apply_removal_notices",
]
