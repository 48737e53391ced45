"""The areas of activity a city starts with."""

from sqlalchemy.dialects.postgresql import insert

from portal.core.database import session
from portal.registry.models import ActivityArea

DEFAULT_AREAS = {
    "cultura": "Cultura e ricerca",
    "educazione": "Educazione",
    "scienza": "Promozione della scienza",
    "sociale": "Sociale",
    "sociosanitario": "Sociosanitario",
    "salute": "Salute",
    "sport": "Sport e tempo libero",
    "turismo": "Turismo",
    "ambiente": "Ambiente",
    "protezione-civile": "Protezione civile",
    "animali": "Animali",
    "diritti": "Diritti",
}
"""Code → name; the twelve areas of the municipality of Livorno's register."""


def load_activity_areas() -> None:
    """Write the default areas; those already there are left as staff may have changed them."""
    session().execute(
        insert(ActivityArea)
        .values(
            [
                {"code": code, "name": name, "position": position}
                for position, (code, name) in enumerate(DEFAULT_AREAS.items(), start=1)
            ]
        )
        .on_conflict_do_nothing()
    )
