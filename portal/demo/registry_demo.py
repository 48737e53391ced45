"""The real associations of the province, as a public list names them."""

from pathlib import Path

from portal.core.access import PORTAL
from portal.registry.import_file import read_import_file
from portal.registry.services import import_associations, load_activity_areas

LIST = Path(__file__).parent / "data" / "5x1000_2022_provincia_RE.csv"


def seed_registry() -> None:
    """Write the areas of activity and import the list; needs the municipalities."""
    load_activity_areas()
    import_associations(actor=PORTAL, file=read_import_file(LIST), is_applied=True)
