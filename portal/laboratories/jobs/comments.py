"""Telling proposers, and who writes or follows project sheets, what was said about them."""

from portal.core.jobs import job
from portal.laboratories.services.comment_digest import tell_proposers
from portal.laboratories.services.section_comment_digest import tell_sheet_readers


@job("mail_new_comments", cron="10 7 * * *", retries=None)
def mail_new_comments(timestamp: int) -> None:  # noqa: ARG001 - periodic jobs are given it
    """Tell people in the morning what was said until midnight; once, however often it runs."""
    tell_proposers()
    tell_sheet_readers()
