"""Finding the associations that take something on or sign."""

from sqlalchemy import func, or_, select

from portal.core.database import session
from portal.registry.models import Association
from portal.registry.states import AssociationState


def find_listed_association(words: str) -> int | None:
    """Return the listed association with this tax code or this very name, or None."""
    typed = " ".join(words.split())
    if not typed:
        return None
    return session().scalar(
        select(Association.id)
        .where(
            or_(
                Association.tax_code == typed.upper(),
                func.f_unaccent(func.lower(Association.name)) == func.f_unaccent(typed.lower()),
            ),
            Association.state != AssociationState.REMOVED,
        )
        .order_by(Association.id)
        .limit(1)
    )
