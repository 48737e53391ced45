"""Asking once a year whether pages are still right."""

from portal.core.jobs import job
from portal.registry.services import remind_confirmations as remind


@job("remind_confirmations", cron="20 6 * * *", retries=None)
def remind_confirmations(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Remind, in the morning, who has to look at a page; once each, however often it runs."""
    remind()
