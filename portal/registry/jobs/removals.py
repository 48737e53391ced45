"""Notices of removal whose day has come."""

from portal.core.access import PORTAL
from portal.core.jobs import job
from portal.registry.queries.administration import list_due_notices
from portal.registry.services.removals import remove_after_notice


@job("apply_removal_notices", cron="15 4 * * *", retries=None)
def apply_removal_notices(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Remove who was told so and has not been kept; run twice, it finds nothing left to do."""
    for notice_id in list_due_notices():
        remove_after_notice(actor=PORTAL, notice_id=notice_id)
