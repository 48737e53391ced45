"""What the worker does for what sheets have opened. It may run twice."""

from portal.chain import services
from portal.core.jobs import job


@job("remind_of_drafts", cron="30 7 * * *", retries=None)
def remind_of_drafts(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Remind who runs places of drafts that nobody has published for a fortnight, each once."""
    services.remind_of_drafts()
