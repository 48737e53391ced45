"""Agreements from which a laboratory may go on."""

from sqlalchemy import select

from portal.core.database import session
from portal.laboratories.models import Agreement
from portal.laboratories.states import SIGNED_AGREEMENTS

MOST_CHOICES = 200


def list_renewable_agreements() -> list[tuple[int, str]]:
    """Return the agreements that were signed, each an id and its title; newest first."""
    rows = session().execute(
        select(Agreement.id, Agreement.title)
        .where(Agreement.state.in_(SIGNED_AGREEMENTS))
        .order_by(Agreement.ends_on.desc(), Agreement.id.desc())
        .limit(MOST_CHOICES)
    )
    return [(row.id, row.title) for row in rows]
