"""Telling proposers what was said about their proposals."""

from portal.core.jobs import job
from portal.laboratories.services.comment_digest import tell_proposers


@job("mail_new_comments", cron="10 7 * * *", retries=None)
def mail_new_comments(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Tell proposers in the morning what was said until midnight; once, however often it runs."""
    tell_proposers()
