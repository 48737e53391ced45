"""What the worker does for saved searches."""

from portal.core.jobs import defer, job
from portal.volunteering.queries import list_people_with_searches
from portal.volunteering.services import mail_new_shifts


@job("find_saved_searches", cron="30 5 * * *", retries=None)
def find_saved_searches(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Every morning, find who hears about new shifts; each person is a job of its own."""
    for user_id in list_people_with_searches():
        defer("mail_saved_searches", queueing_lock=f"saved_searches:{user_id}", user_id=user_id)


@job("mail_saved_searches")
def mail_saved_searches(*, user_id: int) -> None:
    """Mail one person what is new in their searches."""
    mail_new_shifts(user_id=user_id)
