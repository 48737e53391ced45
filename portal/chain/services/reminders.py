"""Who runs a place is reminded of what a sheet has opened there."""

from datetime import timedelta

from sqlalchemy import select

from portal.chain.models import SheetInitiative
from portal.core.clock import utc_now
from portal.core.database import session
from portal.laboratories.models import ProjectSheet
from portal.places.models import Initiative, Place
from portal.places.services import remind_of_draft
from portal.places.states import InitiativeState

REMIND_AFTER = timedelta(days=14)


def remind_of_drafts() -> int:
    """Remind who runs places of drafts that waited for a fortnight, once; return how many.

    Of those that were written from a sheet: a draft of one's own, tied to one later, is no news.
    For the job: safe to run twice. A place that no association runs has nobody to remind yet.
    """
    now = utc_now()
    found = session().execute(
        select(SheetInitiative, Initiative, ProjectSheet.title)
        .join(Initiative, Initiative.id == SheetInitiative.initiative_id)
        .join(Place, Place.id == Initiative.place_id)
        .join(ProjectSheet, ProjectSheet.id == SheetInitiative.sheet_id)
        .where(
            SheetInitiative.reminded_at.is_(None),
            SheetInitiative.opened_at <= now - REMIND_AFTER,
            SheetInitiative.opened_by_id == Initiative.created_by_id,
            Initiative.state == InitiativeState.DRAFT,
            Place.managing_association_id.is_not(None),
        )
        .order_by(SheetInitiative.id)
        # Published at this moment: no draft any more, so whoever is at it goes first.
        .with_for_update(of=(SheetInitiative, Initiative), skip_locked=True)
    )
    count = 0
    for link, initiative, origin in found:
        remind_of_draft(initiative=initiative, origin=origin, since=link.opened_at)
        link.reminded_at = now
        count += 1
    session().flush()
    return count
